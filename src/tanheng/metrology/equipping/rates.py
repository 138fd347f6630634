"""Equipping rates (配备率) of a plant on a day: a rate for each row of Table A.1, and for each energy and level of GB 17167.

::

    R = points that count / points needed × 100 %

Needed is every point of a row. A rate is shown with one decimal and never rounded up: 2999 of 3000 is 99.9 % and fails 100 %.
Beside it stand 完好率 and 检定率, shares of the points where an instrument is installed (annual form 1-8-1).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from tanheng.accounting.plant import Words
from tanheng.accounting.source_streams import Grade
from tanheng.core.states import CheckState
from tanheng.metrology.equipping.counting import PointCount, count_point
from tanheng.metrology.equipping.reasons import Note, Remark
from tanheng.metrology.equipping.rules import LEVELS, Required, Rules
from tanheng.metrology.instruments.chains import holdings
from tanheng.metrology.instruments.model import Register
from tanheng.metrology.network.model import Level, Method, Network, Point, Role
from tanheng.metrology.requirement import OUTCOME_OF, Outcome

Emissions = Mapping[str, Decimal]
"""Code of a source stream to what it emits in a year, tCO2."""

_STEPS = tuple(CheckState)
_WHOLE = 1000  # thousandths: a percentage with one decimal


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def percent(self) -> Decimal | None:
        """The share in percent with one decimal, never rounded up; None of nothing."""
        return Decimal(self.part * _WHOLE // self.whole).scaleb(-1) if self.whole else None

    def reaches(self, percent: Decimal) -> bool:
        """Tell whether the exact share is at least ``percent``; nothing needed is enough."""
        return self.part * 100 >= percent * self.whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: its points, its rates and what they mean.

    Attributes
    ----------
    key : str
        Row of Table A.1, or ``<energy>.<level>``.
    required : Required or None
        None where the edition's table is not held, or the table gives no rate.
    """

    key: str
    title: Words
    required: Required | None
    points: tuple[PointCount, ...]
    equipped: Share
    fit: Share
    within: Share
    outcome: Outcome | None

    @property
    def meets(self) -> bool | None:
        """Whether the required rate is reached; None where there is no requirement or nothing to equip."""
        if self.required is None or not self.equipped.whole:
            return None
        return self.equipped.reaches(self.required.percent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """All rates of a plant on a day.

    Attributes
    ----------
    rows : mapping of str to Row
        Every row of Table A.1 in its order, also those without a point.
    energy : mapping of str to Row
        The rows of GB 17167 that have points.
    points : mapping of str to PointCount
        Every point that a row needs.
    notes : mapping of str to tuple of Note
        What is said of a point beside its instruments, such as that its stream has no class.
    outside : tuple of str
        Points that no row needs.
    """

    on: datetime.date
    rules: Rules
    rows: Mapping[str, Row] = field(hash=False)
    energy: Mapping[str, Row] = field(hash=False)
    points: Mapping[str, PointCount] = field(hash=False)
    notes: Mapping[str, tuple[Note, ...]] = field(hash=False)
    outside: tuple[str, ...]

    @property
    def every(self) -> Mapping[str, Row]:
        """The rows of both tables."""
        return {**self.rows, **self.energy}


@dataclass(frozen=True, slots=True)
class Placed:
    """Which rows need a point, and what is said of that."""

    rows: tuple[str, ...]
    energy: tuple[str, Level] | None
    notes: tuple[Note, ...] = ()


def rates(
    network: Network, register: Register, rules: Rules, *, on: datetime.date, emissions: Emissions | None = None
) -> Rates:
    """Return the equipping rates of a plant on a day.

    Parameters
    ----------
    network : Network
        Its points are what is needed; what stands at them is read from the register.
    emissions : mapping, optional
        tCO2 a year of each source stream: decides whether a fugitive emission must be metered.
    """
    held = holdings(register)
    placed = places(network, rules, emissions)
    counts = {code: count_point(network.point_of[code], held, rules, on) for code, place in placed.items() if needs(place)}
    return tally(placed, counts, rules, on=on)


def needs(place: Placed) -> bool:
    """Tell whether any row needs the point."""
    return bool(place.rows) or place.energy is not None


def places(network: Network, rules: Rules, emissions: Emissions | None = None) -> dict[str, Placed]:
    """Return the rows of each point, by the code of the point in order."""
    points = sorted(network.points, key=lambda point: point.code)
    return {point.code: _in_force(_placed(point, network, rules, emissions or {}), rules) for point in points}


def _in_force(place: Placed, rules: Rules) -> Placed:
    """Return a place without the rows of a table that is not in force."""
    return replace(place, rows=tuple(key for key in place.rows if key in rules.rows))


def tally(placed: Mapping[str, Placed], counts: Mapping[str, PointCount], rules: Rules, *, on: datetime.date) -> Rates:
    """Return the rates of points that are counted already."""
    by_row: dict[str, list[PointCount]] = {key: [] for key in rules.rows}
    by_energy: dict[tuple[str, Level], list[PointCount]] = {}
    for code, place in placed.items():
        for key in place.rows:
            by_row[key].append(counts[code])
        if place.energy is not None:
            by_energy.setdefault(place.energy, []).append(counts[code])
    order = [(energy, level) for energy in rules.energies for level in LEVELS]
    return Rates(
        on=on,
        rules=rules,
        rows={key: row(key, rules.titles[key], rules.rows[key], points) for key, points in by_row.items()},
        energy={
            energy_key(*pair): row(energy_key(*pair), rules.energies[pair[0]], rules.energy_rates.get(pair), by_energy[pair])
            for pair in order
            if pair in by_energy
        },
        points=dict(counts),
        notes={code: place.notes for code, place in placed.items() if place.notes},
        outside=tuple(code for code, place in placed.items() if not needs(place)),
    )


def energy_key(energy: str, level: Level) -> str:
    """Return the key of a row of GB 17167, such as ``electricity.entry``."""
    return f"{energy}.{LEVELS[level]}"


def row(key: str, title: Words, required: Required | None, points: Iterable[PointCount]) -> Row:
    """Return a row of points with its rates."""
    counted = tuple(points)
    installed = [one for one in counted if one.is_installed]
    return Row(
        key=key,
        title=title,
        required=required,
        points=counted,
        equipped=Share(sum(one.is_equipped for one in counted), len(counted)),
        fit=Share(sum(one.is_fit for one in installed), len(installed)),
        within=Share(sum(one.is_within for one in installed), len(installed)),
        outcome=_outcome(required, counted),
    )


def _outcome(required: Required | None, points: tuple[PointCount, ...]) -> Outcome | None:
    """Return what a row below its rate means: judged first by the surest rules alone, then by the less sure ones too."""
    if required is None:
        return None
    for step in _STEPS:
        if not Share(sum(one.counts(step) for one in points), len(points)).reaches(required.percent):
            return OUTCOME_OF[max(step, required.basis.strength, key=lambda state: state.rank)]
    return None


def _placed(point: Point, network: Network, rules: Rules, emissions: Emissions) -> Placed:
    energy = None
    if point.energy in rules.energies and point.role is not Role.FACTOR:
        energy = (point.energy, max(point.level, Level.ENTRY))  # the boundary of the entity is where its entries are
    match point.role:
        case Role.INTERNAL:
            return Placed((), energy)
        case Role.PURCHASED:
            return Placed(("purchased",), energy)
        case Role.STACK:
            return Placed(("measured_stack",), energy)
        case Role.FUGITIVE:
            return _fugitive(point, rules, emissions)
        case Role.ACTIVITY | Role.FACTOR:
            if point.method is Method.MEASURED:
                return Placed(("measured_stack",), energy)
            stream = network.stream_of.get(point.stream)
            grade = stream.grade if stream is not None else None
            unknown = (Note(remark=Remark.STREAM_NOT_CLASSED, item=point.stream or point.code),) if grade is None else ()
            return Placed((f"{point.role.value}_{(grade or Grade.MAJOR).value}",), energy, unknown)


def _fugitive(point: Point, rules: Rules, emissions: Emissions) -> Placed:
    """Return the row of a fugitive emission: none below the threshold of the rule set, by tonnes or by share."""
    amount = emissions.get(point.stream)
    if amount is None:
        return Placed(("measured_fugitive",), None, (Note(remark=Remark.THRESHOLD_UNKNOWN, item=point.stream or point.code),))
    total = sum(emissions.values(), Decimal(0))
    by_tonnes = rules.fugitive_tonnes is not None and amount >= rules.fugitive_tonnes
    by_share = rules.fugitive_share is not None and amount >= rules.fugitive_share * total
    if by_tonnes or by_share:
        return Placed(("measured_fugitive",), None)
    return Placed((), None, (Note(remark=Remark.BELOW_THRESHOLD, item=point.stream or point.code),))
