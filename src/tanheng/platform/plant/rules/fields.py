"""What fields of any record must satisfy: filled in, not too long, in their range."""

from __future__ import annotations

import re
from decimal import Decimal

from tanheng.core.errors import InputError

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


def present(content: object, field: str, longest: int) -> list[InputError]:
    """Return the fault of a text that is blank or too long."""
    text = str(getattr(content, field))
    if not text.strip():
        return [InputError("platform.plant.missing", field=field)]
    return lengths(content, **{field: longest})


def lengths(content: object, **longest: int) -> list[InputError]:
    """Return the faults of texts that are longer than their limit, or hold control characters."""
    found = []
    for field, limit in longest.items():
        text = str(getattr(content, field))
        if len(text) > limit:
            found.append(InputError("platform.plant.length", field=field, length=len(text), limit=limit))
        elif any(character < " " and character not in "\t\n\r" for character in text):
            found.append(InputError("platform.plant.control", field=field))
    return found


def code_fault(code: str) -> list[InputError]:
    """Return the fault of a code."""
    return [] if _CODE.fullmatch(code) else [InputError("platform.plant.code", field="code", value=code)]


def within(field: str, value: Decimal | None, low: Decimal, high: Decimal, unit: str, *, places: int) -> list[InputError]:
    """Return the fault of a number outside its range, or with too many decimals; None is no fault."""
    if value is None:
        return []
    if not (value.is_finite() and low <= value <= high):
        return [outside(field, value, low, high, unit)]
    if value != round(value, places):
        return [InputError("platform.plant.places", field=field, value=value, places=places)]
    return []


def outside(field: str, value: object, low: object, high: object, unit: str) -> InputError:
    """Return the fault of a value outside its range."""
    return InputError("platform.plant.range", field=field, value=value, low=low, high=high, unit=unit)
