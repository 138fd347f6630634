"""Makers' tables that come with the terminal: each point of each map is read from a device whose registers are set by hand.

What this proves is that the terminal reads what the map says. That the map says what the device does is a matter of its source
and check state, which stand at its head.
"""

from __future__ import annotations

import importlib
import re
from importlib import resources
from typing import Any

import pytest
import yaml

MAPS = {path.name: path.read_text("utf-8") for path in (resources.files("tanheng.edge") / "maps").iterdir()}
MAKERS = sorted(name for name in MAPS if name.split("-")[0] in ("acrel", "schneider", "siemens"))

# Words of the registers, and the counts they mean; worked by hand, floats as IEEE 754 hexadecimal.
DEVICES: dict[str, dict[int, list[int]]] = {
    "siemens-pac4200.yaml": {
        801: [0x4202, 0xA05F, 0x1FF8, 0x0000],  # 9 999 999 999.0 Wh → 9 999 999.999 kWh
        809: [0x40C8, 0x1C80, 0x0000, 0x0000],  # 12 345.0 Wh → 12.345 kWh
        65: [0x4971, 0x5A00, 0, 0],  # 988 576.0 W → 988.576 kW
        1: [0x4366, 0x8000],  # 230.5 V
        3: [0x4366, 0x0000],  # 230.0 V
        5: [0x4365, 0x8000],  # 229.5 V
        13: [0x42C8, 0x4000],  # 100.125 A
        15: [0x4248, 0x0000],  # 50.0 A
        17: [0x0000, 0x0000],  # 0 A
        55: [0x4248, 0x0000],  # 50.0 Hz
    },
    "acrel-adl3000.yaml": {
        0: [0x0001, 0x86AA],  # 100 010 → 1000.10 kWh
        10: [0x0001, 0x86A0],  # 100 000 → 1000.00 kWh
        20: [0x0000, 0x000A],  # 10 → 0.10 kWh
        97: [2205, 2206, 2207],  # 220.5, 220.6, 220.7 V
        100: [499, 500, 501],  # 4.99, 5.00, 5.01 A
        119: [4998],  # 49.98 Hz
    },
    "schneider-pm3200.yaml": {
        3203: [0x0000, 0x0001, 0x0000, 0x0001],  # 4 294 967 297 Wh → 4 294 967.297 kWh
        3207: [0, 0, 0, 1500],  # 1500 Wh → 1.500 kWh
        3059: [0x4248, 0x4000],  # 50.0625 kW → 50.062 (half to even)
        3027: [0x4366, 0x8000, 0x4366, 0x0000, 0x4365, 0x8000],  # 230.5, 230.0, 229.5 V
        2999: [0x42C8, 0x4000, 0x4248, 0x0000, 0x0000, 0x0000],  # 100.125, 50.0, 0 A
        3109: [0x4248, 0x0000],  # 50.0 Hz
    },
}
COUNTS: dict[str, dict[str, int]] = {
    "siemens-pac4200.yaml": {
        "energy": 9_999_999_999,
        "energy_reverse": 12_345,
        "power": 988_576,
        "voltage_a": 2305,
        "voltage_b": 2300,
        "voltage_c": 2295,
        "current_a": 100_125,
        "current_b": 50_000,
        "current_c": 0,
        "frequency": 5000,
    },
    "acrel-adl3000.yaml": {
        "energy": 100_000,
        "energy_reverse": 10,
        "energy_both": 100_010,
        "voltage_a": 2205,
        "voltage_b": 2206,
        "voltage_c": 2207,
        "current_a": 499,
        "current_b": 500,
        "current_c": 501,
        "frequency": 4998,
    },
    "schneider-pm3200.yaml": {
        "energy": 4_294_967_297,
        "energy_reverse": 1500,
        "power": 50_062,
        "voltage_a": 2305,
        "voltage_b": 2300,
        "voltage_c": 2295,
        "current_a": 100_125,
        "current_b": 50_000,
        "current_c": 0,
        "frequency": 5000,
    },
}


@pytest.mark.parametrize("name", MAKERS)
def test_a_map_says_where_it_is_from_and_what_is_not_verified(name: str) -> None:
    head = MAPS[name].partition("points:")[0]
    assert re.search(r"^# Table: .+", head, re.MULTILINE)
    assert "State: secondary." in head
    assert "Not verified: on a device" in head


@pytest.mark.parametrize("name", MAKERS)
def test_every_point_names_the_makers_own_register(name: str) -> None:
    points = yaml.safe_load(MAPS[name])["points"]
    assert all(isinstance(point["table"], str) and point["table"] for point in points.values())
    assert set(points) == set(COUNTS[name])


@pytest.mark.parametrize("name", MAKERS)
async def test_each_point_is_read_as_the_table_says(name: str, benches: Any, site: Any, wait: Any, tmp_path: Any) -> None:
    datastore, server = importlib.import_module("pymodbus.datastore"), importlib.import_module("pymodbus.server")
    registers = [0] * 4000
    for first, words in DEVICES[name].items():
        registers[first : first + len(words)] = words
    bench = benches["modbus-tcp"](tmp_path)
    block = datastore.ModbusSequentialDataBlock(1, registers)
    context = datastore.ModbusServerContext(devices={1: datastore.ModbusDeviceContext(hr=block)})
    device = server.ModbusTcpServer(context, address=("127.0.0.1", bench.port))
    await device.serve_forever(background=True)
    points = list(COUNTS[name])
    one = site({**bench.device(), "map": name}, [{"id": point, "device": "d", "point": point} for point in points])
    one.start()
    await wait(lambda: one.last(len(points) - 1) is not None and one.last(0) is not None)
    assert {point: one.value(at) for at, point in enumerate(points)} == COUNTS[name]
    await device.shutdown()


def test_the_transformers_of_a_meter_with_secondary_values_are_given_with_the_channel(
    site: Any, benches: Any, tmp_path: Any
) -> None:
    bench = benches["modbus-tcp"](tmp_path)
    factor = {"ct": "800/5", "pt": "10000/100"}
    channel = {"id": "e", "device": "d", "point": "energy", "meter_factor": factor}
    one = site({**bench.device(), "map": "acrel-adl3000.yaml"}, [channel])
    (found,) = one.configuration.channels
    assert found.scaling.count(100_000) == 100_000 * 160 * 100  # 1000.00 kWh at the terminals of the meter
