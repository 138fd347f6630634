"""Scripted faults.

On what a channel senses:   ``drift`` (grows to ``size``, relative), ``scaled-down`` (less by ``size``: cheating), ``parameter``
                            (factor 1 + ``size`` from then on), ``ct-change`` (display times ``size``), ``zero-drift`` (``size``
                            units per hour while nothing runs)
On what it shows:           ``stuck``, ``spike`` (times 1 + ``size``), ``reset`` (register starts from zero)
On a device:                ``dead`` (no answer), ``clock-jump`` (``size`` seconds), ``network-cut``, ``duplicated`` (frames)
On the truck-scale table:   ``ticket-edited`` (net weight changed by ``size`` t), ``ticket-deleted``
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tanheng.core.period import Span
from tanheng.simulator.scenario import MINUTE, Channel, Fault, Scenario

Series = NDArray[np.float64]
Counts = NDArray[np.int64]


def of(scenario: Scenario, *kinds: str, channel: str = "", device: str = "") -> Iterator[Fault]:
    """Yield the faults of ``kinds`` on a channel or device, in the order of the scenario."""
    for fault in scenario.faults:
        if fault.kind in kinds and fault.channel == channel and fault.device == device:
            yield fault


def on_signal(scenario: Scenario, channel: Channel, true: Series, seen: Series) -> Series:
    """Return what a channel senses with its faults."""
    seen = seen.copy()
    for fault in of(scenario, "drift", "scaled-down", "parameter", "ct-change", "zero-drift", channel=channel.id):
        inside = _minutes(scenario, fault.span, len(seen))
        match fault.kind:
            case "drift":
                length = max(1, (fault.span.end - fault.span.start) // MINUTE)
                seen[inside] *= 1 + fault.size * np.arange(1, len(seen[inside]) + 1) / length
            case "scaled-down":
                seen[inside] *= 1 - fault.size
            case "parameter":
                seen[inside] *= 1 + fault.size
            case "ct-change":
                seen[inside] *= fault.size
            case _:
                seen[inside] += np.where(true[inside] == 0, fault.size, 0.0)
    return seen


def on_register(scenario: Scenario, channel: Channel, stands: Counts) -> Counts:
    """Return the stands of a register with its faults; a stuck register loses what runs meanwhile."""
    stands = stands.copy()
    for fault in of(scenario, "stuck", "reset", channel=channel.id):
        inside = _minutes(scenario, fault.span, len(stands))
        if inside.start >= len(stands):
            continue
        if fault.kind == "reset":
            stands[inside.start :] -= stands[max(0, inside.start - 1)]
        else:
            lost = stands[min(inside.stop, len(stands)) - 1] - stands[inside.start]
            stands[inside] = stands[inside.start]
            stands[inside.stop :] -= lost
    return stands


def on_value(scenario: Scenario, channel: Channel, values: Counts) -> Counts:
    """Return the values of a rate, gauge or state with its faults."""
    values = values.copy()
    for fault in of(scenario, "stuck", "spike", channel=channel.id):
        inside = _minutes(scenario, fault.span, len(values))
        if fault.kind == "stuck":
            values[inside] = values[min(inside.start, len(values) - 1)]
        else:
            values[inside] = np.rint(values[inside] * (1 + fault.size)).astype(np.int64)
    return values


def dead(scenario: Scenario, channel: Channel, time: Counts) -> NDArray[np.bool_]:
    """Return at which instants the device of a channel gives no answer."""
    silent = np.zeros(len(time), bool)
    for fault in of(scenario, "dead", device=channel.device):
        silent |= (time >= fault.span.start) & (time < fault.span.end)
    return silent


def active(scenario: Scenario, kind: str, device: str, instant: int) -> Fault | None:
    """Return the fault of ``kind`` that a device has at ``instant``, or None."""
    return next((fault for fault in of(scenario, kind, device=device) if instant in fault.span), None)


def _minutes(scenario: Scenario, span: Span, count: int) -> slice:
    start = -(-(span.start - scenario.span.start) // MINUTE)
    past = -(-(span.end - scenario.span.start) // MINUTE)
    return slice(min(max(0, start), count), min(max(0, past), count))
