"""Equipping rates over time: each point is judged once for every stretch in which nothing happens to it.

What stands at a point changes on few days: an installation begins or ends, a step of an instrument's life, a certificate is
issued, confirmed or runs out. Between two of them the count is the same, so ten years of months need a handful of judgements
for each point. The result is what a recount of each day would give; a property test holds the two equal.
"""

from __future__ import annotations

import bisect
import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tanheng.core.period import Month
from tanheng.metrology.equipping.counting import count_point
from tanheng.metrology.equipping.rates import Emissions, Placed, Share, energy_key, needs, places
from tanheng.metrology.equipping.rules import Rules
from tanheng.metrology.errors import EquippingError
from tanheng.metrology.instruments.chains import Holdings, holdings
from tanheng.metrology.instruments.model import Register
from tanheng.metrology.network.model import Network

_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """The rates of one day: row to the share that counts, of both tables; rows without a point are left out."""

    on: datetime.date
    shares: Mapping[str, Share] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What is asked of a plant from a day on: the network that was valid, the requirements in force, the tonnes of its streams.

    Attributes
    ----------
    start : date
        Its first day; it ends before the next stretch begins.
    """

    start: datetime.date
    network: Network
    rules: Rules
    emissions: Emissions | None = None


def history_of(stretches: Sequence[Stretch], register: Register, days: Iterable[datetime.date]) -> tuple[Moment, ...]:
    """Return the rates of each day by what was asked then, in the order of the days given.

    A day before the first stretch is counted by the first.

    Raises
    ------
    EquippingError
        When there is no stretch.
    """
    if not stretches:
        raise EquippingError("metrology.equipping.no_stretch")
    ordered, asked = sorted(stretches, key=lambda one: one.start), list(days)
    starts = [one.start for one in ordered]
    place_of = [max(0, bisect.bisect_right(starts, on) - 1) for on in asked]
    found: dict[datetime.date, Moment] = {}
    for place, one in enumerate(ordered):
        own = [on for on, index in zip(asked, place_of, strict=True) if index == place]
        moments = history(one.network, register, one.rules, own, emissions=one.emissions)
        found.update((moment.on, moment) for moment in moments)
    return tuple(found[on] for on in asked)


def history(
    network: Network, register: Register, rules: Rules, days: Iterable[datetime.date], *, emissions: Emissions | None = None
) -> tuple[Moment, ...]:
    """Return the rates of each day by one set of requirements and one network, in the order of the days given.

    Parameters
    ----------
    days : iterable of date
        Such as :func:`ends_of_months`.
    """
    held, asked = holdings(register), list(days)
    rows: dict[str, list[int]] = {}
    wholes: dict[str, int] = {}
    for code, place in places(network, rules, emissions).items():
        if needs(place):
            equipped = _equipped(code, network, held, rules, asked)
            for key in _keys(place):
                parts = rows.setdefault(key, [0] * len(asked))
                wholes[key] = wholes.get(key, 0) + 1
                rows[key] = [part + one for part, one in zip(parts, equipped, strict=True)]
    order = [key for key in (*rules.rows, *sorted(rows.keys() - rules.rows.keys())) if key in rows]
    return tuple(Moment(on, {key: Share(rows[key][index], wholes[key]) for key in order}) for index, on in enumerate(asked))


def ends_of_months(first: Month, last: Month) -> tuple[datetime.date, ...]:
    """Return the last day of each month from ``first`` to ``last``."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    start = first.year * 12 + first.month - 1
    return tuple(Month((start + step) // 12, (start + step) % 12 + 1).last_day for step in range(count))


def _keys(place: Placed) -> tuple[str, ...]:
    return (*place.rows, *((energy_key(*place.energy),) if place.energy is not None else ()))


def _equipped(code: str, network: Network, held: Holdings, rules: Rules, days: Sequence[datetime.date]) -> list[bool]:
    """Return for each day whether a point counts, judged once a stretch."""
    turns = sorted(set(_turns(code, held)))
    judged: dict[int, bool] = {}
    found = []
    for on in days:
        stretch = bisect.bisect_right(turns, on)
        if stretch not in judged:
            judged[stretch] = count_point(network.point_of[code], held, rules, on).is_equipped
        found.append(judged[stretch])
    return found


def _turns(code: str, held: Holdings) -> Iterator[datetime.date]:
    """Yield the days from which a point may count otherwise than before."""
    for installation in held.at_point.get(code, ()):
        yield installation.start
        if installation.end is not None:
            yield installation.end
        chain = held.chains.get(installation.instrument)
        for item in (installation.instrument, *(chain.members if chain is not None else ())):
            yield from _turns_of(item, held)


def _turns_of(item: str, held: Holdings) -> Iterator[datetime.date]:
    instrument = held.instruments.get(item)
    for spell in instrument.states if instrument is not None else ():
        yield spell.start
    for certificate in held.certificates.get(item, ()):
        yield certificate.issued_on
        if certificate.confirmed_on is not None:
            yield certificate.confirmed_on
        if certificate.valid_to is not None and certificate.valid_to < datetime.date.max:
            yield certificate.valid_to + _DAY
