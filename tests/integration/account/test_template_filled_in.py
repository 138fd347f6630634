"""From the template to figures: what a plant does on its first day."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest

from tanheng.accounting.folder import write_template
from tanheng.cli import root

# one month of a plausible line by stream and item; everything else did not happen
AMOUNTS = {
    ("coal", "consumption"): "17000",
    ("coal", "net calorific value"): "23.076",
    ("carbide_slag", "consumption"): "2000",
    ("portland", "closing stock"): "30000",
    ("portland", "opening stock"): "30000",
    ("portland", "used in own cement"): "100000",
    ("portland", "sold"): "35000",
    ("household_waste", "net calorific value"): "8",
    ("household_waste", "emission factor"): "0.09",
    ("", "raw-meal to clinker ratio (theoretical)"): "1.52",
    ("", "carbonate CO2 of the raw meal"): "0.35",
    ("", "raw meal into the kiln"): "210000",
    ("", "electricity consumed"): "8000",
    ("", "electricity purchased"): "12000",
}


def fill(folder: Path) -> None:
    """Write a number into every month of every matrix."""
    for file in sorted(folder.glob("*.csv")):
        rows = list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))
        head = next((row for row in rows if row[:2] == ["scope", "group"] and "2025-01" in row), None)
        if head is None:
            continue
        first = head.index("2025-01")
        for row in rows[rows.index(head) + 1 :]:
            row[first:] = [AMOUNTS.get((row[2], row[3]), "0")] * 12
        with file.open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out).writerows(rows)


def test_a_template_filled_in_accounts_without_a_gap(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_template(tmp_path / "plant", lang="en", form="csv")
    fill(tmp_path / "plant")
    with pytest.raises(SystemExit) as ended:
        root.run(["account", str(tmp_path / "plant"), "--json"])
    printed = capsys.readouterr()
    assert ended.value.code == 0, printed.err
    figures = json.loads(printed.out)["figures"]
    # by hand: clinker 100000 + 35000 + 30000 - 30000; process 135000 · 0.535 - 2000 · 0.480; the carbide slag is deducted
    assert Decimal(figures["line.1.clinker_output@2025-01"]["value"]) == 135000
    assert Decimal(figures["line.1.process@2025-01"]["value"]) == 71265
    # 17000 · 23.076 · 0.02618 · 0.99 · 44/12
    assert abs(Decimal(figures["line.1.combustion@2025-01"]["value"]) - Decimal("37280.842553")) < Decimal("0.000001")


def test_the_command_writes_the_template_it_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, code in ((["--template"], 0), (["--json"], 3), (["--template"], 2)):
        with pytest.raises(SystemExit) as ended:
            root.run(["account", str(tmp_path / "plant"), *arguments, "--lang", "en"])
        assert ended.value.code == code
    assert "not empty" in capsys.readouterr().err
