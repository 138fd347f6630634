"""Concentration of CO₂ in the flue gas: wet and dry, by volume and by mass."""

from __future__ import annotations

from tanheng.core.numbers import Number
from tanheng.core.states import CheckState
from tanheng.formulas.declaration import formula


@formula(
    id="cems.dry_concentration",
    document="HJ 75-2017",
    clause="calculation annex, equation (19)",
    unit="U",
    check=CheckState.SECONDARY,
    title={"zh": "干基浓度", "en": "Dry concentration"},
    symbols={"wet_concentration": "C_wet", "moisture": "X_sw"},
)
def dry_concentration(*, wet_concentration: Number, moisture: Number) -> Number:
    """Concentration in the dry gas from that in the wet gas.

    Parameters
    ----------
    wet_concentration : U
        By volume or by mass.
    moisture : 1
        Water vapour as volume fraction of the wet gas, 0 to below 1.

    Notes
    -----
    C_dry = C_wet / (1 − X_sw)

    Examples
    --------
    >>> from decimal import Decimal
    >>> dry_concentration(wet_concentration=Decimal("0.2024"), moisture=Decimal("0.08"))
    Decimal('0.22')
    """
    return wet_concentration / (1 - moisture)


@formula(
    id="cems.wet_concentration",
    document="HJ 75-2017",
    clause="calculation annex, equation (19)",
    unit="U",
    check=CheckState.SECONDARY,
    title={"zh": "湿基浓度", "en": "Wet concentration"},
    symbols={"dry_concentration": "C_dry", "moisture": "X_sw"},
)
def wet_concentration(*, dry_concentration: Number, moisture: Number) -> Number:
    """Concentration in the wet gas from that in the dry gas.

    Parameters
    ----------
    dry_concentration : U
        By volume or by mass.
    moisture : 1
        Water vapour as volume fraction of the wet gas, 0 to 1.

    Notes
    -----
    C_wet = C_dry · (1 − X_sw)

    Examples
    --------
    >>> from decimal import Decimal
    >>> wet_concentration(dry_concentration=Decimal("0.22"), moisture=Decimal("0.08"))
    Decimal('0.2024')
    """
    return dry_concentration * (1 - moisture)


@formula(
    id="cems.mass_concentration",
    document="HJ 75-2017",
    clause="calculation annex, equation (20)",
    unit="mg/m3",
    check=CheckState.SECONDARY,
    title={"zh": "CO₂ 质量浓度", "en": "Mass concentration of CO₂"},
    symbols={"volume_concentration": "C_v"},
)
def mass_concentration(*, volume_concentration: Number) -> Number:
    """CO₂ by mass from CO₂ by volume; the base (wet or dry) stays.

    Parameters
    ----------
    volume_concentration : umol/mol

    Notes
    -----
    C_m = 44 / 22.4 · C_v

    The annex has M / 22.4; 44 g/mol for CO₂ is an unverified choice beside 44.01.

    Examples
    --------
    >>> from decimal import Decimal
    >>> round(mass_concentration(volume_concentration=Decimal(220000)), 3)
    Decimal('432142.857')
    """
    return volume_concentration * 440 / 224
