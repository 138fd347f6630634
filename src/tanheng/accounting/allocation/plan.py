"""The allocation rules of one year, from dated data of the rule pack (``cn.ets.allocation.*``)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal

from tanheng.accounting.allocation.model import Circumstance, Method, Plan, Treatment
from tanheng.accounting.errors import AllocationError
from tanheng.accounting.plant import Words
from tanheng.core.units import convert
from tanheng.standards import Dated, RulePack, UnknownIdError, ValueMissingError


def plan_of(pack: RulePack, year: int, *, known: datetime.date | None = None) -> Plan:
    """Return the allocation rules of a year.

    Raises
    ------
    ValueMissingError
        When the rule pack has no method for the year, or none that was known on ``known``.
    AllocationError
        When the branches of the coefficient do not meet at their edge, which the formula needs.
    """
    day = datetime.date(year, 12, 31)
    sources: list[Dated] = []

    def number(name: str, unit: str) -> Decimal | None:
        try:
            value = pack.value(f"cn.ets.allocation.{name}", on=day, known=known)
        except ValueMissingError:
            return None
        sources.append(value)
        return convert(value.value, value.unit, unit)

    method_word = pack.word("cn.ets.allocation.method", on=day, known=known)
    sources.append(method_word)
    method = Method(method_word.word)
    if method is Method.VERIFIED_EMISSIONS:
        return Plan(year, method, sources=tuple(sources))
    slope, edge, limit = number("slope", "1"), number("edge", "1"), number("limit", "1")
    if slope is None or edge is None or limit is None or slope * edge != limit:
        raise AllocationError("accounting.allocation.branches", year=year, slope=slope, edge=edge, limit=limit)
    return Plan(
        year,
        method,
        slope,
        edge,
        limit,
        carbide_slag_threshold=number("carbide_slag_threshold", "1"),
        small_company_threshold=number("small_company_threshold", "tCO2e"),
        pre_allocation_limit=number("pre_allocation_limit", "1"),
        treatments=_treatments(pack, day, known, sources),
        sources=tuple(sources),
    )


def _treatments(
    pack: RulePack, day: datetime.date, known: datetime.date | None, sources: list[Dated]
) -> Mapping[Circumstance, tuple[Treatment, Words]]:
    table = pack.table("cn.ets.allocation.exemption")
    found: dict[Circumstance, tuple[Treatment, Words]] = {}
    for circumstance in Circumstance:
        cell = table.cell(circumstance.value, "treatment")
        try:
            word = pack.word(cell, on=day, known=known)
        except (ValueMissingError, UnknownIdError):
            continue
        sources.append(word)
        title = table.rows[circumstance.value]
        found[circumstance] = (Treatment(word.word), {"zh": title.zh, "en": title.en})
    return found
