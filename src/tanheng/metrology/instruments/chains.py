"""What stands where and what it is worth: a register looked up by code, with the state and class of chains.

A chain is as good as its worst part, unless it was certified as a system: then its own certificate speaks, and one that says
it failed stops it whatever its parts say.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tanheng.metrology.instruments import accuracy
from tanheng.metrology.instruments.certificate import Certificate, TraceState
from tanheng.metrology.instruments.lifecycle import state_on
from tanheng.metrology.instruments.model import Chain, Installation, Instrument, Register, UseState
from tanheng.metrology.instruments.trace import in_force, state_of


@dataclass(frozen=True, slots=True)
class Holdings:
    """A register by code: built once, asked for many days."""

    instruments: Mapping[str, Instrument]
    chains: Mapping[str, Chain]
    at_point: Mapping[str, Sequence[Installation]]
    of_item: Mapping[str, Sequence[Installation]]
    certificates: Mapping[str, Sequence[Certificate]]
    chains_with: Mapping[str, Sequence[str]]

    def standing_at(self, point: str, on: datetime.date) -> tuple[str, ...]:
        """Return what stands at a point on a day, in order of codes; a part of a chain that stands there is left out."""
        there = {one.instrument for one in self.at_point.get(point, ()) if covers(one, on)}
        parts = {member for code in there if code in self.chains for member in self.chains[code].members}
        return tuple(sorted(there - parts))

    def points_of(self, item: str, on: datetime.date) -> tuple[str, ...]:
        """Return the points at which an instrument or chain stands on a day."""
        return tuple(sorted({one.point for one in self.of_item.get(item, ()) if covers(one, on)}))

    def metered_by(self, item: str, on: datetime.date) -> frozenset[str]:
        """Return the points that an instrument or chain meters on a day, itself, by its parts or as a part of a chain."""
        chain = self.chains.get(item)
        parts = chain.members if chain is not None else ()
        return frozenset(point for one in (item, *parts, *self.chains_with.get(item, ())) for point in self.points_of(one, on))

    def trace(self, item: str, on: datetime.date) -> TraceState:
        """Return how one instrument stands by its certificates."""
        return state_of(self.certificates.get(item, ()), on)

    def use(self, item: str, on: datetime.date) -> UseState | None:
        """Return the state of use of an instrument; None for one that the register does not know."""
        found = self.instruments.get(item)
        return state_on(found.states, on) if found is not None else None

    def stated_class(self, item: str, on: datetime.date) -> str:
        """Return the class of an instrument's certificate in force; empty where none is stated."""
        found = in_force(self.certificates.get(item, ()), on)
        return found.accuracy_class if found is not None else ""


def covers(installation: Installation, on: datetime.date) -> bool:
    """Tell whether an installation holds on a day."""
    return installation.start <= on and (installation.end is None or on < installation.end)


def holdings(register: Register) -> Holdings:
    """Return a register by code."""
    at_point: defaultdict[str, list[Installation]] = defaultdict(list)
    of_item: defaultdict[str, list[Installation]] = defaultdict(list)
    certificates: defaultdict[str, list[Certificate]] = defaultdict(list)
    for one in register.installations:
        at_point[one.point].append(one)
        of_item[one.instrument].append(one)
    for certificate in register.certificates:
        certificates[certificate.instrument].append(certificate)
    chains_with: defaultdict[str, list[str]] = defaultdict(list)
    for chain in register.chains:
        for member in chain.members:
            chains_with[member].append(chain.code)
    return Holdings(
        {one.code: one for one in register.instruments},
        {one.code: one for one in register.chains},
        dict(at_point),
        dict(of_item),
        dict(certificates),
        dict(chains_with),
    )


def known_parts(chain: Chain, held: Holdings, on: datetime.date) -> tuple[str, ...]:
    """Return the parts of a chain that are there: known to the register and not scrapped."""
    return tuple(member for member in chain.members if held.use(member, on) not in (None, UseState.SCRAPPED))


def missing_parts(chain: Chain, held: Holdings, on: datetime.date) -> tuple[str, ...]:
    """Return the roles of a chain that nobody fills, needed ones first: no part has them, or one that is unknown or scrapped.

    A part that is named is wanted, whether or not such a chain must have it; without a role it stands for itself.
    """
    filled = {chain.roles.get(member, member) for member in known_parts(chain, held, on)}
    wanted = dict.fromkeys((*chain.needed, *(chain.roles.get(member, member) for member in chain.members)))
    return tuple(role for role in wanted if role not in filled)


def certified_as_system(chain: Chain, held: Holdings, on: datetime.date) -> TraceState | None:
    """Return the state by the chain's own certificates; None where it has none."""
    state = held.trace(chain.code, on)
    return None if state is TraceState.NEVER else state


def parts_not_traced(chain: Chain, held: Holdings, on: datetime.date) -> Iterator[tuple[str, TraceState]]:
    """Yield each part of a chain that is there and whose own certificates do not count."""
    for member in known_parts(chain, held, on):
        if not (state := held.trace(member, on)).counts:
            yield member, state


def trace_of_chain(chain: Chain, held: Holdings, on: datetime.date) -> TraceState:
    """Return how a chain stands: by its certificate as a system, else as its worst part."""
    system = certified_as_system(chain, held, on)
    if system is not None and (system.counts or system is TraceState.FAILED):
        return system
    parts = [held.trace(member, on) for member in known_parts(chain, held, on)]
    worst = max(parts, key=_WORSE.index, default=TraceState.NEVER)
    return system if system is not None and not worst.counts else worst


_WORSE = (
    TraceState.VALID,
    TraceState.DUE_SOON,
    TraceState.UNCONFIRMED,
    TraceState.OVERDUE,
    TraceState.NEVER,
    TraceState.FAILED,
)


def classes_of(item: str, held: Holdings, on: datetime.date) -> tuple[str, ...]:
    """Return the classes that an item must be judged by; empty texts where not stated.

    They are its own, or those of a chain's parts unless a certificate in force states one for the chain as a system.
    """
    chain, own = held.chains.get(item), held.stated_class(item, on)
    if chain is None or (own and held.trace(item, on).counts):
        return (own,)
    return tuple(held.stated_class(member, on) for member in known_parts(chain, held, on)) or ("",)


def worst_class(classes: Sequence[str]) -> str | None:
    """Return the worst of classes; None where two of them cannot be compared.

    Examples
    --------
    >>> worst_class(["0.2S", "0.5S", "0.5"]), worst_class(["0.5", "Ⅲ"])
    ('0.5', None)
    """
    worst = classes[0]
    for other in classes:
        better = accuracy.is_better(worst, other)
        if better is None and accuracy.normal(worst) != accuracy.normal(other):
            return None
        worst = other if better else worst
    return worst
