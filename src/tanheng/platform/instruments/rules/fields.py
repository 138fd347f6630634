"""What several ledgers of instruments ask of their fields."""

from __future__ import annotations

import datetime
from decimal import Decimal

from tanheng.core.errors import InputError
from tanheng.platform.instruments.known import Known
from tanheng.platform.plant.rules.fields import lengths, present

LARGEST = Decimal(10) ** 12


def number(content: object, field: str, longest: int) -> list[InputError]:
    """Return the fault of a plant's own number: blank, too long, or with a semicolon, which separates numbers."""
    faults = present(content, field, longest)
    text = str(getattr(content, field))
    if not faults and ";" in text:
        faults.append(InputError("platform.instruments.semicolon", field=field, value=text))
    return faults


def not_future(field: str, day: datetime.date | None, known: Known) -> list[InputError]:
    """Return the fault of a day that has not come yet."""
    return [InputError("platform.plant.future", field=field, value=day)] if day is not None and day > known.today else []


def measured_range(low: Decimal | None, high: Decimal | None, unit: str) -> list[InputError]:
    """Return the faults of a range: its ends in order, finite, with a unit."""
    faults = []
    for field, value in (("range_low", low), ("range_high", high)):
        if value is not None and not (value.is_finite() and abs(value) <= LARGEST):
            faults.append(InputError("platform.plant.range", field=field, value=value, low=-LARGEST, high=LARGEST, unit=unit))
    if not faults and low is not None and high is not None and high <= low:
        faults.append(InputError("platform.instruments.range_order", field="range_high", low=low, high=high))
    if (low is not None or high is not None) and not unit.strip():
        faults.append(InputError("platform.instruments.range_unit", field="range_unit"))
    return faults


def one_item(content: object, known: Known) -> list[InputError]:
    """Return the fault of a record that is about no instrument and no chain, about both, or about one that is not there."""
    instrument, chain = str(getattr(content, "instrument", "")), str(getattr(content, "chain", ""))
    if bool(instrument) == bool(chain):
        return [InputError("platform.instruments.one_item", field="instrument")]
    if instrument:
        return there(instrument, known)
    return [] if chain in known.chains else [InputError("platform.instruments.no_chain", field="chain", value=chain)]


def there(code: str, known: Known, field: str = "instrument") -> list[InputError]:
    """Return the fault of an instrument that is not in the ledger."""
    return [] if code in known.instruments else [InputError("platform.instruments.no_instrument", field=field, value=code)]


__all__ = ["LARGEST", "lengths", "measured_range", "not_future", "number", "one_item", "present", "there"]
