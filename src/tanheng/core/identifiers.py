"""Identifiers: dotted, lower case, stable for ever.

A *figure* id names a line of a report (``line.1.combustion``). Its value for one period carries the period behind an ``@``:
``line.1.combustion@2025-03``. A *parameter* id names a value of the rule pack (``cn.grid.national_average_factor``).
"""

from __future__ import annotations

import re
from typing import NewType

from tanheng.core.errors import IdentifierError

FigureId = NewType("FigureId", str)
ParameterId = NewType("ParameterId", str)
InputId = NewType("InputId", str)

_DOTTED = re.compile(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*")


def dotted(text: str, /, *, thing: str) -> str:
    """Return ``text`` when it is a dotted, lower-case id.

    Raises
    ------
    IdentifierError
        Names ``thing`` and the text otherwise.
    """
    if not _DOTTED.fullmatch(text):
        raise IdentifierError("core.identifier.form", thing=thing, value=text)
    return text


def at(identifier: str, period: str) -> str:
    """Return the id of ``identifier`` in one period, such as ``line.1.total@2025-03``."""
    return f"{identifier}@{period}"


def without_period(identifier: str) -> str:
    """Return the id without the period behind the ``@``."""
    return identifier.partition("@")[0]


def period_of(identifier: str) -> str | None:
    """Return the period behind the ``@``, or None for a value of the whole account."""
    return identifier.partition("@")[2] or None
