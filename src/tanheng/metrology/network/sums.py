"""Whether the amounts of the children of a metering point add up to the parent's, within what their instruments may err.

::

    |Σ children − parent|  ≤  MPE(parent) · parent + Σ MPE(child) · child

The limits are added, not their squares: a maximum permissible error is a bound and no standard uncertainty
(``docs/decisions/0081``). A blank amount leaves the sum open; it is not zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from tanheng.core.numbers import calculating
from tanheng.metrology.errors import NetworkError
from tanheng.metrology.network.model import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """How the children of one point close against it.

    Attributes
    ----------
    difference : Decimal or None
        Σ children − parent, in the unit of the amounts; None while one of ``blank`` is not known.
    limit : Decimal or None
        How large it may be; None while an amount or an MPE is not known.
    blank : tuple of str
        Codes of the points without an amount or without an MPE.
    """

    parent: str
    children: tuple[str, ...]
    difference: Decimal | None
    limit: Decimal | None
    blank: tuple[str, ...] = ()

    @property
    def closes(self) -> bool | None:
        """Whether the difference is within the limit; None while it is not known."""
        if self.difference is None or self.limit is None:
            return None
        return abs(self.difference) <= self.limit


def families(network: Network) -> dict[str, tuple[str, ...]]:
    """Return the children of every point that has any, in order of codes; a parent that is not there has none."""
    found: dict[str, list[str]] = {}
    for point in network.point_of.values():
        if point.parent in network.point_of and point.parent != point.code:
            found.setdefault(point.parent, []).append(point.code)
    return {parent: tuple(sorted(found[parent])) for parent in sorted(found)}


def closures(network: Network, *, amounts: Mapping[str, Decimal], permissible: Mapping[str, Decimal]) -> tuple[Closure, ...]:
    """Return how every parent closes.

    Parameters
    ----------
    amounts : mapping
        Code of a point to its amount in one period, all of one family in one unit; a point that is not in it is blank.
    permissible : mapping
        Code of a point to the maximum permissible error of its instrument, in percent of the reading, 0 or more.

    Raises
    ------
    NetworkError
        When a permissible error is below zero.
    """
    for code, limit in sorted(permissible.items()):
        if limit < 0:
            raise NetworkError("metrology.network.negative_error", code=code, value=limit)
    return tuple(_closure(parent, children, amounts, permissible) for parent, children in families(network).items())


def _closure(
    parent: str, children: tuple[str, ...], amounts: Mapping[str, Decimal], permissible: Mapping[str, Decimal]
) -> Closure:
    every = (parent, *children)
    blank = tuple(code for code in every if code not in amounts or code not in permissible)
    with calculating():
        difference = limit = None
        if all(code in amounts for code in every):
            difference = sum((amounts[code] for code in children), Decimal(0)) - amounts[parent]
            if not blank:
                limit = sum((abs(amounts[code]) * permissible[code] / 100 for code in every), Decimal(0))
    return Closure(parent=parent, children=children, difference=difference, limit=limit, blank=blank)
