"""What the plant has on paper: truck tickets and laboratory results."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace

import numpy as np

from tanheng.simulator.operation import Series
from tanheng.simulator.scenario import MINUTE, Scenario

_HOUR = 60 * MINUTE


@dataclass(frozen=True, slots=True)
class Ticket:
    """A weighing of a truck with coal; masses in kg, times in ms UTC."""

    number: int
    time: int
    plate: str
    material: str
    gross_kg: int
    tare_kg: int
    changed_at: int | None = None
    deleted: bool = False

    @property
    def net_kg(self) -> int:
        """Gross less tare."""
        return self.gross_kg - self.tare_kg


@dataclass(frozen=True, slots=True)
class Result:
    """A laboratory result, in fractions or GJ/t of the sample as received; sampled and reported at ms UTC."""

    sample: str
    sampled: int
    reported: int
    quantity: str
    value: float
    true: float


def deliver(scenario: Scenario, drawn: Series, *, seed: int) -> list[Ticket]:
    """Return the tickets of the coal that replaces what the mills draw (t/h), by day, between 07:00 and 19:00.

    The first version of each ticket; :func:`changed` gives what became of it.
    """
    chance = np.random.default_rng([seed, 3])
    tickets: list[Ticket] = []
    owed = 0.0
    per_day = 1440
    for first in range(0, scenario.minutes, per_day):
        owed += float(drawn[first : first + per_day].sum()) / 60
        trucks = max(0, int(owed // scenario.coal.truck_t))
        minutes = np.sort(chance.integers(7 * 60, 19 * 60, trucks))
        for minute in minutes.tolist():
            net = round(1000 * scenario.coal.truck_t * (1 + 0.03 * float(chance.standard_normal())) / 20) * 20
            tare = int(15_000 + 20 * chance.integers(0, 60))
            plate = f"鄂A{int(chance.integers(10_000, 99_999))}"
            time = scenario.span.start + (first + minute) * MINUTE
            tickets.append(Ticket(len(tickets) + 1, time, plate, "coal", net + tare, tare))
            owed -= net / 1000
    return tickets


def changed(scenario: Scenario, tickets: list[Ticket], *, until: int) -> list[Ticket]:
    """Return the table as it stands at ``until``: later tickets are not there, scripted edits and deletions are done."""
    table = {ticket.number: ticket for ticket in tickets if ticket.time <= until}
    for fault in scenario.faults:
        ticket = table.get(fault.ticket)
        if ticket is None or fault.span.start > until:
            continue
        if fault.kind == "ticket-deleted":
            table[ticket.number] = replace(ticket, deleted=True, changed_at=fault.span.start)
        elif fault.kind == "ticket-edited":
            gross = ticket.gross_kg + round(1000 * fault.size)
            table[ticket.number] = replace(ticket, gross_kg=gross, changed_at=fault.span.start)
    return [ticket for ticket in table.values() if not ticket.deleted]


def analyse(scenario: Scenario, *, seed: int) -> list[Result]:
    """Return the laboratory results: coal (NCV, carbon, moisture) and the clinker's oxides, with the declared errors."""
    rules, coal = scenario.laboratory, scenario.coal
    chance = np.random.default_rng([seed, 4])
    common = {name: 1 + rules.systematic * float(chance.standard_normal()) for name in ("ncv", "carbon", "oxides")}
    results: list[Result] = []
    wanted = [
        ("coal", rules.coal_every_h, [("coal.ncv", coal.ncv_gj_t, "ncv"), ("coal.carbon", coal.carbon, "carbon")]),
        *(
            (line.id, rules.raw_meal_every_h, [(f"{line.id}.cao", line.cao, "oxides"), (f"{line.id}.mgo", line.mgo, "oxides")])
            for line in scenario.lines
        ),
    ]
    for place, every, values in wanted:
        step = round(every * _HOUR)
        for number, sampled in enumerate(range(scenario.span.start, scenario.span.end, step), start=1):
            for quantity, true, group in values:
                value = true * common[group] * (1 + rules.random * float(chance.standard_normal()))
                reported = sampled + round(rules.late_h * _HOUR)
                results.append(Result(f"{place}-{number:05d}", sampled, reported, quantity, value, true))
    return sorted(results, key=lambda result: (result.reported, result.sample, result.quantity))


def iso(instant: int) -> str:
    """Return an instant as text in UTC."""
    return datetime.datetime.fromtimestamp(instant / 1000, tz=datetime.UTC).isoformat().replace("+00:00", "Z")
