"""One point on one day: what stands there, whether it counts, and every reason why not."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from tanheng.core.states import CheckState
from tanheng.metrology.equipping import classes
from tanheng.metrology.equipping.reasons import CERTIFICATE, NOT_THERE, RULE_OF, WHY_OF, Note, Reason, Remark, Why
from tanheng.metrology.equipping.rules import Rules
from tanheng.metrology.instruments import chains
from tanheng.metrology.instruments.certificate import TraceState
from tanheng.metrology.instruments.chains import Holdings
from tanheng.metrology.instruments.model import Chain, UseState
from tanheng.metrology.network.model import Point

_UNTRACED = frozenset(WHY_OF.values())


@dataclass(frozen=True, slots=True)
class ItemCount:
    """An instrument or chain at a point; it counts when there is no reason against it."""

    code: str
    reasons: tuple[Reason, ...]
    notes: tuple[Note, ...]

    def counts(self, at_most: CheckState = CheckState.UNVERIFIED) -> bool:
        """Tell whether it counts when only rules are looked at that are as sure as ``at_most``."""
        return not any(_strength(reason).rank <= at_most.rank for reason in self.reasons)


def _strength(reason: Reason) -> CheckState:
    return CheckState.VERIFIED if reason.why in CERTIFICATE else reason.basis.strength


@dataclass(frozen=True, slots=True, kw_only=True)
class PointCount:
    """A point on a day.

    Attributes
    ----------
    items : tuple of ItemCount
        What stands there, in order of codes; empty where nothing does, and then ``absence`` says why.
    shared_with : tuple of str
        Other points that the instruments that count here also meter.
    """

    point: Point
    items: tuple[ItemCount, ...]
    absence: tuple[Reason, ...]
    shared_with: tuple[str, ...]

    def counts(self, at_most: CheckState = CheckState.UNVERIFIED) -> bool:
        """Tell whether the point is equipped, looking only at rules as sure as ``at_most``."""
        if not self.items:
            return not any(_strength(reason).rank <= at_most.rank for reason in self.absence)
        return any(item.counts(at_most) for item in self.items)

    @property
    def is_equipped(self) -> bool:
        """Whether it counts by all rules."""
        return self.counts()

    @property
    def is_installed(self) -> bool:
        """Whether an instrument is there that is neither portable nor scrapped: what 完好率 and 检定率 are shares of."""
        return self._any_without(NOT_THERE)

    @property
    def is_fit(self) -> bool:
        """Whether something installed is in service and whole (完好)."""
        return self._any_without(NOT_THERE | {Why.NOT_IN_SERVICE, Why.CHAIN_PART, Why.FAILED})

    @property
    def is_within(self) -> bool:
        """Whether something installed is within its verification (检定)."""
        return self._any_without(NOT_THERE | _UNTRACED)

    def _any_without(self, against: frozenset[Why]) -> bool:
        return any(not against & {reason.why for reason in item.reasons} for item in self.items)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """All reasons against it; none where it counts."""
        if self.is_equipped:
            return ()
        return (*self.absence, *(reason for item in self.items for reason in item.reasons))

    @property
    def notes(self) -> tuple[Note, ...]:
        """What is said beside the count."""
        shown = tuple(note for item in self.items for note in item.notes if not self.is_equipped or item.counts())
        if not self.shared_with:
            return shown
        first = next(item.code for item in self.items if item.counts())
        return (Note(remark=Remark.SHARED, item=first, others=self.shared_with), *shown)


def count_point(point: Point, held: Holdings, rules: Rules, on: datetime.date) -> PointCount:
    """Return how a point stands on a day."""
    codes = held.standing_at(point.code, on)
    items = tuple(_count_item(code, point, held, rules, on) for code in codes)
    counting = [item.code for item in items if item.counts()]
    shared = {other for code in counting for other in held.metered_by(code, on)} - {point.code}
    absence = () if items else (Reason(why=Why.MISSING, basis=rules.counting[RULE_OF[Why.MISSING]]),)
    return PointCount(point=point, items=items, absence=absence, shared_with=tuple(sorted(shared)))


def _count_item(code: str, point: Point, held: Holdings, rules: Rules, on: datetime.date) -> ItemCount:
    chain = held.chains.get(code)
    against = list(_chain_faults(chain, held, on) if chain is not None else _instrument_faults(code, held, on))
    reasons = [_reason(rules, why, item, has) for why, item, has in against]
    notes: list[Note] = []
    if any(reason.why in NOT_THERE for reason in reasons):
        return ItemCount(code, tuple(reasons), ())
    for found in classes.judged(point, code, held, rules, on):
        if isinstance(found, Reason):
            reasons.append(found)
        else:
            notes.append(found)
    return ItemCount(code, tuple(reasons), tuple(notes))


def _reason(rules: Rules, why: Why, item: str, has: str) -> Reason:
    return Reason(why=why, basis=rules.counting[RULE_OF[why]], item=item, has=has)


def _instrument_faults(code: str, held: Holdings, on: datetime.date) -> Iterator[tuple[Why, str, str]]:
    """Yield what is wrong with an instrument; of one that is not there by the rules, its certificate is no matter."""
    instrument = held.instruments.get(code)
    if instrument is None:
        yield Why.MISSING, code, ""
        return
    if instrument.portable or held.use(code, on) is UseState.SCRAPPED:
        yield Why.PORTABLE if instrument.portable else Why.SCRAPPED, code, ""
        return
    yield from _not_in_use(code, held, on)
    if (state := held.trace(code, on)) in WHY_OF:
        yield WHY_OF[state], code, ""


def _not_in_use(code: str, held: Holdings, on: datetime.date) -> Iterator[tuple[Why, str, str]]:
    use = held.use(code, on)
    if use is not None and not use.in_use:
        yield Why.NOT_IN_SERVICE, code, use.value


def _chain_faults(chain: Chain, held: Holdings, on: datetime.date) -> Iterator[tuple[Why, str, str]]:
    """Yield what is wrong with a chain: parts that are not there or not in use, then what no certificate covers."""
    for role in chains.missing_parts(chain, held, on):
        yield Why.CHAIN_PART, chain.code, role
    present = chains.known_parts(chain, held, on)
    for member in present:
        if held.instruments[member].portable:
            yield Why.PORTABLE, member, ""
        yield from _not_in_use(member, held, on)
    system = chains.certified_as_system(chain, held, on)
    if system is not None and system.counts:
        return
    parts = list(chains.parts_not_traced(chain, held, on))
    if not present or (system is not None and (system is TraceState.FAILED or parts)):
        yield WHY_OF[system or TraceState.NEVER], chain.code, ""
    for member, state in parts:
        yield WHY_OF[state], member, ""
