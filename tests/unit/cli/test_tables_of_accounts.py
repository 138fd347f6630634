"""What ``tanheng account`` prints: a year is named once, and an id stays in one piece so that it can be copied."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tanheng.cli import root

EXAMPLES = Path(__file__).parents[3] / "examples"


def printed(name: str, out: Path, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        root.run(["account", str(EXAMPLES / name), "--out", str(out), "--lang", "zh"])
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_a_period_of_one_year_is_named_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    said = printed("european-commission-cement", tmp_path / "out", capsys).splitlines()
    assert said[1].startswith("2025 · ")


def test_months_are_named_from_the_first_to_the_last_and_no_id_is_broken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    said = printed("hubei-5000tpd", tmp_path / "out", capsys)
    assert said.splitlines()[1].startswith("2025-01 … 2025-12 · ")
    kept = json.loads((tmp_path / "out" / "inventory.json").read_text(encoding="utf-8"))
    words = set(said.replace(",", " ").split())
    longest = "line.1.alternative_fuel.waste.emission_recorded"
    assert longest in json.dumps(kept)
    assert longest in words
    assert "line.2.alternative_fuel.cloth.emission_biogenic" in words
