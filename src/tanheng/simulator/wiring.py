"""The configuration of a terminal that reads a simulated plant: its devices' addresses and its channels, as a plain tree.

The simulator and the terminal know nothing of each other; what passes between them is this document, written as YAML.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tanheng.simulator.play import Player
from tanheng.simulator.scenario import Channel
from tanheng.simulator.servers import LaboratoryFolder, Logger, ModbusDevice, MqttBroker, OpcUaServer, TruckScale
from tanheng.simulator.servers.hj212 import FACTORS

Tree = dict[str, Any]  # Any: a tree of YAML values

_RESULTS = (("coal.carbon", "tC/t"), ("coal.ncv", "GJ/t"))


def terminal_configuration(
    player: Player, *, terminal: str, platform: str | None = None, every_s: int = 60, ports: Mapping[str, int] | None = None
) -> Tree:
    """Return the configuration of a terminal for the plant of ``player``.

    Parameters
    ----------
    player : Player
        Started, so that its addresses are known.
    terminal : str
        Id of the terminal.
    platform : str, optional
        Address that batches go to; without it the terminal only stores.
    every_s : int
        Plant seconds between two polls.
    ports : mapping, optional
        Logger → port that the terminal is to listen to; the player's own when not given.
    """
    scenario = player.run.scenario
    devices: list[Tree] = []
    channels: list[Tree] = []
    for device in scenario.devices:
        server = player.servers[device.id]
        common = {"id": device.id, "every_s": every_s, "timeout_s": max(3, every_s), "backoff_s": [every_s, 10 * every_s]}
        own = [channel for channel in scenario.channels if channel.device == device.id]
        match server:
            case ModbusDevice():
                devices.append({**common, "driver": "modbus-tcp", "host": "127.0.0.1", "port": server.port})
                channels += [_modbus(channel, server) for channel in own]
            case OpcUaServer():
                devices.append({**common, "driver": "opcua", "url": server.url, "mode": "poll"})
                channels += [_channel(channel, node=f"ns=2;s={channel.id}") for channel in own]
            case MqttBroker():
                devices.append({**common, "driver": "mqtt", "host": "127.0.0.1", "port": server.port, "version": "3.1.1"})
                channels += [_channel(channel, topic=server.topic(channel.id), path="value") for channel in own]
            case Logger():
                port = (ports or {}).get(device.id, server.port)
                factors = {code: dict(entry) for code, entry in FACTORS.items()}
                listen = {"listen": "127.0.0.1", "port": port, "devices": [device.mn], "factors": factors}
                devices.append({**common, "driver": "hj212", **listen})
                channels += [_logger(channel) for channel in own]
            case TruckScale():
                table = {"url": f"sqlite:///{server.path}", "table": "ticket", "watermark": "number"}
                devices.append({**common, "driver": "sql", **table, "key": ["number"], "time": "time"})
                channels.append(_delivered(device.id))
            case LaboratoryFolder():
                rows = {"folder": str(server.folder), "key": ["sample", "quantity"], "time": "sampled"}
                devices.append({**common, "driver": "files", **rows})
                channels += [_result(device.id, quantity, unit) for quantity, unit in _RESULTS]
    starts = [start.strftime("%H:%M") for start in scenario.clock.shifts.starts]
    document: Tree = {
        "terminal": terminal,
        "zone": scenario.clock.zone.key,
        "shifts": starts,
        "time": {"source": "simulated"},
        "devices": devices,
        "channels": channels,
    }
    if platform is not None:
        document["uplink"] = {"routes": [{"name": "lan", "url": platform, "priority": 1}]}
    return document


def _channel(channel: Channel, **address: object) -> Tree:
    entry: Tree = {
        "id": channel.id,
        "device": channel.device,
        "unit": channel.unit,
        "kind": channel.kind,
        "decimals": channel.decimals,
        "address": address,
    }
    if channel.modulus is not None:
        entry["modulus"] = _units(channel.modulus, channel.decimals)
    return entry


def _modbus(channel: Channel, server: ModbusDevice) -> Tree:
    kind = "uint32" if channel.kind == "totaliser" else "int32"
    entry = _channel(channel, table="holding", register=server.register(channel.id), type=kind, order="ABCD")
    return {**entry, "factor": _units(1, channel.decimals)}


def _logger(channel: Channel) -> Tree:
    field = "Cou" if channel.kind == "amount" else "Avg"
    entry = _channel(channel, factor=channel.factor, field=field, command="2051")
    return {**entry, "unit": "kg"} if field == "Cou" else entry


def _delivered(device: str) -> Tree:
    address = {"column": "net_kg", "where": {"material": "coal"}}
    entry = {"id": "coal.delivered.net", "device": device, "unit": "kg", "kind": "amount", "decimals": 0}
    return {**entry, "address": address}


def _result(device: str, quantity: str, unit: str) -> Tree:
    address = {"column": "value", "where": {"quantity": quantity}}
    return {"id": f"{quantity}.result", "device": device, "unit": unit, "kind": "gauge", "decimals": 5, "address": address}


def _units(count: int, decimals: int) -> str:
    """Return a count as a number in the channel's unit, written in digits."""
    digits = f"{count:0{decimals + 1}d}"
    return f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
