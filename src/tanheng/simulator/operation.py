"""What runs when: kiln load, start-up on diesel, raw mill and coal mill, minute by minute."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tanheng.simulator.scenario import MINUTE, Line, Scenario, Stop

Series = NDArray[np.float64]

COLD_HEAT = 0.35
"""Heat lost by a kiln that is being heated up, as a share of its heat at full load."""


@dataclass(frozen=True, slots=True)
class Operation:
    """How one line is run, one value a minute.

    Parameters
    ----------
    load : share of capacity that becomes clinker
    heating : share of full heat that goes into heating up
    diesel : t/h burnt for ignition
    """

    load: Series
    heating: Series
    diesel: Series


def operate(scenario: Scenario, line: Line, chance: np.random.Generator) -> Operation:
    """Return the operation of ``line``: a load that wanders around its set point, cut by stops and start-ups."""
    count = scenario.minutes
    load = line.load * (1 + line.load_noise * _wander(count, chance)) * _shift_hand(scenario, count, chance)
    heating, diesel = np.zeros(count), np.zeros(count)
    for stop in scenario.stops:
        if stop.line == line.id:
            _cut(scenario, stop, load, heating, diesel)
    return Operation(load=np.clip(load, 0, 1.1), heating=heating, diesel=diesel)


def _wander(count: int, chance: np.random.Generator) -> Series:
    """Return a series of unit spread that forgets within about four hours."""
    steps = chance.standard_normal(count)
    keep = 1 - 1 / 240
    scale = np.sqrt(1 - keep**2)
    series = np.empty(count)
    value = float(steps[0])
    for index, step in enumerate(steps.tolist()):
        value = keep * value + scale * step
        series[index] = value
    return series


def _shift_hand(scenario: Scenario, count: int, chance: np.random.Generator) -> Series:
    """Return a factor a shift: each crew has its own hand, within half a per cent."""
    hands = 1 + 0.005 * chance.uniform(-1, 1, len(scenario.clock.shifts.starts) + 1)
    starts = sorted(start.hour * 60 + start.minute for start in scenario.clock.shifts.starts)
    first = scenario.clock.local(scenario.span.start)
    minute_of_day = (first.hour * 60 + first.minute + np.arange(count)) % 1440
    return hands[np.searchsorted(starts, minute_of_day, side="right")]


def _cut(scenario: Scenario, stop: Stop, load: Series, heating: Series, diesel: Series) -> None:
    first = max(0, (stop.span.start - scenario.span.start) // MINUTE)
    past = max(0, (stop.span.end - scenario.span.start) // MINUTE)
    load[first:past] = 0
    warm = int(stop.startup_h * 60)
    if warm == 0 or past >= len(load):
        return
    ramp = np.linspace(0, 1, warm, endpoint=False)
    end = min(len(load), past + warm)
    inside = slice(past, end)
    shape = ramp[: end - past]
    feeding = np.clip((shape - 0.5) * 2, 0, 1)  # the first half only heats, raw meal comes in the second
    load[inside] *= feeding
    heating[inside] = COLD_HEAT * (1 - feeding) * np.clip(shape * 4, 0, 1)
    weight = np.clip(1 - shape * 2, 0, None)  # oil at first, coal takes over
    if weight.sum() > 0:
        diesel[inside] = weight / (np.clip(1 - ramp * 2, 0, None).sum() / 60) * stop.diesel_t


def mill(
    drawn: Series, *, rate: float, low: float, high: float, start: float, ready: NDArray[np.bool_]
) -> tuple[Series, Series]:
    """Return what a mill makes (t/h) and what its silo holds at the end of each minute (t).

    The mill runs at ``rate`` from when the silo is at ``low`` until it is at ``high``: it stands still while the kiln goes on.

    Parameters
    ----------
    drawn : t/h taken from the silo
    low, high, start : t
    ready : whether the mill may run
    """
    made, held = np.zeros(len(drawn)), np.zeros(len(drawn))
    stock, running = start, False
    for index, (take, may) in enumerate(zip((drawn / 60).tolist(), ready.tolist(), strict=True)):
        running = may and (stock < high if running else stock < low)
        gain = rate / 60 if running else 0.0
        if stock + gain < take:  # a silo never runs below empty: the mill gives what the kiln takes
            gain = take - stock
        stock += gain - take
        made[index], held[index] = gain * 60, stock
    return made, held
