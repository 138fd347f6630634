"""Months that may lack their zero: a spreadsheet takes ``2019.10`` for a number and keeps ``2019.1``, which is January, too.

- A cell that holds the *number* 2019.1 means January or October: it is asked about, year by year, and nothing is preset.
- A CSV file has no types, and most are saved from a spreadsheet: its ``2019.1`` is taken for a number.
- A cell that holds the *text* ``2019.1`` means January: a text would have kept the zero of ``2019.10``.
- ``2019.01``, ``2019.2`` to ``2019.9``, ``2019.11`` and ``2019.12`` have one reading, as numbers too.

Until the question is answered such a day reads ``2019.1(0)``, which no form takes.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from tanheng.platform.ui.questions import Question

JANUARY, OCTOBER = "january", "october"
_LACKING = re.compile(r"(?:19|20)\d\d\.1")
_EITHER = re.compile(r"((?:19|20)\d\d)\.1\(0\)")
_NAME = re.compile(r"zero-(\w+)-((?:19|20)\d\d)")


def question(field: str, heading: str, year: str) -> Question:
    """Return the question of a field of days in which a number says January or, short of a zero, October."""
    said = {"field": heading, "value": f"{year}.1", "year": year}
    text = _(
        "“%(field)s” says %(value)s, not as text: January, or October typed as %(value)s0, whose zero a spreadsheet drops. "
        "If some mean one and some the other, leave it and write the days in your sheet."
    )
    months = (JANUARY, _("all mean January %(year)s") % said), (OCTOBER, _("all mean October %(year)s") % said)
    return Question(name_of(field, year), text % said, months, announced=(heading, f"{year}.1"))


def name_of(field: str, year: str) -> str:
    """Return the name of the question about a field and a year."""
    return f"zero-{field}-{year}"


def field_and_year(name: str) -> tuple[str, str] | None:
    """Return of which field and year a question is; None for a question of another sort.

    Examples
    --------
    >>> field_and_year("zero-made_on-2019"), field_and_year("short-made_on")
    (('made_on', '2019'), None)
    """
    found = _NAME.fullmatch(name)
    return (found[1], found[2]) if found is not None else None


def may_lack_zero(text: str) -> bool:
    """Tell whether a number, as it is written, is a month of a year that may have lost its zero.

    Examples
    --------
    >>> [may_lack_zero(text) for text in ("2019.1", "2019.01", "2019.11", "2019.2", "208.1", "2019")]
    [True, False, False, False, False, False]
    """
    return _LACKING.fullmatch(text) is not None


def with_either(text: str) -> str:
    """Return a number that may lack its zero as a day that nobody can read before the question is answered.

    Examples
    --------
    >>> with_either("2019.1"), with_either("2019.2")
    ('2019.1(0)', '2019.2')
    """
    return f"{text}(0)" if may_lack_zero(text) else text


def year_of_either(text: str) -> str:
    """Return the year of a day that may be in January or in October; empty for any other text.

    Examples
    --------
    >>> year_of_either("2019.1(0)"), year_of_either("2019.1")
    ('2019', '')
    """
    found = _EITHER.fullmatch(text.strip())
    return found[1] if found is not None else ""


def as_written(text: str) -> str:
    """Return what stands in the cell of a day that may be in January or in October; another text as it is."""
    year = year_of_either(text)
    return f"{year}.1" if year else text


def month_meant(text: str, which: str) -> str:
    """Return the month that a day in January or in October was said to mean; another text as it is.

    Examples
    --------
    >>> month_meant("2019.1(0)", OCTOBER), month_meant("2019.1(0)", JANUARY), month_meant("x", OCTOBER)
    ('2019-10', '2019-01', 'x')
    """
    year = year_of_either(text)
    return f"{year}-{'10' if which == OCTOBER else '01'}" if year else text
