"""What is shipped for an installation: the example configuration and the channel maps are good and complete."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from tanheng.edge import drivers
from tanheng.edge.configuration import load, read_text

ROOT = Path(__file__).parents[3]
MAPS = [entry.name for entry in resources.files("tanheng.edge.maps").iterdir() if entry.name.endswith(".yaml")]


def test_the_example_configuration_is_accepted_and_each_device_has_its_driver() -> None:
    configuration = load(ROOT / "deploy" / "terminal" / "terminal.yaml")
    made = [drivers.make(device, configuration.channels_of(device.id)) for device in configuration.devices]
    assert len(made) == len(configuration.devices) == 8
    assert configuration.channel("line1.power.kiln").scaling.meter_factor == 16_000  # type: ignore[union-attr]  # 160 · 100


@pytest.mark.parametrize("name", MAPS)
def test_each_point_of_a_map_says_unit_kind_decimals_and_name(name: str) -> None:
    content = read_text(resources.files("tanheng.edge.maps").joinpath(name).read_text(encoding="utf-8"), thing=name)
    for point, entry in content["points"].items():
        assert {"address", "unit", "kind", "decimals", "name"} <= set(entry), point
        assert set(entry["name"]) == {"zh", "en"}, point


def test_the_unit_runs_the_command_that_the_documentation_names() -> None:
    unit = (ROOT / "deploy" / "terminal" / "tanheng-terminal.service").read_text(encoding="utf-8")
    assert "ExecStart=/opt/tanheng/bin/tanheng edge run /etc/tanheng/terminal.yaml --data /var/lib/tanheng-terminal" in unit
    assert "Restart=always" in unit
