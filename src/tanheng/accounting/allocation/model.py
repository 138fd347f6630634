"""Circumstances of lines, rules of a year, and the allowances they give."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tanheng.accounting.plant import Words
from tanheng.core.states import CheckState
from tanheng.standards import Dated, RuleStatus


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
