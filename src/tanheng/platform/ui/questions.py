"""What a person is asked once of a whole workbook: how to take what it says in its own way."""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

_SHORT = re.compile(r"((?:19|20)\d\d)\s*(?:年?|[年.\-/]\s*(1[0-2]|0?[1-9])\s*月?)")
FIRST, LAST = "first", "last"
_NAMED = 12  # cells


@dataclass(frozen=True, slots=True)
class Question:
    """A question that rows raise.

    Parameters
    ----------
    name : str
        The answer is kept with the layout under it.
    text : str
        What the rows say, and why it is no good as it stands.
    options : tuple of pairs
        Each answer, and its text; no answer leaves a fault in each row.
    count : int
        How many rows raise it.
    cells : tuple of str
        Where they do, for a question of single cells: ``E7``.
    announced : pair of str
        Heading and content that are shown with the answer whenever it is used; empty for a question whose answer is a habit of
        the whole sheet.
    """

    name: str
    text: Promise | str
    options: tuple[tuple[str, Promise | str], ...]
    count: int = 0
    cells: tuple[str, ...] = ()
    announced: tuple[str, str] | None = None

    @property
    def where(self) -> str:
        """Return the first of the cells."""
        return "、".join(self.cells[:_NAMED]) + (" …" if len(self.cells) > _NAMED else "")


def short_day(name: str, heading: str) -> Question:
    """Return the question of a field of days in which rows say but a month or a year."""
    text = _("“%(field)s” says year and month alone, or the year: a record needs a day.") % {"field": heading}
    return Question(name, text, ((FIRST, _("take the first day of it")), (LAST, _("take the last day of it"))))


def is_short(text: str) -> bool:
    """Tell whether a text says a month or a year without a day.

    Examples
    --------
    >>> [is_short(text) for text in ("2025年3月", "2019.10", "2019", "2019.10.1", "12")]
    [True, True, True, False, False]
    """
    return _SHORT.fullmatch(text.strip()) is not None


def whole_day(text: str, which: str) -> str:
    """Return the first or last day of the month or year that a text says; another text as it is.

    Examples
    --------
    >>> whole_day("2024年2月", LAST), whole_day("2019", FIRST), whole_day("x", LAST)
    ('2024-02-29', '2019-01-01', 'x')
    """
    found = _SHORT.fullmatch(text.strip())
    if found is None:
        return text
    year, is_last = int(found[1]), which == LAST
    month = int(found[2]) if found[2] else 12 if is_last else 1
    return datetime.date(year, month, calendar.monthrange(year, month)[1] if is_last else 1).isoformat()
