"""The two examples: the Commission's published results by the command, and a Hubei plant-year whose ratios are a plant's."""

from __future__ import annotations

import json
import runpy
import shutil
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tanheng.cli import root

EXAMPLES = Path(__file__).parents[3] / "examples"
HUBEI = EXAMPLES / "hubei-5000tpd"
MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]


def figures(example: str, capsys: pytest.CaptureFixture[str]) -> Mapping[str, Decimal | None]:
    with pytest.raises(SystemExit) as ended:
        root.run(["account", str(EXAMPLES / example), "--json"])
    assert ended.value.code == 0
    found = json.loads(capsys.readouterr().out)["figures"]
    return {key: None if item["value"] is None else Decimal(item["value"]) for key, item in found.items()}


@pytest.fixture
def hubei(capsys: pytest.CaptureFixture[str]) -> Any:  # figures by id; the tests below know which are there
    return figures("hubei-5000tpd", capsys)


# "1 CBAM SEE V2.1_Example Cement_final.xlsx" of the European Commission: sheets B_EmInst and D_Processes
def test_the_commissions_installation_comes_out_as_published(capsys: pytest.CaptureFixture[str]) -> None:
    found = figures("european-commission-cement", capsys)
    assert found["installation.direct"] == 1037310
    # the workbook computes in binary floats; the inventory keeps twelve decimals
    for name, value in (("embedded_direct", "0.7852147410358565"), ("embedded_indirect", "0.12224275")):
        published = found[f"product.cement.{name}"]
        assert published is not None
        assert abs(published - Decimal(value)) <= Decimal("1e-12")


def test_the_script_makes_the_committed_files_byte_for_byte(tmp_path: Path) -> None:
    shutil.copy(HUBEI / "make.py", tmp_path / "make.py")
    runpy.run_path(str(tmp_path / "make.py"), run_name="__main__")
    made = {file.name: file.read_bytes() for file in tmp_path.glob("*.csv")}
    assert len(made) >= 7
    assert made == {file.name: file.read_bytes() for file in HUBEI.glob("*.csv")}


def test_the_example_says_that_it_is_constructed() -> None:
    for name in ("plant.yaml", "make.py", *(file.name for file in HUBEI.glob("*.csv"))):
        assert "constructed" in (HUBEI / name).read_text(encoding="utf-8-sig"), name


# -- the envelope of public anchors (management rules, part H) -----------------------------------------------------------------


@pytest.mark.parametrize("line", ["1", "2"])
def test_the_intensity_of_a_line_is_that_of_a_plant(hubei: Any, line: str) -> None:
    year = hubei[f"line.{line}.intensity"]
    assert Decimal("0.78") <= year <= Decimal("0.88")
    months = [value for month in MONTHS if (value := hubei[f"line.{line}.intensity@{month}"]) is not None]
    assert all(abs(value / year - 1) <= Decimal("0.02") for value in months)


@pytest.mark.parametrize("line", ["1", "2"])
def test_process_and_fuel_have_their_usual_shares(hubei: Any, line: str) -> None:
    total = hubei[f"line.{line}.total"]
    assert Decimal("0.55") <= hubei[f"line.{line}.process"] / total <= Decimal("0.70")
    assert Decimal("0.25") <= hubei[f"line.{line}.combustion"] / total <= Decimal("0.40")


def test_power_of_clinker_and_waste_heat_power_are_a_plants(hubei: Any) -> None:
    for line in "12":
        power = hubei[f"line.{line}.electricity.consumed"] * 1000 / hubei[f"line.{line}.clinker_output"]
        assert 48 <= power <= 61, line  # kWh/t
    assert 30 <= hubei["enterprise.electricity.waste_heat"] * 1000 / hubei["clinker_output"] <= 37


def test_heat_per_tonne_is_near_108_kgce(hubei: Any) -> None:
    # 100 to 117 kgce/t: levels 1 to 3 of GB 16780-2021; 1 kgce is 29.3076 MJ; coal alone, so alternative fuels leave less
    for line in "12":
        heat = hubei[f"line.{line}.fuel.coal.consumption"] * hubei[f"line.{line}.fuel.coal.net_calorific_value_mean"]
        assert 94 <= heat * 1000 / Decimal("29.3076") / hubei[f"line.{line}.clinker_output"] <= 117


def test_a_line_stands_a_month_and_its_intensity_does_not_apply(hubei: Any) -> None:
    assert hubei["line.2.clinker_output@2025-02"] == 0
    assert hubei["line.2.intensity@2025-02"] is None
    assert hubei["intensity.clinker@2025-02"] is not None


def test_lines_and_enterprise_close(hubei: Any) -> None:
    assert hubei["ets.direct"] == hubei["line.1.total"] + hubei["line.2.total"]
    beyond = [
        key for key in hubei if "@" not in key and key.endswith(".emission") and key.startswith(("enterprise.", "facility."))
    ]
    closed = hubei["ets.direct"] + sum(hubei[key] for key in beyond)
    assert abs(hubei["enterprise.direct"] - closed) <= Decimal("1e-11")  # each figure is kept to twelve decimals
    assert len(beyond) == 5


def test_what_the_kilns_took_is_the_coal_of_the_mill(hubei: Any) -> None:
    taken = hubei["line.1.fuel.coal.consumption"] + hubei["line.2.fuel.coal.consumption"]
    assert abs(taken - hubei["site.fuel.coal.consumption"]) <= Decimal("1e-10")  # 24 shares, each kept to twelve decimals


def test_the_demonstration_accounts_both(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    copies = shutil.copytree(EXAMPLES, tmp_path / "examples", ignore=shutil.ignore_patterns("out"))
    with pytest.raises(SystemExit) as ended:
        root.run(["demo", "--examples", str(copies)])
    assert ended.value.code == 0
    assert "1,037,310.00" in capsys.readouterr().out
