"""``tanheng simulate`` and ``tanheng storage``, as a person calls them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tanheng.cli.root import run
from tanheng.core.period import Month, PlantClock
from tanheng.lake import Engine, Rows, open_plant
from tanheng.simulator import generate, load

START = PlantClock().month(Month(2026, 10)).start


def called(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        run(arguments)
    shown = capsys.readouterr()
    return int(ended.value.code or 0), shown.out + shown.err


def test_the_truth_is_printed_hour_by_hour_in_kilograms(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = called(capsys, "simulate", "small-plant", "--seed", "3", "--truth", "--json")
    document = json.loads(text)
    hours = document["lines"]["line.1"]["clinker"]
    assert (code, len(hours), document["unit"]) == (0, 240, "kg")
    assert sum(hours) == int(generate(load("small-plant"), seed=3).ran("line.1.clinker")[-1])
    assert document["hours"][0] == "2026-10-01T00:00:00+08:00"


def test_the_truth_for_people_has_a_row_a_day_and_says_that_it_is_no_plant(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = called(capsys, "simulate", "small-plant", "--truth", "--days", "2")
    assert code == 0
    assert "2026-10-02" in text
    assert "2026-10-03" not in text
    assert "演示数据" in text


def test_the_scenarios_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert called(capsys, "simulate", "--list") == (0, "small-plant\ntwo-lines\n")


@pytest.mark.parametrize(("arguments", "code"), [(("nowhere.yaml",), 2), (("small-plant", "--speed", "301"), 1)])
def test_what_cannot_be_played_is_refused(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int) -> None:
    assert called(capsys, "simulate", *arguments)[0] == code


@pytest.fixture
def filled(tmp_path: Path, engine: Engine) -> Path:
    lake = open_plant(tmp_path, "plant-1", engine=engine)
    count = 3 * 86_400_000 // 60_000
    rows = Rows(
        np.ones(count, np.int32),
        START + 60_000 * np.arange(count, dtype=np.int64),
        np.zeros(count, np.int16),
        np.arange(count, dtype=np.int64),
        np.zeros(count, np.uint8),
        np.zeros(count, np.int64),
    )
    lake.append(rows, now=START)
    lake.seal(Month(2026, 10), now=START)
    return tmp_path


def test_storage_says_what_a_reading_takes_and_what_ten_years_need(capsys: pytest.CaptureFixture[str], filled: Path) -> None:
    code, text = called(capsys, "storage", str(filled), "--json")
    (plant,) = json.loads(text)
    assert (code, plant["plant"], plant["readings"], plant["segments_waiting"]) == (0, "plant-1", 4320, 0)
    sealed = next((filled / "sealed").rglob("*.parquet"))
    assert plant["bytes"] == sealed.stat().st_size
    assert plant["bytes_ten_years"] == pytest.approx(plant["bytes"] * 3650 / 3, rel=0.001)


def test_storage_audits_and_names_what_was_changed(capsys: pytest.CaptureFixture[str], filled: Path) -> None:
    assert called(capsys, "storage", str(filled), "--audit")[0] == 0
    sealed = next((filled / "sealed").rglob("*.parquet"))
    data = bytearray(sealed.read_bytes())
    data[100] ^= 4
    sealed.write_bytes(data)
    code, text = called(capsys, "storage", str(filled), "--audit")
    assert code == 1
    assert sealed.name in text


def test_a_folder_without_a_lake_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert called(capsys, "storage", str(tmp_path))[0] == 2
