"""Instruments in use without valid traceability beside one that counts: no gap of the rate, and still not to be used.

The rate asks whether a point is equipped; a second instrument there does not change that. But what is not validly traced shall
not be used (6.3.7 of Chongqing's draft, part 1), whatever stands beside it, so each of them is listed with what is wrong.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from tanheng.metrology.equipping.counting import ItemCount, PointCount
from tanheng.metrology.equipping.rates import Rates
from tanheng.metrology.equipping.reasons import WHY_OF, Reason, Why
from tanheng.metrology.requirement import Outcome

_UNTRACED = frozenset(WHY_OF.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """An instrument or chain in use whose certificate does not hold, at points that another one equips.

    Attributes
    ----------
    points : tuple of str
        Codes of those points.
    good : tuple of str
        What counts there.
    reasons : tuple of Reason
        What is wrong with its traceability.
    """

    item: str
    points: tuple[str, ...]
    good: tuple[str, ...]
    reasons: tuple[Reason, ...] = field(hash=False)

    @property
    def outcome(self) -> Outcome:
        """What using it may cause: the worst of its reasons."""
        return min((reason.outcome for reason in self.reasons), key=lambda outcome: outcome.rank)


def beside(rates: Rates) -> tuple[Beside, ...]:
    """Return what is in use without valid traceability at points that count, in order of codes."""
    points: defaultdict[str, list[PointCount]] = defaultdict(list)
    reasons: dict[str, tuple[Reason, ...]] = {}
    for count in rates.points.values():
        for item in untraced(count):
            points[item.code].append(count)
            reasons[item.code] = tuple(reason for reason in item.reasons if reason.why in _UNTRACED)
    return tuple(
        Beside(
            item=code,
            points=tuple(count.point.code for count in points[code]),
            good=tuple(sorted({item.code for count in points[code] for item in count.items if item.counts()})),
            reasons=reasons[code],
        )
        for code in sorted(points)
    )


def untraced(count: PointCount) -> tuple[ItemCount, ...]:
    """Return the items at an equipped point that are in use and not validly traced."""
    if not count.is_equipped:
        return ()
    whys = ((item, {reason.why for reason in item.reasons}) for item in count.items)
    return tuple(item for item, found in whys if found & _UNTRACED and Why.NOT_IN_SERVICE not in found)
