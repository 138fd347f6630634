"""Numbers as people write them: which text is a decimal number, and what is wrong with the text that is not.

A number is written with ASCII digits and a decimal point, without separators of thousands, unit or sign of percent. Anything
else is refused by the name of its fault; a reader that guesses would halve or multiply somebody's coal.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from tanheng.accounting.folder.grid import Odd, Oddity, Raw, is_error_text

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
_LONGEST = 40

_NOT_APPLICABLE = frozenset(["/", "不适用", "n/a", "na", "not applicable"])
_NO_NUMBER = frozenset(["nan", "inf", "infinity", "∞"])
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("formula", re.compile(r"[=@].*|[+-][A-Za-z(].*", re.DOTALL)),
    ("date", re.compile(r"\d{4}[-/.年]\d{1,2}([-/.月]\d{1,2}日?|月)|[A-Za-z]{3}-\d{2}|\d{1,2}-[A-Za-z]{3}")),
    ("long", re.compile(r"[+-]?[\d.]+[eE][+-]?\d{3,}")),
    ("percent_sign", re.compile(r"[+-]?[\d.,]+\s*[%‰]")),
    ("below_limit", re.compile(r"[<≤＜].*|未检出|nd", re.IGNORECASE)),
    ("approximate", re.compile(r"[>≥＞~≈±约].*|[\d.]+\s*±.*")),
    (
        "thousands",
        re.compile(r"[+-]?\d{1,3}([,' \u00a0\u202f]\d{3})+(\.\d+)?|[+-]?\d{1,3}(\.\d{3})+,\d+|[+-]?\d{1,3}(\.\d{3}){2,}"),
    ),
    ("decimal_comma", re.compile(r"[+-]?\d+,\d+")),
    ("unit_in_cell", re.compile(r"[+-]?\d+(\.\d+)?\s*[A-Za-zµ万吨千克升度立方^/0-9³]+")),
    ("truth", re.compile(r"true|false|是|否", re.IGNORECASE)),
)


def is_number(text: str) -> bool:
    """Say whether ``text`` is a decimal number as a cell writes it."""
    return _NUMBER.fullmatch(text.strip()) is not None


def is_not_applicable(raw: Raw) -> bool:
    """Say whether a cell declares that there is no such value: ``/``, ``不适用`` or ``n/a``."""
    return isinstance(raw, str) and raw.strip().lower() in _NOT_APPLICABLE


def parse(raw: Raw, *, unit: str) -> Decimal | str:
    """Return the number of a cell that is not blank, or the message code of its fault.

    Parameters
    ----------
    raw : Raw
        The cell.
    unit : str
        Unit of the value; a cell that shows a percentage is right only where the unit is ``1``.

    Examples
    --------
    >>> parse("23.0760", unit="GJ/t"), parse("23,076", unit="GJ/t"), parse("12,5", unit="t")
    (Decimal('23.0760'), 'number.thousands', 'number.decimal_comma')
    """
    if isinstance(raw, Odd):
        if raw.kind is not Oddity.PERCENT or unit != "1":
            return f"number.{raw.kind}"
        raw = raw.text
    text = raw.strip()
    if _NUMBER.fullmatch(text) is None:
        return f"number.{_fault(text)}"
    if len(text) > _LONGEST:
        return "number.long"
    return Decimal(text)


def _fault(text: str) -> str:
    """Return the name of what is wrong with a text that should be a number."""
    if is_error_text(text):
        return "error"
    if text.lower().lstrip("+-") in _NO_NUMBER:
        return "not_finite"
    if any(ord(character) > 0x7F and unicodedata.normalize("NFKC", character) in "0123456789.,+-%" for character in text):
        return "full_width"
    for name, shape in _SHAPES:
        if shape.fullmatch(text):
            return name
    return "text"
