"""``generate(scenario, seed)``: a plant's minutes and hours without sockets, and the truth to compare with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from tanheng.simulator.errors import ScenarioError
from tanheng.simulator.instruments import Counts, Shown, cumulative, show
from tanheng.simulator.operation import Series, operate
from tanheng.simulator.papers import Result, Ticket, analyse, deliver
from tanheng.simulator.process import run_line
from tanheng.simulator.scenario import Scenario

TRUE_DECIMALS = 3
"""Truth is counted in kilograms, kilowatt-hours, MJ: thousandths of t, MWh, GJ."""


@dataclass(frozen=True, slots=True, eq=False)
class PlantRun:
    """A generated stretch of a plant's life.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        The chance it was made with; the same scenario and seed give the same run.
    minutes : mapping
        True quantity → one value a minute: t/h, GJ/h, MWh/h, %, °C, Pa, m/s; stocks in t at the end of the minute.
    shown : mapping
        Channel → what its instrument showed.
    tickets : list of Ticket
        As first weighed; see :func:`tanheng.simulator.papers.changed`.
    results : list of Result
    """

    scenario: Scenario
    seed: int
    minutes: Mapping[str, Series]
    shown: Mapping[str, Shown]
    tickets: list[Ticket] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)

    def ran(self, quantity: str, *, decimals: int = TRUE_DECIMALS) -> Counts:
        """Return the true counts of 10^-decimals that ran up to each minute boundary."""
        return cumulative(self._series(quantity), decimals=decimals)

    def hours(self, quantity: str, *, decimals: int = TRUE_DECIMALS) -> Counts:
        """Return the true counts of each hour; their sum is the true count of the run to the last digit."""
        stands = self.ran(quantity, decimals=decimals)
        edges = np.append(np.arange(0, len(stands) - 1, 60), len(stands) - 1)
        hours: Counts = np.diff(stands[edges])
        return hours

    def hourly_mean(self, quantity: str) -> Series:
        """Return the mean of each hour, for what is no flow."""
        series = self._series(quantity)
        return np.array([series[start : start + 60].mean() for start in range(0, len(series), 60)])

    def _series(self, quantity: str) -> Series:
        if quantity not in self.minutes:
            raise ScenarioError("simulator.scenario.unknown", place="quantity", name=quantity)
        return self.minutes[quantity]


def generate(scenario: Scenario, seed: int) -> PlantRun:
    """Return one run of ``scenario``.

    Parameters
    ----------
    scenario : Scenario
        From :func:`tanheng.simulator.scenario.load`.
    seed : int
        Everything left to chance follows from it.

    Raises
    ------
    ScenarioError
        When a channel measures a quantity that the plant does not have.

    Examples
    --------
    >>> from tanheng.simulator import load
    >>> run = generate(load("small-plant"), seed=1)
    >>> int(run.hours("line.1.clinker").sum()) == int(run.ran("line.1.clinker")[-1])
    True
    """
    quantities: dict[str, Series] = {}
    for number, line in enumerate(scenario.lines):
        chance = np.random.default_rng([seed, 0, number])
        for name, series in run_line(scenario, line, operate(scenario, line, chance), chance).items():
            quantities[f"{line.id}.{name}"] = series
    drawn = np.sum([quantities[f"{line.id}.coal_mill_feed"] for line in scenario.lines], axis=0)
    tickets = deliver(scenario, drawn, seed=seed)
    quantities.update(_plant(scenario, quantities, drawn, tickets))
    _check_channels(scenario, quantities)
    shown = show(scenario, quantities, seed=seed)
    return PlantRun(scenario, seed, quantities, shown, tickets, analyse(scenario, seed=seed))


def _plant(scenario: Scenario, quantities: Mapping[str, Series], drawn: Series, tickets: list[Ticket]) -> dict[str, Series]:
    """Return what belongs to the whole plant: coal yard, clinker silo, electricity, parameters."""
    delivered = np.zeros(scenario.minutes)
    for ticket in tickets:
        delivered[(ticket.time - scenario.span.start) // 60_000] += ticket.net_kg / 1000 * 60
    clinker = np.sum([quantities[f"{line.id}.clinker"] for line in scenario.lines], axis=0)
    dispatched = np.full(scenario.minutes, float(clinker.mean()))
    power = np.sum([quantities[f"{line.id}.power_line"] for line in scenario.lines], axis=0)
    own = np.sum([quantities[f"{line.id}.power_waste_heat"] for line in scenario.lines], axis=0)
    plant = {
        "coal.delivered": delivered,
        "coal.drawn": drawn,
        "coal.yard": 8000 + np.cumsum(delivered - drawn) / 60,
        "clinker.dispatched": dispatched,
        "clinker.silo": 60_000 + np.cumsum(clinker - dispatched) / 60,
        "power.purchased": np.maximum(power - own, 0),
        "power.own": own,
    }
    plant.update({f"parameter.{channel.id}": np.ones(scenario.minutes) for channel in scenario.channels})
    for fault in scenario.faults:
        if fault.kind == "parameter":
            first = max(0, (fault.span.start - scenario.span.start) // 60_000)
            plant[f"parameter.{fault.channel}"][first:] *= 1 + fault.size
    return plant


def _check_channels(scenario: Scenario, quantities: Mapping[str, Series]) -> None:
    unknown = [channel for channel in scenario.channels if channel.quantity not in quantities]
    if unknown:
        findings = [ScenarioError("simulator.scenario.unknown", place=channel.id, name=channel.quantity) for channel in unknown]
        name, first = scenario.id, str(findings[0])
        raise ScenarioError("simulator.scenario.refused", findings=findings, name=name, count=len(findings), first=first)
