"""Reading scenarios, and refusing what is none."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tanheng.simulator import ScenarioError, generate, load, names, read

MINIMAL = {
    "v": 1,
    "id": "tiny",
    "title": {"zh": "小", "en": "tiny"},
    "start": "2026-10-01",
    "days": 1,
    "lines": [
        {
            "id": "line.1",
            "capacity_t_d": 5000,
            "load": 1,
            "heat_gj_t": 3.1,
            "cao": 0.65,
            "mgo": 0.02,
            "cao_noncarbonate": 0,
            "mgo_noncarbonate": 0,
        }
    ],
    "coal": {"ncv_gj_t": 23, "carbon": 0.6, "ash": 0.2, "moisture_kiln": 0.01, "moisture_raw": 0.1},
    "devices": [{"id": "scales", "protocol": "modbus"}],
    "channels": [
        {"id": "clinker", "device": "scales", "quantity": "line.1.clinker", "kind": "totaliser", "unit": "t", "decimals": 2}
    ],
}


def test_the_scenarios_of_the_package_can_be_played() -> None:
    assert names() == ["small-plant", "two-lines"]
    assert load("two-lines").minutes == 31 * 1440
    assert len(load("two-lines").lines) == 2


def test_the_small_plant_has_no_cems_and_no_dcs() -> None:
    assert {device.protocol for device in load("small-plant").devices} == {"modbus", "truckscale", "laboratory"}


def test_a_scenario_comes_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "tiny.yaml"
    path.write_text(yaml.safe_dump(MINIMAL))
    assert load(path).id == "tiny"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"v": 2}, "1 was expected"),
        ({"colour": "red"}, "colour"),
        ({"days": 0}, "minimum"),
        ({"lines": []}, "non-empty"),
        ({"start": "2026-13-01"}, "month must be in"),
        ({"zone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"shifts": ["08:00", "08:00"]}, "same time"),
        ({"coal": {**MINIMAL["coal"], "carbon": 60}}, "60"),  # type: ignore[dict-item]  # a document is nested
        ({"channels": [{**MINIMAL["channels"][0], "device": "nowhere"}]}, "nowhere"),  # type: ignore[index]
        ({"channels": [MINIMAL["channels"][0], MINIMAL["channels"][0]]}, "twice"),  # type: ignore[index]
        ({"stops": [{"line": "line.9", "from": "2026-10-01 01:00", "to": "2026-10-01 02:00", "reason": "trip"}]}, "line.9"),
        (
            {"stops": [{"line": "line.1", "from": "2026-10-01 02:00", "to": "2026-10-01 01:00", "reason": "trip"}]},
            "not end after",
        ),
        ({"faults": [{"kind": "stuck", "channel": "clinker", "from": "2026-11-01 00:00"}]}, "outside"),
        ({"faults": [{"kind": "stuck", "channel": "none", "from": "2026-10-01 00:00"}]}, "none"),
        ({"faults": [{"kind": "dead", "device": "none", "from": "2026-10-01 00:00"}]}, "none"),
        ({"faults": [{"kind": "earthquake", "from": "2026-10-01 00:00"}]}, "earthquake"),
        ({"lines": [{**MINIMAL["lines"][0], "alternative_fuel_share": 0.1}]}, "alternative"),  # type: ignore[index]
    ],
)
def test_what_is_no_scenario_is_refused_with_the_place(change: dict[str, object], words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read(yaml.safe_dump({**MINIMAL, **change}), name="tiny.yaml")
    assert any(words in str(finding) for finding in caught.value.findings)


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(ScenarioError, match="has 2 faults") as caught:
        read(yaml.safe_dump({**MINIMAL, "days": 0, "v": 3}), name="tiny.yaml")
    assert len(caught.value.findings) == 2


@pytest.mark.parametrize("text", ["", "- 1", "a: [", "\x00"])
def test_a_text_that_is_no_scenario_at_all_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError):
        read(text, name="x")


def test_a_file_that_is_not_there_is_refused_and_the_known_scenarios_are_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="small-plant, two-lines"):
        load(tmp_path / "none.yaml")


def test_a_channel_of_a_quantity_that_the_plant_does_not_have_is_refused() -> None:
    channel = {**MINIMAL["channels"][0], "quantity": "line.1.gold"}  # type: ignore[index]
    scenario = read(yaml.safe_dump({**MINIMAL, "channels": [channel]}), name="x")
    with pytest.raises(ScenarioError, match=r"line\.1\.gold"):
        generate(scenario, seed=1)
