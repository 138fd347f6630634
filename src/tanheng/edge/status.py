"""What the terminal shows of itself: buffer, devices, routes, clock, last values. Values that a thread may read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tanheng.core.aggregate import amount
from tanheng.edge.outbox import Gauge

if TYPE_CHECKING:
    from tanheng.edge.terminal import Terminal


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The terminal at one moment.

    Attributes
    ----------
    gauge : Gauge
    content : mapping
        The same and everything else as plain values, for JSON (Any: a tree of them).
    """

    gauge: Gauge
    content: dict[str, Any]


def snapshot(terminal: Terminal, gauge: Gauge) -> Snapshot:
    """Return how the terminal is now."""
    configuration, now = terminal.configuration, terminal.clock.wall()
    forward = terminal.clock.forward()
    content: dict[str, Any] = {
        "terminal": configuration.terminal,
        "time": now,
        "started": terminal.started,
        "configuration": configuration.digest.hex(),
        "clock": {
            "source": terminal.clock_state.source.value,
            "offset_ms": terminal.clock_state.offset_ms,
            "checked": terminal.clock_state.checked,
        },
        "buffer": buffer(gauge, now=now),
        "dropped_readings": terminal.journal.dropped,
        "unwritten_readings": terminal.journal.unwritten,
        "faults": terminal.faults,
        "routes": [_route(state, terminal) for state in terminal.sender.routes],
        "devices": [_device(name, terminal) for name in terminal.supervisors],
        "channels": [_channel(index, terminal, forward) for index in range(len(configuration.channels))],
    }
    return Snapshot(gauge, content)


def buffer(gauge: Gauge, *, now: int) -> dict[str, Any]:
    """Return the gauge of the buffer as plain values."""
    return {
        "waiting_batches": gauge.waiting,
        "waiting_readings": gauge.waiting_readings,
        "waiting_bytes": gauge.waiting_bytes,
        "refused_batches": gauge.refused,
        "oldest_ms": None if gauge.oldest is None else max(now - gauge.oldest, 0),
        "last_sequence": gauge.last_sequence,
        "used_bytes": gauge.used_bytes,
        "limit_bytes": gauge.limit_bytes,
        "room_ms": gauge.room_ms,
    }


def sentence(content: dict[str, Any], language: str) -> str:
    """Return the buffer in a sentence: “offline 3 h 12 m; 214 300 readings; room for 41 days”."""
    oldest, room = content["oldest_ms"], content["room_ms"]
    readings = f"{content['waiting_readings']:,}".replace(",", " ")
    days = None if room is None else room // 86_400_000
    if not content["waiting_batches"]:
        head = "全部数据已送达" if language == "zh" else "everything is delivered"
    else:
        minutes = (oldest or 0) // 60_000
        span = f"{minutes // 60} h {minutes % 60} min"
        head = f"待送 {span}；{readings} 个读数" if language == "zh" else f"waiting {span}; {readings} readings"
    if days is None:
        return head
    return f"{head}；余量 {days} 天" if language == "zh" else f"{head}; room for {days} days"


def _route(state: Any, terminal: Terminal) -> dict[str, Any]:  # Any: RouteState
    return {
        "name": state.route.name,
        "priority": state.route.priority,
        "current": terminal.sender.current is state,
        "sent_bytes": state.sent_bytes,
        "failures": state.failures,
        "fault": state.fault,
    }


def _device(name: str, terminal: Terminal) -> dict[str, Any]:
    health = terminal.supervisors[name].health
    return {
        "id": name,
        "driver": terminal.supervisors[name].device.driver,
        "state": health.state.value,
        "since": health.since,
        "last": health.last,
        "failures": health.failures,
        "refused": health.refused,
        "fault": health.fault,
    }


def _channel(index: int, terminal: Terminal, forward: int) -> dict[str, Any]:
    channel = terminal.configuration.channels[index]
    last = terminal.image.last(channel)
    shown = last is not None and last.quality.has_value
    return {
        "id": channel.id,
        "name": dict(channel.name),
        "kind": channel.kind.value,
        "unit": channel.unit,
        "value": f"{amount(last.value, decimals=channel.scaling.decimals):f}" if last is not None and shown else None,
        "quality": None if last is None else last.quality.name,
        "age_ms": terminal.image.age(channel, forward=forward),
    }
