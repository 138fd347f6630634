"""CO₂ from the carbonates of the raw meal, less what non-carbonate raw materials save.

A result below zero is returned as it is: whether it is an error of the data or counts as zero is for the rule book to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal  # noqa: F401  # for the examples

from tanheng.core.numbers import Number, total
from tanheng.formulas.declaration import formula


@formula(
    id="cn.cets.cement.process",
    document="CETS-AG-02.01-V01-2024",
    clause="Appendix C",
    unit="tCO2",
    title={"zh": "过程排放量", "en": "Process emissions"},
    symbols={"clinker": "Q", "clinker_factor": "EF", "deductions": "(Mⱼ, Kⱼ)"},
)
def process_emissions(*, clinker: Number, clinker_factor: Number, deductions: Sequence[tuple[Number, Number]]) -> Number:
    """CO₂ from the carbonates of the raw meal of one line in one month.

    Parameters
    ----------
    clinker : t
    clinker_factor : tCO2/t
        Factor of the clinker type.
    deductions : (t, tCO2/t) pairs
        Non-carbonate raw materials fed to the kiln, each with its coefficient.

    Notes
    -----
    E = Q · EF − Σ Mⱼ · Kⱼ

    Examples
    --------
    >>> process_emissions(clinker=Decimal(135000), clinker_factor=Decimal("0.535"),
    ...                   deductions=[(Decimal(2000), Decimal("0.480")), (Decimal(1500), Decimal("0.215"))])
    Decimal('70942.500')
    """
    emitted = clinker * clinker_factor
    for mass, coefficient in deductions:
        emitted = emitted - mass * coefficient
    return emitted


@formula(
    id="cn.cets.cement.process_of_clinkers",
    document="CETS-AG-02.01-V01-2024",
    clause="Appendix C",
    unit="tCO2",
    title={"zh": "过程排放量（多品种熟料）", "en": "Process emissions of several clinkers"},
    symbols={"clinkers": "(Qᵢ, EFᵢ)", "deductions": "(Mⱼ, Kⱼ)"},
)
def process_emissions_of_clinkers(
    *, clinkers: Sequence[tuple[Number, Number]], deductions: Sequence[tuple[Number, Number]]
) -> Number:
    """CO₂ from the carbonates of the raw meal of one line in a month in which it made several clinkers.

    Parameters
    ----------
    clinkers : (t, tCO2/t) pairs
        Each clinker made with the factor of its type; at least one, of zero tonnes in a month of rest.
    deductions : (t, tCO2/t) pairs
        Non-carbonate raw materials fed to the kiln, each with its coefficient.

    Raises
    ------
    NumberError
        When there is no clinker.

    Notes
    -----
    E = Σ Qᵢ · EFᵢ − Σ Mⱼ · Kⱼ

    Examples
    --------
    >>> process_emissions_of_clinkers(
    ...     clinkers=[(Decimal(100000), Decimal("0.535")), (Decimal(20000), Decimal("0.550"))],
    ...     deductions=[(Decimal(2000), Decimal("0.480"))])
    Decimal('63540.000')
    """
    emitted = total([clinker * factor for clinker, factor in clinkers])
    for mass, coefficient in deductions:
        emitted = emitted - mass * coefficient
    return emitted
