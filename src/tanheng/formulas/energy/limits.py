"""Limits of GB 16780-2021 corrected for clinker ratio and altitude.

Which level a value reaches, and that the altitude counts for level 3 only and above 1500 m, are rules on ``Decimal``:
:mod:`tanheng.formulas.energy.levels`.
"""

from __future__ import annotations

from tanheng.core.numbers import Number
from tanheng.core.states import CheckState
from tanheng.formulas.declaration import formula


@formula(
    id="cn.gb16780.limit_at_clinker_ratio",
    document="GB 16780-2021",
    unit="kgce/t",
    check=CheckState.SECONDARY,
    title={"zh": "熟料系数修正后的水泥能耗限额", "en": "Cement limit at a clinker ratio"},
    symbols={"limit": "L", "correction": "c", "clinker_ratio": "g", "reference_ratio": "g₀"},
)
def limit_at_clinker_ratio(*, limit: Number, correction: Number, clinker_ratio: Number, reference_ratio: Number) -> Number:
    """Limit of the energy per tonne of cement, corrected for its clinker ratio.

    Parameters
    ----------
    limit : kgce/t
        As printed, at the reference ratio.
    correction : kgce/(t*pp)
        Per percentage point of clinker ratio.
    clinker_ratio : 1
    reference_ratio : 1
        0.75 in the standard.

    Notes
    -----
    L_g = L + c · (g − g₀) · 100

    Examples
    --------
    >>> from decimal import Decimal
    >>> limit_at_clinker_ratio(limit=Decimal(87), correction=Decimal("1.15"), clinker_ratio=Decimal("0.80"),
    ...                        reference_ratio=Decimal("0.75"))
    Decimal('92.7500')
    """
    return limit + correction * (clinker_ratio - reference_ratio) * 100


@formula(
    id="cn.gb16780.altitude_coefficient",
    document="GB 16780-2021",
    unit="1",
    check=CheckState.SECONDARY,
    title={"zh": "海拔修正系数", "en": "Altitude coefficient"},
    symbols={"pressure": "p"},
)
def altitude_coefficient(*, pressure: Number) -> Number:
    """Factor by which the limit rises where the air is thin.

    Parameters
    ----------
    pressure : Pa
        Mean ambient pressure of the site, above 0.

    Notes
    -----
    K = 1.179 − 0.211 · p / 101325

    Examples
    --------
    >>> from decimal import Decimal
    >>> round(altitude_coefficient(pressure=Decimal(81060)), 6)
    Decimal('1.010200')
    """
    return (1179 - pressure * 211 / 101325) / 1000


@formula(
    id="cn.gb16780.limit_at_altitude",
    document="GB 16780-2021",
    unit="U",
    check=CheckState.SECONDARY,
    title={"zh": "海拔修正后的限额", "en": "Limit at an altitude"},
    symbols={"limit": "L", "coefficient": "K"},
)
def limit_at_altitude(*, limit: Number, coefficient: Number) -> Number:
    """Limit corrected for altitude.

    Parameters
    ----------
    limit : U
    coefficient : 1
        By ``cn.gb16780.altitude_coefficient``.

    Notes
    -----
    L_K = L · K

    Examples
    --------
    >>> from decimal import Decimal
    >>> limit_at_altitude(limit=Decimal(117), coefficient=Decimal("1.0102"))
    Decimal('118.1934')
    """
    return limit * coefficient
