"""Allowances of lines by the rules of a year: which are exempt and why, and the floor to whole tonnes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from tanheng.accounting.allocation.model import (
    Allocation,
    Circumstance,
    LineAllowance,
    LineYear,
    Method,
    Plan,
    Reason,
    Treatment,
)
from tanheng.accounting.errors import AllocationError
from tanheng.core.numbers import calculating
from tanheng.core.rounding import Mode, round_to
from tanheng.formulas.allocation import issuance, line


def allocate(lines: Sequence[LineYear], plan: Plan, *, balance_value: Decimal | None) -> Allocation:
    """Return the allowances of a company's lines.

    Parameters
    ----------
    lines : sequence of LineYear
        Every line of the company.
    plan : Plan
    balance_value : Decimal or None
        tCO2/t clinker. None says that it is not known; it is then refused unless no line needs it.

    Raises
    ------
    AllocationError
        When a line needs the balance value and it is None or not above zero, or a line that is not exempt made no clinker.
    """
    company = sum((one.emissions for one in lines), Decimal(0))
    with calculating():
        return Allocation(plan, balance_value, tuple(_allowance(one, plan, company, balance_value) for one in lines))


def scenarios(lines: Sequence[LineYear], plan: Plan, *, balance_values: Mapping[str, Decimal]) -> dict[str, Allocation]:
    """Return the allowances under several assumed balance values, by the name of the assumption."""
    return {name: allocate(lines, plan, balance_value=value) for name, value in balance_values.items()}


def pre_allocation(plan: Plan, *, previous_emissions: Decimal, ratio: Decimal) -> Decimal:
    """Return a line's pre-allocation in whole tonnes.

    Parameters
    ----------
    previous_emissions : Decimal
        tCO2, verified, of the year before.
    ratio : Decimal
        Fraction between 0 and the plan's limit.

    Raises
    ------
    AllocationError
        When the plan has no pre-allocation, or the ratio is outside its limit.
    """
    limit = plan.pre_allocation_limit
    if limit is None or not 0 <= ratio <= limit:
        raise AllocationError("accounting.allocation.ratio", year=plan.year, ratio=ratio, limit="–" if limit is None else limit)
    with calculating():
        return _whole_tonnes(issuance.pre_allocation(previous_emissions=previous_emissions, ratio=ratio))


def _allowance(one: LineYear, plan: Plan, company: Decimal, balance_value: Decimal | None) -> LineAllowance:
    reasons = _reasons(one, plan, company)
    treatment = _treatment(plan, reasons)
    reached = off = share = given = None
    if one.clinker:
        reached = Decimal(line.intensity(emissions=one.emissions, clinker=one.clinker))
    match treatment:
        case Treatment.NOT_ALLOCATED:
            pass
        case Treatment.EQUAL_TO_EMISSIONS:
            given = one.emissions
        case Treatment.BY_INTENSITY:
            if reached is None:
                raise AllocationError("accounting.allocation.no_clinker", line=one.line, year=plan.year)
            if balance_value is None or balance_value <= 0:
                raise AllocationError("accounting.allocation.balance_value", line=one.line, value=balance_value or "–")
            off = Decimal(line.deviation(balance_value=balance_value, intensity=reached))
            share = Decimal(line.coefficient(deviation=off, slope=plan.slope, limit=plan.limit))
            given = _whole_tonnes(line.allowance(emissions=one.emissions, coefficient=share))
    owed = None if treatment is Treatment.NOT_ALLOCATED else one.emissions
    return LineAllowance(one.line, one.emissions, one.clinker, treatment, reasons, reached, off, share, given, owed)


def _reasons(one: LineYear, plan: Plan, company: Decimal) -> tuple[Reason, ...]:
    """Return every reason the plan knows for treating a line apart, in the order of the plan."""
    found = []
    for circumstance, (_, title) in plan.treatments.items():
        match circumstance:
            case Circumstance.CARBIDE_SLAG:
                threshold = plan.carbide_slag_threshold
                if threshold is not None and one.carbide_slag_substitution > threshold:
                    found.append(Reason(circumstance, title, one.carbide_slag_substitution, threshold, "1"))
            case Circumstance.SMALL_COMPANY:
                if plan.small_company_threshold is not None and company < plan.small_company_threshold:
                    found.append(Reason(circumstance, title, company, plan.small_company_threshold, "tCO2"))
            case _:
                if circumstance in one.circumstances:
                    found.append(Reason(circumstance, title))
    return tuple(found)


def _treatment(plan: Plan, reasons: Sequence[Reason]) -> Treatment:
    """Return the treatment of a line: outside the allocation before equal to its emissions before by its intensity."""
    treatments = {plan.treatments[reason.circumstance][0] for reason in reasons}
    if Treatment.NOT_ALLOCATED in treatments:
        return Treatment.NOT_ALLOCATED
    if treatments or plan.method is Method.VERIFIED_EMISSIONS:
        return Treatment.EQUAL_TO_EMISSIONS
    return Treatment.BY_INTENSITY


def _whole_tonnes(value: Decimal) -> Decimal:
    return round_to(value, 0, Mode.FLOOR)
