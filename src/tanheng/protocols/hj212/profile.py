"""What a site declares about the HJ 212 device at its end of the wire.

A profile overrides units, types and accepted ranges of factors, holds the SM4 key, and says how the one thing the 2025
edition leaves open is done: what an encrypted frame's length field counts.

The CO₂ trap: type N3.3 holds at most 999.999, and a kiln's flue gas has some 432 000 mg/m³. The same value fits as 432.143 g/m³
or 22.000 %. A profile names the unit; a number that does not fit the unit's plausible range (5 to 35 % by volume, 98 to
688 g/m³) is refused, never guessed.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import resources
from typing import Any, Literal

from tanheng.protocols.errors import ProfileError
from tanheng.protocols.hj212.numbers import NumberType

CO2 = "a05001"
CO2_RANGES = {"%": ("5", "35"), "g/m3": ("98", "688"), "mg/m3": ("98000", "688000")}
"""Plausible CO₂ of kiln flue gas by unit; 5 to 35 % of 44/22.4 kg/m³."""

_CO2_TYPES = {"%": "N3.3", "g/m3": "N3.3", "mg/m3": "N6.3"}


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor of the standard as this site uses it; ``None`` where nothing is declared."""

    code: str
    unit: str | None = None
    mass_unit: str | None = None
    type_2017: NumberType | None = None
    type_2025: NumberType | None = None
    low: Decimal | None = None
    high: Decimal | None = None


@functools.cache
def printed_factors() -> Mapping[str, Factor]:
    """Return the factors of the standard's table, by code."""
    import yaml  # read once, when the first frame comes

    text = resources.files("tanheng.protocols.hj212").joinpath("factors.yaml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = yaml.safe_load(text)["factors"]  # Any: YAML of our own, shaped two lines below
    return {row["code"]: _printed(row) for row in rows}


def _printed(row: Mapping[str, Any]) -> Factor:
    def typed(name: str) -> NumberType | None:
        return None if row[name] is None else NumberType.parse(row[name])

    return Factor(row["code"], row["unit"], row.get("mass"), typed("type_2017"), typed("type_2025"))


@dataclass(frozen=True, slots=True)
class Profile:
    """How one device is read.

    Attributes
    ----------
    factors : mapping of str to Factor
        Overrides by factor code; a code that is not here is taken from the standard's table.
    key : bytes or None
        SM4 key of 16 bytes; with a key, messages of the standard's encrypted set must be encrypted.
    length_counts : "plain" or "sent"
        What the length field of an encrypted frame counts: the characters before encryption, or those on the wire. They
        differ only with ``cipher_text="hex"``.
    cipher_text : "raw" or "hex"
        How encrypted characters are written.
    segment_limit, content_limit : int
        Longest data segment and longest content between ``CP=&&`` and ``&&``, in bytes.
    """

    factors: Mapping[str, Factor] = field(default_factory=dict)
    key: bytes | None = field(default=None, repr=False)
    length_counts: Literal["plain", "sent"] = "sent"
    cipher_text: Literal["raw", "hex"] = "raw"
    segment_limit: int = 1024
    content_limit: int = 950

    def __post_init__(self) -> None:
        if self.key is not None and len(self.key) != 16:
            raise ProfileError("protocols.hj212.key", length=len(self.key))
        if not 100 <= self.segment_limit <= 9999:
            raise ProfileError("protocols.hj212.limit", value=self.segment_limit)
        for factor in self.factors.values():
            _require_sense(factor)

    def factor(self, code: str) -> Factor:
        """Return what is declared for a factor; an unknown code declares nothing."""
        return self.factors.get(code) or printed_factors().get(code) or Factor(code)


def _require_sense(factor: Factor) -> None:
    if factor.low is not None and factor.high is not None and factor.low >= factor.high:
        raise ProfileError("protocols.hj212.range", code=factor.code, low=factor.low, high=factor.high)


def co2_factor(unit: str) -> Factor:
    """Return the CO₂ factor for a site whose device sends ``"%"``, ``"g/m3"`` or ``"mg/m3"``.

    Examples
    --------
    >>> co2_factor("g/m3").high
    Decimal('688')
    """
    if unit not in CO2_RANGES:
        raise ProfileError("protocols.hj212.co2_unit", unit=unit, known=", ".join(CO2_RANGES))
    low, high = CO2_RANGES[unit]
    kind = NumberType.parse(_CO2_TYPES[unit])
    return Factor(CO2, unit, "kg", kind, kind, Decimal(low), Decimal(high))


def site_profile(declared: Mapping[str, Mapping[str, str]], **options: Any) -> Profile:
    """Return a profile from a configuration: ``{code: {unit, type, low, high}}`` over the standard's table.

    Parameters
    ----------
    declared : mapping
        What the site declares for a code; keys ``unit``, ``mass_unit``, ``type``, ``low``, ``high``, values as text.
    **options
        Further fields of ``Profile`` (Any: they are checked by the class).
    """
    factors = {code: _declared(code, entry) for code, entry in declared.items()}
    return Profile(factors=factors, **options)


def _declared(code: str, entry: Mapping[str, str]) -> Factor:
    unknown = sorted(set(entry) - {"unit", "mass_unit", "type", "low", "high"})
    if unknown:
        raise ProfileError("protocols.hj212.profile_key", code=code, names=", ".join(unknown))
    base = printed_factors().get(code) or Factor(code)
    if code == CO2 and "unit" in entry:
        base = co2_factor(entry["unit"])
    changes: dict[str, Any] = {}  # Any: names and values of dataclass fields
    if "type" in entry:
        changes["type_2017"] = changes["type_2025"] = NumberType.parse(entry["type"])
    for name in ("unit", "mass_unit"):
        if name in entry:
            changes[name] = entry[name]
    for name in ("low", "high"):
        if name in entry:
            changes[name] = _bound(code, entry[name])
    return dataclasses.replace(base, **changes)


def _bound(code: str, text: str) -> Decimal:
    from tanheng.protocols.hj212.numbers import number

    return number(str(text), name=code)
