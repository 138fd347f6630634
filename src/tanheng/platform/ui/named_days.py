"""Days and months in the names of sheets and files."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

_YEAR_MONTH = re.compile(r"(?<!\d)(20\d\d)\s*[年.\-/_]?\s*(1[0-2]|0?[1-9])(?!\d)")
_FULL_DAY = re.compile(r"(?<!\d)(20\d\d)\s*[年.\-/]\s*(1[0-2]|0?[1-9])\s*[月.\-/]\s*(3[01]|[12]\d|0?[1-9])")
_MONTH_DAY = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])\s*[月.\-/]\s*(3[01]|[12]\d|0?[1-9])(?!\d)")
_DAY = re.compile(r"^\s*(3[01]|[12]\d|0?[1-9])\s*[日号]?\s*$")


def day_in(name: str, month: str = "") -> datetime.date | None:
    """Return the day that the name of a sheet says: ``2025.3.1``, and with a month also ``3.1``, ``3月1日`` and ``1``.

    Examples
    --------
    >>> [str(day_in(name, "2025-03")) for name in ("2025.3.1", "3月2日", "3", "4日", "汇总")]
    ['2025-03-01', '2025-03-02', '2025-03-03', '2025-03-04', 'None']
    """
    year, number = (int(part) for part in month.split("-")) if re.fullmatch(r"\d{4}-\d{2}", month) else (0, 0)
    if found := _FULL_DAY.search(name):
        parts = [int(part) for part in found.groups()]
    elif year and (found := _MONTH_DAY.search(name)):
        parts = [year, int(found[1]), int(found[2])]
    elif year and (found := _DAY.match(name)):
        parts = [year, number, int(found[1])]
    else:
        return None
    try:
        return datetime.date(*parts)
    except ValueError:
        return None


def month_in(texts: Sequence[str]) -> str:
    """Return the month that a file name or title says, as ``2025-03``; empty where none does.

    Examples
    --------
    >>> month_in(["日报", "2025年3月生产日报.xlsx"]), month_in(["202503"]), month_in(["日报"])
    ('2025-03', '2025-03', '')
    """
    for text in texts:
        if found := _YEAR_MONTH.search(text):
            return f"{found[1]}-{int(found[2]):02}"
    return ""
