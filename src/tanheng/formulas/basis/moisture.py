"""Mass and composition at another moisture: the dry matter stays, the water changes.

With ``w`` the water per wet mass, one tonne wet holds ``1 − w`` dry. As received, air-dried and dry differ only by ``w``;
so do a coal delivered, the same coal into the mill and the coal dust into the kiln. The dry basis is ``w = 0``.
"""

from __future__ import annotations

from tanheng.core.numbers import Number
from tanheng.core.states import CheckState
from tanheng.formulas.declaration import formula


@formula(
    id="basis.mass",
    document="arithmetic",
    unit="t",
    check=CheckState.VERIFIED,
    title={"zh": "换算水分后的质量", "en": "Mass at another moisture"},
    symbols={"mass": "m", "moisture": "M₁", "target_moisture": "M₂"},
)
def mass_at_moisture(*, mass: Number, moisture: Number, target_moisture: Number) -> Number:
    """Mass of the same material when it holds another moisture.

    Parameters
    ----------
    mass : t
    moisture : 1
        Water per wet mass at which the mass was weighed, 0 to below 1.
    target_moisture : 1
        Water per wet mass asked for, 0 to below 1; 0 gives the dry mass.

    Notes
    -----
    m₂ = m · (1 − M₁) / (1 − M₂)

    Examples
    --------
    >>> from decimal import Decimal
    >>> mass_at_moisture(mass=Decimal(1000), moisture=Decimal("0.10"), target_moisture=Decimal("0.04"))
    Decimal('937.5')
    """
    return mass * (1 - moisture) / (1 - target_moisture)


@formula(
    id="basis.fraction",
    document="GB/T 213",
    unit="U",
    title={"zh": "换算水分后的成分", "en": "Component at another moisture"},
    symbols={"fraction": "X₁", "moisture": "M₁", "target_moisture": "M₂"},
)
def fraction_at_moisture(*, fraction: Number, moisture: Number, target_moisture: Number) -> Number:
    """Carbon, ash, hydrogen, sulfur or gross calorific value per mass when the material holds another moisture.

    Air-dried to as received: ``moisture`` is M_ad, ``target_moisture`` the total moisture. To dry: the target is 0.

    Parameters
    ----------
    fraction : U
        Per wet mass, at the first moisture. Hydrogen without that of the water.
    moisture : 1
        Water per wet mass to which the value belongs, 0 to below 1.
    target_moisture : 1
        Water per wet mass asked for, 0 to below 1.

    Notes
    -----
    X₂ = X₁ · (1 − M₂) / (1 − M₁)

    In the standard's percent: X_ar = X_ad · (100 − M_t) / (100 − M_ad). The relation is conservation of the dry matter;
    where a standard prints it has not been read.

    Examples
    --------
    >>> from decimal import Decimal
    >>> fraction_at_moisture(fraction=Decimal("0.6305"), moisture=Decimal("0.03"), target_moisture=Decimal("0.10"))
    Decimal('0.5850')
    """
    return fraction * (1 - target_moisture) / (1 - moisture)


@formula(
    id="basis.water",
    document="arithmetic",
    unit="t",
    check=CheckState.VERIFIED,
    title={"zh": "水量", "en": "Water"},
    symbols={"mass": "m", "moisture": "M"},
)
def water(*, mass: Number, moisture: Number) -> Number:
    """Water in a wet material.

    Parameters
    ----------
    mass : t
    moisture : 1
        Water per wet mass, 0 to 1.

    Notes
    -----
    m_w = m · M

    Examples
    --------
    >>> from decimal import Decimal
    >>> water(mass=Decimal(1000), moisture=Decimal("0.10"))
    Decimal('100.00')
    """
    return mass * moisture


@formula(
    id="basis.moisture_from_masses",
    document="arithmetic",
    unit="1",
    check=CheckState.VERIFIED,
    title={"zh": "由干湿质量求水分", "en": "Moisture from wet and dry mass"},
    symbols={"wet_mass": "m", "dry_mass": "m_d"},
)
def moisture_from_masses(*, wet_mass: Number, dry_mass: Number) -> Number:
    """Water per wet mass of a material that was dried.

    Parameters
    ----------
    wet_mass : t
        Above zero.
    dry_mass : t

    Notes
    -----
    M = (m − m_d) / m

    Examples
    --------
    >>> from decimal import Decimal
    >>> moisture_from_masses(wet_mass=Decimal(1000), dry_mass=Decimal(900))
    Decimal('0.1')
    """
    return (wet_mass - dry_mass) / wet_mass
