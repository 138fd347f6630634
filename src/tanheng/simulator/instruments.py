"""What instruments show: true quantities through their declared errors and scripted faults, as integers with a quality.

A totaliser shows the rounded sum since the beginning, so its rounding never adds up: over any span it differs from the truth
by less than one count. A rate, gauge or state of a minute carries the instant at which the minute begins; a totaliser stands
at minute boundaries, one reading more than minutes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tanheng.core.batch import Quality
from tanheng.simulator import faults
from tanheng.simulator.operation import Series
from tanheng.simulator.scenario import MINUTE, Channel, Scenario

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What one channel showed: instants (ms UTC), counts and qualities, in order of time."""

    channel: Channel
    time: Counts
    value: Counts
    quality: NDArray[np.uint8]


def cumulative(rate: Series, *, decimals: int) -> Counts:
    """Return the counts that ran from the beginning up to each minute boundary; ``rate`` is per hour."""
    ran = np.concatenate([[0.0], np.cumsum(rate / 60)])
    counts: Counts = np.rint(ran * 10**decimals).astype(np.int64)
    return counts


def show(
    scenario: Scenario, quantities: Mapping[str, Series], *, seed: int, channels: Sequence[Channel] | None = None
) -> dict[str, Shown]:
    """Return what each channel of the scenario shows for the given true quantities."""
    groups: dict[str, float] = {}
    shown = {}
    for number, channel in enumerate(scenario.channels if channels is None else channels):
        chance = np.random.default_rng([seed, 2, number])
        common = channel.group or channel.id
        if common not in groups:
            groups[common] = float(np.random.default_rng([seed, 1, len(groups)]).standard_normal())
        shown[channel.id] = _show(scenario, channel, quantities[channel.quantity], groups[common], chance)
    return shown


def _show(scenario: Scenario, channel: Channel, true: Series, common: float, chance: np.random.Generator) -> Shown:
    seen = true * channel.ratio * (1 + channel.systematic * common)
    if channel.random:
        seen = seen * (1 + channel.random * chance.standard_normal(len(seen)))
    seen = faults.on_signal(scenario, channel, true, seen)
    if channel.kind in ("totaliser", "amount"):
        stands = cumulative(seen, decimals=channel.decimals)
        if channel.kind == "amount":
            time, value = scenario.span.start + MINUTE * np.arange(len(seen)), np.diff(stands)
        else:
            time, value = scenario.span.start + MINUTE * np.arange(len(stands)), channel.initial + stands
            value = faults.on_register(scenario, channel, value)
            value = value % channel.modulus if channel.modulus else value
    else:
        time = scenario.span.start + MINUTE * np.arange(len(seen))
        value = np.rint(seen * 10**channel.decimals).astype(np.int64)
        value = faults.on_value(scenario, channel, value)
    quality = np.full(len(value), Quality.GOOD, np.uint8)
    dead = faults.dead(scenario, channel, time)
    value, quality = np.where(dead, 0, value), np.where(dead, np.uint8(Quality.NO_DATA), quality)
    return Shown(channel, time.astype(np.int64), value.astype(np.int64), quality.astype(np.uint8))
