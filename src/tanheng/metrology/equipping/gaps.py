"""Gaps (缺口): points that do not count, what each may cause, the cheapest cure, and the tonnes behind it.

Cures are ordered by what they take, not by prices nobody has given: confirm a certificate, have it verified or calibrated, put
what is there to use, move a spare one here, repair, complete a chain, buy. A plant may give its own prices; then the dearest
way is told by them.
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tanheng.core.states import CheckState
from tanheng.metrology.equipping.classes import suits
from tanheng.metrology.equipping.counting import ItemCount, PointCount
from tanheng.metrology.equipping.rates import Emissions, Rates
from tanheng.metrology.equipping.reasons import CERTIFICATE, Reason, Why
from tanheng.metrology.instruments.chains import Holdings, holdings
from tanheng.metrology.instruments.model import Register, UseState
from tanheng.metrology.network.model import Point
from tanheng.metrology.requirement import OUTCOME_OF, Outcome


class Cure(enum.StrEnum):
    """What closes a gap, cheapest first."""

    NAME = "name"  # 补填器具类别
    CONFIRM = "confirm"  # 计量确认
    CALIBRATE = "calibrate"  # 检定或校准
    PUT_IN_SERVICE = "put_in_service"  # 投用
    MOVE = "move"  # 调拨闲置器具
    REPAIR = "repair"  # 维修并检定
    COMPLETE = "complete"  # 补齐测量系统
    BUY = "buy"  # 购置

    @property
    def rank(self) -> int:
        """0 for the cheapest."""
        return list(Cure).index(self)


Prices = Mapping[Cure, Decimal]
"""What the plant says a cure costs it, CNY."""

_CURE_OF: Mapping[Why, Cure] = {
    Why.UNCONFIRMED: Cure.CONFIRM,
    Why.OVERDUE: Cure.CALIBRATE,
    Why.NEVER: Cure.CALIBRATE,
    Why.NOT_IN_SERVICE: Cure.PUT_IN_SERVICE,
    Why.FAILED: Cure.REPAIR,
    Why.CHAIN_PART: Cure.COMPLETE,
    Why.CLASS: Cure.BUY,
    Why.OWN_CLASS: Cure.BUY,
    Why.KIND: Cure.NAME,
    Why.MISSING: Cure.BUY,
    Why.PORTABLE: Cure.BUY,
    Why.SCRAPPED: Cure.BUY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to close a gap.

    Attributes
    ----------
    cures : tuple of Cure
        All that must be done, cheapest first.
    item : str
        The instrument or chain it is done to or that is moved here; empty for buying.
    price : Decimal or None
        CNY by the plant's own prices; None where one of the cures has none.
    """

    cures: tuple[Cure, ...]
    item: str
    price: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A point that does not count.

    Attributes
    ----------
    rows : tuple of str
        Rows that need it, of Table A.1 and of GB 17167.
    below : tuple of str
        Those of them that miss their required rate.
    outcome : Outcome or None
        None where every row that needs the point reaches its rate all the same and no certificate is at fault.
    emission : Decimal or None
        tCO2 a year of its source stream, as far as given: the tonnes at stake.
    """

    point: Point
    reasons: tuple[Reason, ...] = field(hash=False)
    rows: tuple[str, ...]
    below: tuple[str, ...]
    outcome: Outcome | None
    way: Way
    emission: Decimal | None


def gaps(
    rates: Rates, register: Register, *, emissions: Emissions | None = None, prices: Prices | None = None
) -> tuple[Gap, ...]:
    """Return the gaps of a plant: worst outcome first, then most tonnes, then cheapest cure.

    Parameters
    ----------
    rates : Rates
        Of the same register.
    emissions : mapping, optional
        tCO2 a year of each source stream.
    prices : mapping, optional
        What each cure costs the plant.
    """
    held, given, costs = holdings(register), emissions or {}, prices or {}
    spares = _spares(held, rates.on)
    found = []
    for count in rates.points.values():
        if not count.is_equipped:
            way = _cheapest(count, held, rates, spares, costs)
            rows = tuple(key for key, row in rates.every.items() if any(one is count for one in row.points))
            below = tuple(key for key in rows if rates.every[key].meets is False)
            found.append(
                Gap(
                    point=count.point,
                    reasons=count.reasons,
                    rows=rows,
                    below=below,
                    outcome=_outcome(count, rates, below),
                    way=way,
                    emission=given.get(count.point.stream),
                )
            )
    return tuple(sorted(found, key=_order))


def _order(gap: Gap) -> tuple[int, Decimal, int, str]:
    rank = gap.outcome.rank if gap.outcome is not None else len(Outcome)
    return rank, -(gap.emission or Decimal(0)), gap.way.cures[-1].rank, gap.point.code


def _outcome(count: PointCount, rates: Rates, below: Sequence[str]) -> Outcome | None:
    """Return what the gap may cause: what a certificate says always does, else the rows it keeps below their rate."""
    if any(reason.why in CERTIFICATE for reason in count.reasons):
        return Outcome.NON_CONFORMITY
    step = next(state for state in CheckState if not count.counts(state))
    outcomes = [
        OUTCOME_OF[max(step, required.basis.strength, key=_rank)] for key in below if (required := rates.every[key].required)
    ]
    return min(outcomes, key=lambda outcome: outcome.rank, default=None)


def _rank(state: CheckState) -> int:
    return state.rank


def _cheapest(count: PointCount, held: Holdings, rates: Rates, spares: list[str], prices: Prices) -> Way:
    """Return the cheapest way; a spare that is moved here is taken out of ``spares``."""
    ways = [_way(item, prices) for item in count.items]
    spare = next((code for code in spares if suits(count.point, code, held, rates.rules, rates.on)), None)
    if spare is not None:
        ways.append(_priced((Cure.MOVE,), spare, prices))
    ways.append(_priced((Cure.BUY,), "", prices))
    all_priced = all(way.price is not None for way in ways)
    cheapest = min(ways, key=lambda way: (way.price or 0 if all_priced else 0, *_effort(way)))
    if spare is not None and cheapest.cures == (Cure.MOVE,):
        spares.remove(spare)
    return cheapest


def _way(item: ItemCount, prices: Prices) -> Way:
    cures = {_cure(reason) for reason in item.reasons}
    if Cure.BUY in cures:
        return _priced((Cure.BUY,), item.code, prices)
    if cures & {Cure.CALIBRATE, Cure.REPAIR}:
        cures.discard(Cure.CONFIRM)  # the new certificate is confirmed in its turn
    return _priced(tuple(sorted(cures, key=lambda cure: cure.rank)), item.code, prices)


def _cure(reason: Reason) -> Cure:
    if reason.why is Why.NOT_IN_SERVICE and reason.has == UseState.REPAIR:
        return Cure.REPAIR
    return _CURE_OF[reason.why]


def _priced(cures: tuple[Cure, ...], item: str, prices: Prices) -> Way:
    known = [prices[cure] for cure in cures if cure in prices]
    return Way(cures=cures, item=item, price=sum(known, Decimal(0)) if len(known) == len(cures) else None)


def _effort(way: Way) -> tuple[int, int, str]:
    """Order ways by the dearest cure, then by how many; prices decide before it where the plant has priced every way."""
    return way.cures[-1].rank, len(way.cures), way.item


def _spares(held: Holdings, on: datetime.date) -> list[str]:
    """Return instruments that stand nowhere, are no part of a chain, and have a certificate that counts."""
    parts = {member for chain in held.chains.values() for member in chain.members}
    return sorted(
        code
        for code, one in held.instruments.items()
        if not one.portable
        and code not in parts
        and not held.points_of(code, on)
        and held.use(code, on) in (UseState.IN_SERVICE, UseState.DOWNGRADED, UseState.SEALED_UP, UseState.OUT_OF_SERVICE)
        and held.trace(code, on).counts
    )
