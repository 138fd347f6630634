"""Provisional CO₂ of each source stream, by the terminal alone: totals × a signed factor set, through ``tanheng.formulas``.

A factor set comes from the platform as a signed order. It names for each stream a formula by id and its arguments: a channel's
total, or a number as printed. The result is provisional (待核定): the official figure is the platform's, from reviewed records.

::

    version: 3
    valid_from: "2026-10-01T00:00:00+08:00"
    streams:
      - id: line1.coal.kiln
        name: {zh: 窑头煤, en: kiln coal}
        formula: cn.cets.combustion
        arguments:
          consumption: {channel: line1.coal.kiln.total, unit: t}
          net_calorific_value: "23.076"
          carbon_content: "0.02618"
          oxidation: "0.99"
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from tanheng.core.errors import TanhengError
from tanheng.core.period import Span
from tanheng.core.units import convert
from tanheng.edge.errors import OrderError
from tanheng.edge.totals import Total
from tanheng.formulas import registry


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a formula: a channel's total in a unit, or a number."""

    channel: str | None
    unit: str | None
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Stream:
    """One source stream of a factor set."""

    id: str
    name: Mapping[str, str]
    formula: str
    arguments: Mapping[str, Argument]


@dataclass(frozen=True, slots=True)
class FactorSet:
    """A factor set as signed.

    Attributes
    ----------
    version : int
    valid_from : ms, UTC
    streams : tuple of Stream
    """

    version: int
    valid_from: int
    streams: tuple[Stream, ...]


@dataclass(frozen=True, slots=True)
class ProvisionalEmission:
    """Provisional CO₂ of one stream over one period; ``value`` is None when a total is missing (blank is not zero)."""

    stream: str
    span: Span
    value: Decimal | None
    unit: str


def factor_set(content: Mapping[str, Any]) -> FactorSet:
    """Return the factor set of an order's content.

    Raises
    ------
    OrderError
        Names the stream and what is wrong with it.
    """
    try:
        moment = datetime.datetime.fromisoformat(content["valid_from"])
        if moment.tzinfo is None:
            raise OrderError("edge.factors.time", value=content["valid_from"])
        streams = tuple(_stream(entry) for entry in content["streams"])
        return FactorSet(int(content["version"]), round(moment.timestamp() * 1000), streams)
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise OrderError("edge.factors.shape", reason=f"{type(error).__name__}: {error}") from error


def _stream(entry: Mapping[str, Any]) -> Stream:
    formula = registry.get(entry["formula"])
    arguments = {name: _argument(value) for name, value in entry["arguments"].items()}
    missing, unknown = set(formula.arguments) - set(arguments), set(arguments) - set(formula.arguments)
    if missing or unknown:
        listed = ", ".join(sorted(missing | unknown))
        raise OrderError("edge.factors.arguments", stream=entry["id"], formula=formula.id, names=listed)
    return Stream(entry["id"], entry.get("name", {}), formula.id, arguments)


def _argument(value: Any) -> Argument:
    if isinstance(value, dict):
        return Argument(str(value["channel"]), str(value["unit"]), None)
    if not isinstance(value, str):
        raise TypeError("a number is written as text, with its digits")
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(f"{value} is no finite number")
    return Argument(None, None, number)


def emissions(factors: FactorSet, totals: Sequence[Total], span: Span) -> list[ProvisionalEmission]:
    """Return the provisional CO₂ of each stream over ``span``.

    Parameters
    ----------
    factors : FactorSet
    totals : sequence of Total
        Totals of that very span.
    span : Span
    """
    by_channel = {total.channel: total for total in totals if total.span == span}
    found = []
    for stream in factors.streams:
        formula = registry.get(stream.formula)
        try:
            values = {name: _value(argument, by_channel) for name, argument in stream.arguments.items()}
        except TanhengError:
            values = {"": None}
        if any(value is None for value in values.values()):
            found.append(ProvisionalEmission(stream.id, span, None, formula.unit))
        else:
            result = formula.function(**{name: value for name, value in values.items() if value is not None})
            found.append(ProvisionalEmission(stream.id, span, Decimal(str(result)), formula.unit))
    return found


def _value(argument: Argument, by_channel: Mapping[str, Total]) -> Decimal | None:
    if argument.channel is None:
        return argument.value
    total = by_channel.get(argument.channel)
    if total is None or total.value is None or argument.unit is None:
        return None
    return total.value if total.unit == argument.unit else convert(total.value, total.unit, argument.unit)
