"""Allowances of the national ETS for the clinker lines of an inventory: rules on ``Decimal`` over figures.

The arithmetic is that of ``tanheng.formulas.allocation``. What stands here are decisions: the method of the year, which lines
are exempt and why, and the floor to whole tonnes. All of them are dated data of the rule pack (``cn.ets.allocation.*``), those
of 2026 from a consultation draft.

The balance value of the sector (行业平衡值) is published after verification. Until then it is an assumption: an argument
without a default, of which :func:`scenarios` takes several.
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tanheng.accounting.errors import AllocationError
from tanheng.accounting.inventory import Inventory
from tanheng.accounting.plant import StreamKind, Words
from tanheng.core.numbers import calculating
from tanheng.core.rounding import Mode, round_to
from tanheng.core.states import CheckState
from tanheng.core.units import convert
from tanheng.formulas.allocation import issuance, line
from tanheng.standards import Dated, RulePack, RuleStatus, UnknownIdError, ValueMissingError

BOOK = "cn.cets"
"""The rule book whose ``line.<n>.total`` is the compliance quantity."""

WHITE = "white_portland"
CARBIDE_SLAG = "carbide_slag"


class Circumstance(enum.StrEnum):
    """What sets a line apart from the others; the rows of ``cn.ets.allocation.exemption``."""

    WHITE_CLINKER = "white_clinker"
    CARBIDE_SLAG = "carbide_slag"
    GYPSUM_ACID_BY_PRODUCT = "gypsum_acid_by_product"
    SHUT_DOWN = "shut_down"
    NEW_LINE = "new_line"
    SMALL_COMPANY = "small_company"


class Method(enum.StrEnum):
    """How the year's plan allocates."""

    VERIFIED_EMISSIONS = "verified_emissions"
    INTENSITY_COEFFICIENT = "intensity_coefficient"


class Treatment(enum.StrEnum):
    """How one line is treated."""

    BY_INTENSITY = "by_intensity"
    EQUAL_TO_EMISSIONS = "equal_to_emissions"
    NOT_ALLOCATED = "not_allocated"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line is exempt: the circumstance, its words, and the value and threshold where one was compared."""

    circumstance: Circumstance
    title: Words
    value: Decimal | None = None
    threshold: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The allocation rules of one year, as known on a day.

    Attributes
    ----------
    slope, edge, limit : Decimal or None
        Of the intensity coefficient, as fractions; None where the method has none.
    carbide_slag_threshold : Decimal or None
        Substitution rate above which a line is exempt, as a fraction.
    small_company_threshold : Decimal or None
        tCO2 a year below which a company is exempt.
    pre_allocation_limit : Decimal or None
        Highest share of last year's emissions that is pre-allocated, as a fraction.
    treatments : mapping of Circumstance to (Treatment, title)
        Circumstances the plan names.
    sources : tuple of Dated
        The values of the rule pack used; their states are the plan's.
    """

    year: int
    method: Method
    slope: Decimal | None = None
    edge: Decimal | None = None
    limit: Decimal | None = None
    carbide_slag_threshold: Decimal | None = None
    small_company_threshold: Decimal | None = None
    pre_allocation_limit: Decimal | None = None
    treatments: Mapping[Circumstance, tuple[Treatment, Words]] = field(default_factory=dict)
    sources: tuple[Dated, ...] = ()

    @property
    def check(self) -> CheckState:
        """The least sure of its values."""
        return max((source.check for source in self.sources), key=lambda state: state.rank, default=CheckState.VERIFIED)

    @property
    def draft(self) -> bool:
        """Whether a value comes from a consultation draft."""
        return any(source.status is RuleStatus.DRAFT for source in self.sources)


@dataclass(frozen=True, slots=True)
class LineYear:
    """What the allocation needs to know of one line and year.

    Attributes
    ----------
    emissions : Decimal
        tCO2, verified.
    clinker : Decimal
        t, verified.
    carbide_slag_substitution : Decimal
        Share of the carbonate emissions that carbide slag saves, 0 to 1.
    circumstances : frozenset of Circumstance
        Those that are facts of the line; what a threshold decides (carbide slag, small company) is found by the rules.
    """

    line: str
    emissions: Decimal
    clinker: Decimal
    carbide_slag_substitution: Decimal = Decimal(0)
    circumstances: frozenset[Circumstance] = frozenset()


@dataclass(frozen=True, slots=True)
class LineAllowance:
    """The allowance of one line with every step to it; a value that plays no part is None.

    ``allowance`` is in whole tonnes where a coefficient was applied; a line whose allowance *equals* its emissions keeps the
    digits of these. A line outside the allocation has neither allowance nor obligation here.
    """

    line: str
    emissions: Decimal
    clinker: Decimal
    treatment: Treatment
    reasons: tuple[Reason, ...]
    intensity: Decimal | None
    deviation: Decimal | None
    coefficient: Decimal | None
    allowance: Decimal | None
    obligation: Decimal | None

    @property
    def surplus(self) -> Decimal | None:
        """Allowance less obligation in tCO2; negative for a deficit, None outside the allocation."""
        return None if self.allowance is None or self.obligation is None else self.allowance - self.obligation


@dataclass(frozen=True, slots=True)
class Allocation:
    """The allowances of a company: its lines, and their sums."""

    plan: Plan
    balance_value: Decimal | None
    lines: tuple[LineAllowance, ...]

    @property
    def allowance(self) -> Decimal:
        """Sum of the allowances of its lines, tCO2."""
        return sum((one.allowance for one in self.lines if one.allowance is not None), Decimal(0))

    @property
    def obligation(self) -> Decimal:
        """Sum of the emissions of its lines inside the allocation, tCO2."""
        return sum((one.obligation for one in self.lines if one.obligation is not None), Decimal(0))

    @property
    def surplus(self) -> Decimal:
        """Allowance less obligation, tCO2."""
        return self.allowance - self.obligation


# -- the rules of a year --------------------------------------------------------------------------------------------------


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


# -- the lines of an inventory ----------------------------------------------------------------------------------------------


def lines_of(
    inventory: Inventory, pack: RulePack, *, circumstances: Mapping[str, Collection[Circumstance]] | None = None
) -> list[LineYear]:
    """Return what the allocation needs of each line of an inventory.

    That a line makes only white clinker and how much carbide slag it uses follow from the inventory.

    Parameters
    ----------
    inventory : Inventory
        By the rule book ``cn.cets``, of a whole year.
    pack : RulePack
    circumstances : mapping of line id to circumstances, optional
        Those an inventory cannot know: by-product of sulfuric acid, shut down, new.

    Raises
    ------
    AllocationError
        When the inventory is by another rule book, a line's figure is blank, or a line is named that the plant does not have.
    """
    if inventory.book.id != BOOK:
        raise AllocationError("accounting.allocation.book", book=inventory.book.id, wanted=BOOK)
    stated = dict(circumstances or {})
    known_lines = [one.id for one in inventory.plant.lines]
    for name in stated:
        if name not in known_lines:
            raise AllocationError("accounting.allocation.line", line=name, known=", ".join(known_lines))
    found = []
    for name in known_lines:
        facts = set(stated.get(name, ()))
        if _only_white(inventory, name):
            facts.add(Circumstance.WHITE_CLINKER)
        found.append(
            LineYear(
                name,
                _amount(inventory, f"line.{name}.total"),
                _amount(inventory, f"line.{name}.clinker_output"),
                _substitution(inventory, pack, name),
                frozenset(facts),
            )
        )
    return found


def _amount(inventory: Inventory, identifier: str) -> Decimal:
    value = inventory.figure(identifier).value
    if value is None:
        raise AllocationError("accounting.allocation.blank", figure=identifier, plant=inventory.plant.id)
    return value


def _outputs(inventory: Inventory, name: str) -> list[tuple[str, Decimal]]:
    """Return kind and year's output of each clinker that a line made."""
    clinkers = next(one for one in inventory.plant.lines if one.id == name).clinkers
    made = [(clinker.kind, _amount(inventory, f"line.{name}.clinker.{clinker.id}.output")) for clinker in clinkers]
    return [(kind, output) for kind, output in made if output]


def _only_white(inventory: Inventory, name: str) -> bool:
    made = _outputs(inventory, name)
    return bool(made) and all(kind == WHITE for kind, _ in made)


def _substitution(inventory: Inventory, pack: RulePack, name: str) -> Decimal:
    """Return the carbide-slag substitution rate of a line; of several clinkers by their joint carbonate emission."""
    streams = [
        stream for stream in inventory.plant.streams_of(f"line.{name}", StreamKind.MATERIAL) if stream.item == CARBIDE_SLAG
    ]
    made = _outputs(inventory, name)
    if not streams or not made:
        return Decimal(0)
    day = datetime.date(inventory.plant.year, 12, 31)

    def factor(identifier: str) -> Decimal:
        return pack.value(identifier, on=day, known=inventory.known).value

    with calculating():
        slag = sum((_amount(inventory, f"line.{name}.material.{one.id}.consumption") for one in streams), Decimal(0))
        clinker = sum((output for _, output in made), Decimal(0))
        carbonate = sum((output * factor(f"cn.cets.clinker.{kind}.process_factor") for kind, output in made), Decimal(0))
        return Decimal(
            line.carbide_slag_substitution(
                carbide_slag=slag,
                deduction_coefficient=factor(f"cn.cets.deduction.{CARBIDE_SLAG}.coefficient"),
                clinker=clinker,
                clinker_factor=carbonate / clinker,
            )
        )


# -- allowances -------------------------------------------------------------------------------------------------------------


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
