"""``tanheng standards``: what a person and a program get to see, and the exit codes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tanheng.cli.standards import command
from tanheng.core.errors import TanhengError

BROKEN = Path(__file__).parent / "broken"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


def shown(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*arguments: str) -> TanhengError:
    result = run(*arguments)
    assert isinstance(result.exception, TanhengError)
    return result.exception


def overlay(tmp_path: Path, name: str, folder: str = "parameters") -> Path:
    (tmp_path / folder).mkdir(exist_ok=True)
    shutil.copy(BROKEN / f"{name}.yaml", tmp_path / folder)
    return tmp_path


def test_check_passes_the_shipped_pack_and_prints_its_digest() -> None:
    output = shown("check", "--lang", "en")
    assert "The rule pack is sound" in output
    assert "sha256:" in output


def test_check_as_json_counts_values_by_state() -> None:
    counts = json.loads(shown("check", "--json"))
    assert counts["values"] == sum(counts["check"].values())
    assert counts["digest"].startswith("sha256:")


def test_check_of_a_broken_overlay_ends_with_two_and_names_the_file(tmp_path: Path) -> None:
    result = run("check", str(overlay(tmp_path, "unknown_unit")), "--lang", "en")
    assert result.exit_code == 2
    assert "parameters/unknown_unit.yaml: unknown unit “furlong”" in result.stderr


def test_check_tells_every_fault_as_json(tmp_path: Path) -> None:
    overlay(tmp_path, "unknown_unit")
    result = run("check", str(overlay(tmp_path, "bad_state")), "--json", "--lang", "zh")
    assert result.exit_code == 2
    (fault,) = json.loads(result.stdout)  # files that break their schema are told before what follows from the others
    assert fault["code"] == "standards.file.not_check"
    assert "certain" in fault["text"]


def test_check_of_a_whole_pack_needs_its_register(tmp_path: Path) -> None:
    (tmp_path / "register.yaml").write_text("documents: []\n")
    result = run("check", str(tmp_path), "--lang", "en")
    assert result.exit_code == 2
    assert "register.yaml" in result.stderr


def test_show_prints_a_value_with_source_state_and_note() -> None:
    output = shown("show", "cn.cets.fuel.bituminous_coal.carbon_content", "--on", "2025-06-30", "--lang", "zh")
    for part in ("0.02618 tC/GJ", "未核实", "cets-ag-02.01-v01-2024", "0.02308", "2024-09-13", "随版本发布"):
        assert part in output


def test_show_without_a_day_lists_all_values() -> None:
    output = shown("show", "cn.grid.province.hubei.factor", "--lang", "en")
    assert all(digits in output for digits in ("0.3672", "0.4364", "0.4044"))


def test_show_leaves_out_what_was_not_yet_known() -> None:
    output = shown("show", "cn.grid.province.hubei.factor", "--known", "2024-12-31", "--lang", "en")
    assert "0.4364" in output
    assert "0.4044" not in output


def test_show_with_latest_gives_the_newest_earlier_value() -> None:
    (value,) = [json.loads(shown("show", "cn.grid.province.hubei.factor", "--on", "2025-06-30", "--latest", "--json"))]
    assert (value["digits"], value["describes_from"], value["unit"]) == ("0.4044", "2023-01-01", "tCO2/MWh")


def test_show_prints_a_table_with_its_own_units() -> None:
    output = shown("show", "cn.cets.fuel", "--on", "2025-06-30", "--lang", "en")
    assert "net calorific value [GJ/t]" in output
    assert "389.310 GJ/10^4Nm3" in output
    assert "solid (solid)" in output


def test_show_leaves_cells_blank_that_say_nothing_about_the_day() -> None:
    output = shown("show", "cn.grid.province", "--on", "2025-06-30", "--lang", "en")
    assert "Hubei" in output
    assert "0.4044" not in output


def test_show_of_a_table_without_a_day_takes_the_newest_values() -> None:
    cells = json.loads(shown("show", "cn.grid.province", "--json"))["cells"]
    assert cells["cn.grid.province.hubei.factor"]["digits"] == "0.4044"


def test_show_leaves_cells_blank_that_the_source_leaves_out() -> None:
    cells = json.loads(shown("show", "cn.cets.oxidation", "--json"))["cells"]
    assert sorted(cells) == [
        "cn.cets.oxidation.gas.any",
        "cn.cets.oxidation.liquid.any",
        "cn.cets.oxidation.solid.cement_kiln",
        "cn.cets.oxidation.solid.industrial_boiler",
        "cn.cets.oxidation.solid.power_boiler",
    ]


def test_show_prints_only_what_is_known_of_a_document() -> None:
    output = shown("show", "gbt-32151.8-2023", "--lang", "en")
    assert "No source has been seen" in output
    assert "Issued" not in output
    assert "Number" not in shown("show", "cets-consultation-draft-2024", "--lang", "en")


def test_show_prints_a_word_with_its_meaning() -> None:
    output = shown("show", "cn.ets.allocation.method", "--on", "2026-06-30", "--lang", "en")
    assert "intensity_coefficient (adjusted by the intensity coefficient)" in output
    assert "consultation draft" in output


def test_show_prints_a_document_by_its_number() -> None:
    output = shown("show", "GB/T 32151.8-2015", "--lang", "en")
    for part in ("gbt-32151.8-2015", "2015-11-19", "2016-06-01", "verified"):
        assert part in output


def test_show_prints_who_confirmed_a_value_and_why_it_supersedes(tmp_path: Path) -> None:
    (tmp_path / "confirmations").mkdir()
    (tmp_path / "confirmations/coal.yaml").write_text(
        """
confirmations:
  - parameter: cn.cets.clinker.portland.process_factor
    describes_from: 2024-01-01
    known_since: 2024-09-13
    value: 0.535
    source: {document: cets-ag-02.01-v01-2024, place: Appendix C}
    date: 2026-11-20
    persons: [{name: 张三, role: 计量主管}, {name: 李四, role: 核查员}]
""",
        encoding="utf-8",
    )
    identifier = "cn.cets.clinker.portland.process_factor"
    card = shown("show", identifier, "--on", "2025-06-30", "--overlay", str(tmp_path), "--lang", "en")
    assert "2026-11-20: 张三 (计量主管), 李四 (核查员); Appendix C" in card
    assert "unverified ✓" in shown("show", identifier, "--overlay", str(tmp_path), "--lang", "en")


def test_show_prints_the_reason_of_a_superseding_value(tmp_path: Path) -> None:
    (tmp_path / "parameters").mkdir()
    text = (BROKEN / "supersedes_shipped_without_reason.yaml").read_text(encoding="utf-8")
    (tmp_path / "parameters/heat.yaml").write_text(text + "    reason: {zh: 更正, en: Erratum}\n", encoding="utf-8")
    card = shown("show", "cn.heat.factor", "--on", "2025-06-30", "--overlay", str(tmp_path), "--lang", "en")
    assert "Erratum" in card
    assert "overlay: parameters/heat.yaml" in card


def test_list_prints_ids_of_a_prefix_with_values() -> None:
    output = shown("list", "cn.cets.clinker", "--lang", "en")
    assert "cn.cets.clinker.portland.process_factor" in output
    assert "0.535" in output


def test_list_as_json_gives_whole_parameters() -> None:
    parameters = json.loads(shown("list", "cn.grid.region", "--json"))
    assert len(parameters) == 7
    assert [value["digits"] for value in parameters[0]["values"]]


def test_an_unknown_id_is_refused_with_near_ones() -> None:
    assert "cn.heat.factor" in refused("show", "cn.heat.facto", "--lang", "en").text("en")
    assert refused("list", "cn.nothing").code == "standards.value.unknown"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "cn.heat.factor", "--on", "2025-1-1"), "standards.option.date"),
        (("show", "cn.heat.factor", "--known", "yesterday"), "standards.option.date"),
        (("show", "cn.heat.factor", "--latest"), "standards.option.latest"),
        (("show", "cn.heat.factor", "--lang", "fr"), "cli.language"),
        (("show", "cn.heat.factor", "--on", "2020-01-01"), "standards.value.missing"),
        (("show", "cn.heat.factor", "--on", "2025-01-01", "--known", "2024-01-01"), "standards.value.later"),
        (("show", "cn.heat.factor", "--overlay", "/nowhere"), "standards.pack.refused"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(arguments: tuple[str, ...], code: str) -> None:
    assert refused(*arguments).code == code


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["show", "cn.heat.factor", "--on", "2025-06-30"], 0),
        (["show", "cn.heat.facto"], 1),
        (["show", "cn.heat.factor", "--on", "2025-1-1"], 2),
        (["check", "/nowhere"], 2),
    ],
)
def test_the_process_ends_with_the_code_of_its_outcome(arguments: list[str], code: int) -> None:
    main = "import sys; from tanheng.cli import main; sys.argv = ['tanheng', *sys.argv[1:]]; main()"
    command = [sys.executable, "-c", main, "standards", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == code
    assert bool(done.stderr) == (code != 0)
    assert "Traceback" not in done.stderr


def test_every_command_helps_with_an_example() -> None:
    for name in ("check", "show", "list"):
        assert f"Example: tanheng standards {name}" in shown(name, "--help")


def test_show_without_a_day_names_place_note_and_file_of_each_value() -> None:
    output = shown("show", "cn.grid.national_average_factor", "--lang", "zh")
    for words in ("公告称“供参考使用”", "cn/mee-announcement-2024-33/parameters/", "cn/mee-announcement-2025-47/parameters/"):
        assert words in output
    assert output.count("位置") == 2


@pytest.mark.parametrize("title", ["全国电力平均二氧化碳排放因子", "average co2 factor of the NATIONAL grid"])
def test_show_finds_a_parameter_by_its_title(title: str) -> None:
    assert json.loads(shown("show", title, "--json"))["id"] == "cn.grid.national_average_factor"


def test_show_lists_the_ids_when_several_titles_hold_the_words() -> None:
    output = shown("show", "烟煤", "--lang", "zh")
    assert "cn.cets.fuel.bituminous_coal.carbon_content" in output
    assert {"id", "title"} == json.loads(shown("show", "烟煤", "--json"))[0].keys()


def test_list_finds_by_title_when_no_id_begins_so() -> None:
    found = [item["id"] for item in json.loads(shown("list", "bituminous coal", "--json"))]
    assert "cn.cets.fuel.bituminous_coal.net_calorific_value" in found
    assert "cn.cets.fuel.diesel.net_calorific_value" not in found


@pytest.mark.parametrize("name", ["没有这样的名称", " "])
def test_a_title_nobody_has_is_refused(name: str) -> None:
    assert refused("show", name).code == refused("show", "cn.nothing").code
