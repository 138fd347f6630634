"""Overlays: a site adds, dates and confirms; what is shipped stays what it is."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tanheng.core.states import CheckState
from tanheng.standards import Layer, PackRefusedError, check_pack, load_pack
from tanheng.standards.loader import SHIPPED

Site = Callable[..., Path]
Faults = Callable[[Path], Sequence[str]]

MID_2025 = datetime.date(2025, 6, 30)
COAL = "cn.cets.fuel.bituminous_coal.carbon_content"

LETTER = """
id: site-letter-7
title: {zh: 省厅复函第7号, en: Letter 7 of the provincial department}
check: verified
known: {zh: 全文, en: whole text}
"""
SLAG = """
extends: cn.cets.deduction
describes: {from: 2025-01-01}
known_since: 2025-06-01
source: {document: site-letter-7, place: {zh: 第2条, en: item 2}}
check: verified
columns:
  coefficient: {unit: tCO2/t}
rows:
  lithium_slag: {title: {zh: 锂渣, en: Lithium slag}, coefficient: 0.060}
"""
PROVINCE_2024 = """
extends: cn.grid.province
describes: {from: 2024-01-01, to: 2024-12-31}
known_since: 2026-09-01
source: {document: site-letter-7, place: {zh: 附表, en: annex}}
check: secondary
columns:
  factor: {unit: tCO2/MWh}
rows:
  hubei: {factor: 0.3999}
"""
HEAT = """
extends: cn.heat.factor
unit: tCO2/GJ
values:
  - describes: {from: 2025-01-01}
    known_since: 2026-01-15
    value: 0.10
    source: {document: site-letter-7, place: {zh: 第3条, en: item 3}}
    check: verified
    reason: {zh: 复函更正, en: corrected by letter}
"""
METHOD = """
id: site.clinker.method
title: {zh: 熟料产量计量方法, en: How clinker is measured}
choices:
  belt: {zh: 皮带秤, en: belt scale}
  stock: {zh: 盘库, en: stock-take}
values:
  - describes: {from: 2025-01-01}
    known_since: 2025-01-01
    value: stock
    source: {document: site-letter-7, place: "1"}
    check: verified
"""
CONFIRMED = """
confirmations:
  - parameter: cn.cets.fuel.bituminous_coal.carbon_content
    describes_from: 2024-01-01
    known_since: 2024-09-13
    value: "0.02618"
    source: {document: cets-ag-02.01-v01-2024, place: {zh: 附录A 第16页, en: "Appendix A, p. 16"}}
    date: 2026-11-20
    persons:
      - {name: 张三, role: 计量主管}
      - {name: 李四, role: 核查员}
"""
DOCUMENT = ("documents/letter.yaml", LETTER)


def test_an_overlay_adds_a_material_to_a_shipped_table(site: Site) -> None:
    pack = load_pack([site(DOCUMENT, ("tables/slag.yaml", SLAG))])
    found = pack.value("cn.cets.deduction.lithium_slag.coefficient", on=MID_2025)
    assert (found.digits, found.unit, found.layer, found.file) == ("0.060", "tCO2/t", Layer.OVERLAY, "tables/slag.yaml")
    assert list(pack.table("cn.cets.deduction").rows)[-1] == "lithium_slag"


def test_an_overlay_dates_a_new_value_beside_the_shipped_ones(site: Site) -> None:
    pack = load_pack([site(DOCUMENT, ("tables/2024.yaml", PROVINCE_2024))])
    in_2024 = datetime.date(2024, 6, 30)
    assert pack.value("cn.grid.province.hubei.factor", on=in_2024).digits == "0.3999"
    assert pack.latest("cn.grid.province.hubei.factor", on=in_2024, known=datetime.date(2026, 8, 31)).digits == "0.4044"


def test_a_superseding_value_leaves_earlier_answers_alone(site: Site) -> None:
    pack = load_pack([site(DOCUMENT, ("parameters/heat.yaml", HEAT))])
    before, since = datetime.date(2026, 1, 14), datetime.date(2026, 1, 15)
    assert pack.value("cn.heat.factor", on=MID_2025, known=before).digits == "0.11"
    assert pack.value("cn.heat.factor", on=MID_2025, known=since).digits == "0.10"
    assert pack.value("cn.heat.factor", on=datetime.date(2024, 6, 30)).digits == "0.11"


def test_a_superseding_value_says_why(site: Site) -> None:
    pack = load_pack([site(DOCUMENT, ("parameters/heat.yaml", HEAT))])
    reason = pack.value("cn.heat.factor", on=MID_2025).reason
    assert reason is not None
    assert reason["en"] == "corrected by letter"


def test_an_overlay_adds_a_parameter_of_words(site: Site) -> None:
    pack = load_pack([site(DOCUMENT, ("parameters/method.yaml", METHOD))])
    assert pack.word("site.clinker.method", on=MID_2025).meaning.zh == "盘库"


def test_a_confirmed_value_keeps_its_state_and_shows_who_confirmed_it(site: Site) -> None:
    found = load_pack([site(("confirmations/coal.yaml", CONFIRMED))]).value(COAL, on=MID_2025)
    assert found.check is CheckState.UNVERIFIED
    (confirmation,) = found.confirmations
    assert [person.name for person in confirmation.persons] == ["张三", "李四"]
    assert (confirmation.place["en"], confirmation.date) == ("Appendix A, p. 16", datetime.date(2026, 11, 20))


def test_a_word_can_be_confirmed_like_a_number(site: Site) -> None:
    confirmed = CONFIRMED.replace(COAL, "site.clinker.method").replace("2024-01-01", "2025-01-01")
    confirmed = confirmed.replace("2024-09-13", "2025-01-01").replace('"0.02618"', "stock")
    confirmed = confirmed.replace("cets-ag-02.01-v01-2024", "site-letter-7")
    pack = load_pack([site(DOCUMENT, ("parameters/method.yaml", METHOD), ("confirmations/method.yaml", confirmed))])
    assert len(pack.word("site.clinker.method", on=MID_2025).confirmations) == 1


def test_the_shipped_pack_is_untouched_by_an_overlay(site: Site) -> None:
    load_pack([site(DOCUMENT, ("parameters/heat.yaml", HEAT), ("confirmations/coal.yaml", CONFIRMED))])
    assert load_pack().value("cn.heat.factor", on=MID_2025).digits == "0.11"
    assert load_pack().value(COAL, on=MID_2025).confirmations == ()


def test_overlays_lie_over_each_other_in_their_order(site: Site) -> None:
    province = site(DOCUMENT, ("tables/slag.yaml", SLAG), folder="province")
    more = SLAG.replace("0.060", "0.061").replace("2025-06-01", "2025-09-01")
    more = more.replace("title: {zh: 锂渣, en: Lithium slag}, ", "").replace(
        "source:", "reason: {zh: 更正, en: Erratum}\nsource:"
    )
    plant = site(("tables/slag.yaml", more), folder="plant")
    found = load_pack([province, plant]).value("cn.cets.deduction.lithium_slag.coefficient", on=MID_2025)
    assert found.digits == "0.061"


def test_an_overlay_cannot_build_on_one_that_comes_after_it(site: Site) -> None:
    province = site(DOCUMENT, ("tables/slag.yaml", SLAG), folder="province")
    plant = site(("tables/2024.yaml", PROVINCE_2024), folder="plant")
    with pytest.raises(PackRefusedError, match="site-letter-7"):
        load_pack([plant, province])


def test_the_digest_counts_overlays_and_neither_their_place_nor_their_comments(site: Site, tmp_path: Path) -> None:
    here = site(DOCUMENT, ("tables/slag.yaml", SLAG))
    there = tmp_path / "elsewhere"
    shutil.copytree(here, there)
    (there / "tables/slag.yaml").write_text("# a comment\n" + SLAG.replace("coefficient: 0.060", 'coefficient: "0.060"'))
    assert load_pack([here]).digest == load_pack([there]).digest != load_pack().digest


def test_one_digit_changes_the_digest(site: Site) -> None:
    one = load_pack([site(DOCUMENT, ("tables/slag.yaml", SLAG))]).digest
    assert load_pack([site(("tables/slag.yaml", SLAG.replace("0.060", "0.06")))]).digest != one


def test_every_fault_of_every_file_is_told_in_one_go(site: Site, faults: Faults) -> None:
    broken = HEAT.replace("tCO2/GJ", "furlong").replace("site-letter-7", "site-letter-8")
    folder = site(("parameters/a.yaml", METHOD), ("parameters/b.yaml", broken), ("parameters/c.yaml", METHOD))
    assert faults(folder) == ["standards.file.duplicate_id", "standards.file.document", "standards.file.extends_unit"]


def test_a_slip_that_holds_for_a_whole_table_is_told_once(site: Site, faults: Faults) -> None:
    rows = "".join(f"  slag{n}: {{title: {{zh: 渣{n}, en: Slag {n}}}, coefficient: 0.1}}\n" for n in range(20))
    slips = SLAG.replace("2025-06-01", "2025-06-31").replace("site-letter-7", "site-letter-8")
    assert faults(site(("tables/slag.yaml", slips + rows))) == ["standards.file.document", "standards.file.not_date"]


def test_a_file_outside_the_four_folders_is_refused(site: Site, faults: Faults) -> None:
    folder = site(("heat.yaml", HEAT), ("parameters/old/heat.yaml", HEAT), ("rulebooks/rulebook.yml", HEAT))
    assert faults(folder) == ["standards.file.stray"] * 3


def test_a_readme_in_an_overlay_is_no_fault(site: Site) -> None:
    folder = site(DOCUMENT, ("README.md", "Files of our site."))
    assert load_pack([folder]).document("site-letter-7").layer is Layer.OVERLAY


def test_an_overlay_that_is_not_there_is_refused(tmp_path: Path, faults: Faults) -> None:
    assert faults(tmp_path / "nowhere") == ["standards.overlay.folder"]


def test_a_table_of_one_site_may_not_hide_a_parameter_of_its_own(site: Site, faults: Faults) -> None:
    table = SLAG.replace("extends: cn.cets.deduction", "id: site.slag\ntitle: {zh: 渣, en: Slags}")
    table = table.replace("coefficient: {unit", "coefficient: {title: {zh: 系数, en: coefficient}, unit")
    parameter = METHOD.replace("site.clinker.method", "site.slag.lithium_slag.coefficient")
    folder = site(DOCUMENT, ("tables/slag.yaml", table), ("parameters/slag.yaml", parameter))
    assert faults(folder) == ["standards.file.duplicate_id"]


def test_one_cell_of_a_table_can_be_dated_by_a_parameter_file(site: Site) -> None:
    text = HEAT.replace("cn.heat.factor", "cn.cets.clinker.portland.process_factor").replace("tCO2/GJ", "tCO2/t")
    pack = load_pack([site(DOCUMENT, ("parameters/clinker.yaml", text.replace("0.10", "0.530")))])
    assert pack.value("cn.cets.clinker.portland.process_factor", on=MID_2025).digits == "0.530"


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A copy of the shipped pack that a test may spoil."""
    root = tmp_path / "pack"
    shutil.copytree(SHIPPED, root, ignore=shutil.ignore_patterns("*.py", "__pycache__", "schema"))
    return root


def spoilt(root: Path) -> list[str]:
    with pytest.raises(PackRefusedError) as refused:
        check_pack(root)
    return [finding.code for finding in refused.value.findings]


def test_a_copied_pack_is_the_same_pack(whole: Path) -> None:
    assert check_pack(whole).digest == load_pack().digest


def test_a_stray_file_in_a_pack_is_refused(whole: Path) -> None:
    (whole / "cn/gb-16780-2021/levels.yaml").write_text("id: a.b\n")
    assert spoilt(whole) == ["standards.file.stray"]


def test_two_definitions_in_a_pack_are_refused(whole: Path) -> None:
    shutil.copy(whole / "cn/gbt-32151.34-2024/parameters/heat.yaml", whole / "cn/gbt-32151.34-2024/parameters/heat2.yaml")
    assert spoilt(whole) == ["standards.file.duplicate_id"]


def test_two_tables_of_one_id_in_a_pack_are_refused(whole: Path) -> None:
    shutil.copy(whole / "eu/eu-2025-2547/tables/fuel.yaml", whole / "eu/eu-2025-2547/tables/fuel2.yaml")
    assert spoilt(whole) == ["standards.file.duplicate_id"]


def test_a_rule_book_without_steps_is_refused(whole: Path) -> None:
    (whole / "cn/gbt-2589/rulebook.yaml").write_text("id: x\ndocument: GB/T 2589\ntitle: {zh: 法, en: Method}\n")
    assert spoilt(whole) == ["standards.file.missing_key"]


def test_a_rule_book_of_an_unknown_document_is_refused(whole: Path) -> None:
    text = "id: x\ndocument: GB/T 1\ntitle: {zh: 法, en: Method}\nsteps: [{figure: a}]\n"
    (whole / "cn/gbt-2589/rulebook.yaml").write_text(text)
    assert spoilt(whole) == ["standards.file.document"]


def test_two_rule_books_of_one_id_are_refused(whole: Path) -> None:
    text = "id: x\ndocument: GB/T 2589\ntitle: {zh: 法, en: Method}\nsteps: [{figure: a, decimals: 2}]\n"
    for name in ("rulebook.yaml", "rulebook-two.yaml"):
        (whole / "cn/gbt-2589" / name).write_text(text)
    assert spoilt(whole) == ["standards.file.duplicate_id"]
