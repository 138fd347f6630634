"""Questions asked of the shipped pack, and how it refuses those it cannot answer."""

from __future__ import annotations

import datetime
import pickle
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from tanheng.core.states import CheckState
from tanheng.standards import (
    Layer,
    PackRefusedError,
    RuleStatus,
    UnknownIdError,
    ValueMissingError,
    check_pack,
    extra_files,
    load_pack,
    loader,
)
from tanheng.standards._files import shipped_files
from tanheng.standards.loader import SHIPPED

MID_2025 = datetime.date(2025, 6, 30)


def test_every_shipped_file_passes_its_schema() -> None:
    assert check_pack().digest == load_pack().digest


def test_the_pack_is_read_once_in_a_process() -> None:
    assert load_pack() is load_pack(())


def test_a_value_carries_digits_unit_source_time_and_state() -> None:
    found = load_pack().value("cn.cets.fuel.bituminous_coal.carbon_content", on=MID_2025)
    assert (found.value, found.digits, found.unit) == (Decimal("0.02618"), "0.02618", "tC/GJ")
    assert (found.document, found.check, found.status) == ("cets-ag-02.01-v01-2024", CheckState.UNVERIFIED, RuleStatus.FINAL)
    assert (found.known_since, found.layer) == (datetime.date(2024, 9, 13), Layer.SHIPPED)


def test_the_conflicting_value_of_bituminous_coal_stands_in_the_note() -> None:
    note = load_pack().value("cn.cets.fuel.bituminous_coal.carbon_content", on=MID_2025).note
    assert note is not None
    assert "0.02308" in note.zh
    assert "0.02308" in note.en


def test_a_cell_title_joins_row_and_column() -> None:
    title = load_pack().value("cn.cets.fuel.anthracite.net_calorific_value", on=MID_2025).title
    assert (title["zh"], title["en"]) == ("无烟煤：低位发热量", "Anthracite: net calorific value")


def test_a_cell_may_have_a_unit_of_its_own() -> None:
    pack = load_pack()
    assert pack.value("cn.cets.fuel.natural_gas.net_calorific_value", on=MID_2025).unit == "GJ/10^4Nm3"
    assert pack.value("cn.cets.fuel.diesel.net_calorific_value", on=MID_2025).unit == "GJ/t"


def test_a_word_is_read_with_its_meaning() -> None:
    found = load_pack().word("cn.ets.allocation.method", on=datetime.date(2024, 12, 31))
    assert (found.word, found.printed, found.meaning.zh) == ("verified_emissions", "verified_emissions", "配额等于经核查排放量")


def test_a_draft_is_marked_as_one() -> None:
    pack = load_pack()
    states = [pack.value("cn.ets.allocation.slope", on=datetime.date(year, 6, 1)).status.value for year in (2025, 2026)]
    assert states == ["final", "draft"]


def test_a_table_lists_its_rows_and_columns_in_order() -> None:
    table = load_pack().table("cn.cets.oxidation")
    assert list(table.rows) == ["solid", "liquid", "gas"]
    assert list(table.columns) == ["cement_kiln", "power_boiler", "industrial_boiler", "any"]
    assert table.cell("solid", "cement_kiln") == "cn.cets.oxidation.solid.cement_kiln"


def test_a_cell_without_a_value_in_the_source_is_no_parameter() -> None:
    assert "cn.cets.oxidation.liquid.cement_kiln" not in load_pack().parameters


def test_a_document_is_found_by_its_id_and_by_its_number() -> None:
    pack = load_pack()
    assert pack.document("GB/T 32151.8-2015") is pack.document("gbt-32151.8-2015")
    assert pack.document("(EU) 2025/2547").number == "(EU) 2025/2547"


def test_ids_are_listed_by_prefix_in_order() -> None:
    found = load_pack().ids("cn.grid.region.")
    assert len(found) == 7
    assert list(found) == sorted(found)


def test_the_newest_factor_stands_in_for_a_year_without_one() -> None:
    pack = load_pack()
    assert pack.latest("cn.grid.province.hubei.factor", on=MID_2025).digits == "0.4044"
    assert pack.latest("cn.grid.province.hubei.factor", on=MID_2025, known=datetime.date(2025, 12, 30)).digits == "0.4364"


def test_a_rule_book_is_frozen_and_has_a_digest() -> None:
    books = load_pack().rulebooks.values()
    assert all(book.digest.startswith("sha256:") for book in books)
    assert all(book.document in load_pack().documents for book in books)
    for book in books:
        with pytest.raises(TypeError):
            book.content["id"] = "other"  # type: ignore[index]  # that it is refused is what is tested


def test_a_missing_day_is_told_with_the_days_there_are() -> None:
    with pytest.raises(ValueMissingError) as missing:
        load_pack().value("cn.grid.province.hubei.factor", on=MID_2025)
    text = missing.value.text("en")
    assert "cn.grid.province.hubei.factor" in text
    assert "2025-06-30" in text
    assert "2023-01-01 – 2023-12-31" in text
    assert "cn.grid.province.hebei.factor" in text


def test_a_value_not_yet_known_is_told_with_the_day_it_was() -> None:
    with pytest.raises(ValueMissingError) as missing:
        load_pack().value("cn.grid.national_average_factor", on=datetime.date(2023, 6, 1), known=datetime.date(2025, 12, 30))
    assert missing.value.code == "standards.value.later"
    assert missing.value.fields["since"] == datetime.date(2025, 12, 31)


def test_nothing_describes_a_day_before_all_values() -> None:
    with pytest.raises(ValueMissingError):
        load_pack().latest("cn.grid.province.hubei.factor", on=datetime.date(2020, 6, 1))


def test_an_unknown_id_is_told_with_near_ones() -> None:
    with pytest.raises(UnknownIdError, match=r"cn\.cets\.fuel\.diesel\.carbon_content"):
        load_pack().value("cn.cets.fuel.diesel.carbon_contents", on=MID_2025)


def test_a_word_is_not_a_number_and_a_number_is_no_word() -> None:
    with pytest.raises(ValueMissingError) as word:
        load_pack().value("cn.ets.allocation.method", on=MID_2025)
    with pytest.raises(ValueMissingError) as number:
        load_pack().word("cn.heat.factor", on=MID_2025)
    assert (word.value.code, number.value.code) == ("standards.value.is_word", "standards.value.is_number")


@pytest.mark.parametrize("ask", ["document", "table", "rulebook", "parameter"])
def test_what_does_not_exist_is_refused_by_name(ask: str) -> None:
    with pytest.raises(UnknownIdError, match=r"cn\.nothing\.here"):
        getattr(load_pack(), ask)("cn.nothing.here")


def test_requirements_and_checks_are_read_on_demand_and_are_no_part_of_the_digest(tmp_path: Path) -> None:
    root = tmp_path / "pack"
    shutil.copytree(SHIPPED, root, ignore=shutil.ignore_patterns("*.py", "__pycache__", "schema"))
    file = root / "cn/gb-16780-2021/checks/energy/levels.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("checks:\n  - {id: ENERGY-01, severity: warning, run: 3}\n")
    (extra,) = [extra for extra in extra_files("checks", root) if extra.document == "gb-16780-2021"]
    assert extra.name == "cn/gb-16780-2021/checks/energy/levels.yaml"
    assert extra.content["checks"][0]["run"] == 3
    assert check_pack(root).digest == load_pack().digest


def test_a_released_file_changed_by_hand_is_explained_by_its_schema(tmp_path: Path) -> None:
    root = tmp_path / "pack"
    shutil.copytree(SHIPPED, root, ignore=shutil.ignore_patterns("*.py", "__pycache__", "schema"))
    (root / "cn/gbt-32151.34-2024/parameters/heat.yaml").write_text("id: cn.heat.factor\nunit: tCO2/GJ\n")
    with pytest.raises(PackRefusedError, match=r"heat\.yaml: “title” is missing"):
        loader._released(tuple(shipped_files(root)))


def test_an_unknown_folder_of_documents_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownIdError, match="requirements, checks, cases"):
        extra_files("drawings")


def test_a_refusal_crosses_a_process_border_whole() -> None:
    error = PackRefusedError(
        "standards.pack.refused", findings=[ValueMissingError("standards.value.is_word", id="a.b")], count=1
    )
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes
    assert copy.text("zh") == error.text("zh")
    assert copy.findings[0].code == "standards.value.is_word"
