"""A range as plants write it (测量范围), taken apart where it is one: ``0～120t/h``, ``(-300~300)mm``, a capacity ``120t``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from tanheng.platform.ui.resources import narrow

_NUMBER = r"[-+−]?\d{1,12}(?:\.\d{1,6})?"
_UNIT = r"(?:[^\W\d_]|[℃°%‰])(?:[^\W\d_]|[℃°%‰²³/·]|(?<=m)[23]){0,19}"
_PAIR = re.compile(rf"[(（]?\s*({_NUMBER})\s*({_UNIT})?\s*(?:~|～|-|−|—|–|至|\.\.\.?|…)\s*({_NUMBER})\s*[)）]?\s*({_UNIT})?")
_CAPACITY = re.compile(rf"(?:≤|<|0?～|~)?\s*({_NUMBER})\s*(t|kg|g|mg|吨|公斤|千克|克)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Range:
    """A range.

    Parameters
    ----------
    low : Decimal or None
        None for a capacity.
    unit : str
        As written; empty where none is.
    """

    low: Decimal | None
    high: Decimal
    unit: str


def parse(text: str) -> Range | None:
    """Return the range that a text says; None where it says none, several, or something else, such as a ratio.

    Ends in falling order (``-4000～-6000Pa``) are put in order. One weight alone is the capacity of a scale.

    Examples
    --------
    >>> parse("-4000～-6000Pa")
    Range(low=Decimal('-6000'), high=Decimal('-4000'), unit='Pa')
    >>> parse("120t").low is None, parse("300/5A"), parse("室温～300℃")
    (True, None, None)
    """
    said = narrow(text)
    found = _PAIR.fullmatch(said)
    if found is None:
        capacity = _CAPACITY.fullmatch(said)
        high = _number(capacity[1]) if capacity is not None else Decimal(0)
        return Range(None, high, capacity[2]) if capacity is not None and high > 0 else None
    first, second = sorted((_number(found[1]), _number(found[3])))
    units = {unit for unit in (found[2], found[4]) if unit}
    return Range(first, second, units.pop() if units else "") if first < second and len(units) <= 1 else None


def _number(text: str) -> Decimal:
    return Decimal(text.replace("−", "-"))
