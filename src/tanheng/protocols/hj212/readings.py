"""Numbers out of a message: each with unit, flag and range check of the site profile."""

from __future__ import annotations

import re
from decimal import Decimal

from tanheng.protocols.errors import ValueRangeError
from tanheng.protocols.hj212.flags import quality
from tanheng.protocols.hj212.message import Edition, FactorReading, Group, Message
from tanheng.protocols.hj212.numbers import NumberType, number
from tanheng.protocols.hj212.profile import CO2, Factor, Profile

_FACTOR = re.compile(r"([A-Za-z]{1,2}[0-9][0-9A-Za-z]*|L[A-Za-z]{1,2})-([A-Za-z]+)")
_CONCENTRATIONS = frozenset({"Rtd", "Min", "Avg", "Max", "ZsRtd", "ZsMin", "ZsAvg", "ZsMax"})
_NORMAL = "N"
_TEXTS = frozenset({"Flag", "SampleTime", "EFlag", "Info", "SN"})


def readings(message: Message, profile: Profile) -> tuple[FactorReading, ...]:
    """Return the numbers of a message, in its order.

    Raises
    ------
    ValueRangeError
        For a value that is no number, that its declared type cannot hold, or that lies outside the site's accepted range.
        Nothing of such a message is used: when one value is impossible, unit or mapping of the others is in doubt.
    """
    found: list[FactorReading] = []
    for group in message.groups:
        found.extend(_of_group(group, message.edition, profile))
    return tuple(found)


def _of_group(group: Group, edition: Edition, profile: Profile) -> list[FactorReading]:
    found: list[FactorReading] = []
    for name, text in group.fields:
        match = _FACTOR.fullmatch(name)
        if match is None or match[2] in _TEXTS:
            continue
        code, kind = match[1], match[2]
        factor = profile.factor(code)
        value = number(text, name=name)
        flag = group.get(f"{code}-Flag")
        concentration = kind in _CONCENTRATIONS
        if concentration:
            _require_fit(value, name, flag, factor, edition)
        unit = factor.unit if concentration else factor.mass_unit if kind == "Cou" else None
        found.append(FactorReading(code, kind, text, value, unit, flag, quality(flag)))
    return found


def _require_fit(value: Decimal, name: str, flag: str | None, factor: Factor, edition: Edition) -> None:
    low, high = factor.low, factor.high
    kind = _type(factor, edition)
    if kind is not None and not kind.holds(value):
        code = "protocols.hj212.co2_overflow" if factor.code == CO2 else "protocols.hj212.overflow"
        raise ValueRangeError(code, name=name, value=value, type=str(kind), limit=kind.limit)
    # Zero gas, span gas and a stopped kiln are flagged so; the accepted range is that of values sent as normal.
    if flag != _NORMAL or ((low is None or value >= low) and (high is None or value <= high)):
        return
    raise ValueRangeError("protocols.hj212.range_value", name=name, value=value, unit=factor.unit or "", low=low, high=high)


def _type(factor: Factor, edition: Edition) -> NumberType | None:
    """Return the type that binds; the 2017 type stands in where the 2025 type is not known."""
    return (factor.type_2025 or factor.type_2017) if edition is Edition.E2025 else factor.type_2017
