"""A plant as its accounts see it: lines, source streams, clinkers, facilities, and what is declared as not there.

A *source stream* (源流) is a fuel, a material or an alternative fuel together with where it is used and metered. The plant says
what exists; the amounts are entries (``entries.py``).
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tanheng.core.period import DEFAULT_ZONE
from tanheng.core.quantities import Basis as Basis  # the moisture states are the same for every wet material

Words = Mapping[str, str]
"""A text in both languages: ``{"zh": …, "en": …}``."""


class Place(enum.StrEnum):
    """Where on its way through the plant a material was weighed or sampled: the places of wet materials, and two besides."""

    DELIVERED = "delivered"  # 入厂
    MILL = "mill"  # 入磨
    KILN = "kiln"  # 入窑
    STOCK = "stock"  # 库存
    OTHER = "other"  # 其他用途, such as forklifts or contractor trucks


class StreamKind(enum.StrEnum):
    """What a source stream is."""

    FUEL = "fuel"
    ALTERNATIVE_FUEL = "alternative_fuel"
    MATERIAL = "material"  # non-carbonate alternative raw material (非碳酸盐替代原料)


@dataclass(frozen=True, slots=True)
class Stream:
    """A source stream of one line, of the site (shared by lines) or of the enterprise.

    Attributes
    ----------
    id : str
        Short id inside its scope, such as ``coal``; part of every quantity id of the stream.
    kind : StreamKind
        Fuel, alternative fuel or material.
    item : str
        Key of the rule pack: ``bituminous_coal``, ``diesel``, ``carbide_slag``; for an alternative fuel the plant's own word.
    scope : str
        ``line.1``, ``site`` (metered once, split over lines) or ``enterprise``.
    place : Place
        Where its mass is metered.
    device : str
        Combustion device of a fuel: ``cement_kiln``, ``power_boiler``, ``industrial_boiler``, ``vehicle`` …; empty for others.
    title : Words
        Name in both languages.
    shared_by : tuple of str
        Line ids that share a stream of scope ``site``.
    ownership : Words
        Who owns, operates and pays (contractor trucks), where that is not the plant itself.
    """

    id: str
    kind: StreamKind
    item: str
    scope: str
    place: Place
    title: Words
    device: str = ""
    shared_by: tuple[str, ...] = ()
    ownership: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Clinker:
    """A clinker a line makes; ``kind`` is the key of its process factor, such as ``portland``."""

    id: str
    kind: str
    title: Words


@dataclass(frozen=True, slots=True)
class Line:
    """A clinker production line (生产线).

    ``capacity`` is the design capacity in t/d; ``kiln`` the kiln size such as ``4.8×72``.
    """

    id: str
    title: Words
    capacity: Decimal
    kiln: str
    clinkers: tuple[Clinker, ...]
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facility:
    """A part of the same legal person outside the clinker lines: grinding station, aggregate line, power station."""

    id: str
    title: Words


@dataclass(frozen=True, slots=True)
class Product:
    """A product whose embedded emissions are asked for, or a precursor bought for one; ``code`` is its customs code, if any."""

    id: str
    title: Words
    code: str = ""


@dataclass(frozen=True, slots=True)
class DeclaredNone:
    """A row of the form that the plant declares empty, with the reason: none is a statement, blank is a gap."""

    row: str
    reason: Words


@dataclass(frozen=True, slots=True)
class Plant:
    """The plant of one accounting year.

    ``periods`` are the months accounted, such as ``2025-01`` … ``2025-12``, or the one year ``2025`` where a method works on
    annual amounts. ``clinker_boundary`` is the id of the definition used (``cooler`` or ``silo``, see ``boundaries.py``).
    ``choices`` maps an option of the rule book to the plant's choice. ``required_uncertainty`` maps a figure to the
    parameter of the rule pack that says how large its U may be. ``constructed`` is the sentence that says the data are made
    up, where they are.
    """

    id: str
    title: Words
    credit_code: str
    province: str
    year: int
    periods: tuple[str, ...]
    lines: tuple[Line, ...]
    streams: tuple[Stream, ...]
    rulebook: str
    clinker_boundary: str = "cooler"
    zone: str = DEFAULT_ZONE
    facilities: tuple[Facility, ...] = ()
    products: tuple[Product, ...] = ()
    precursors: tuple[Product, ...] = ()
    declared_none: tuple[DeclaredNone, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    required_uncertainty: Mapping[str, str] = field(default_factory=dict)
    constructed: Words | None = None
    prepared: datetime.date | None = None

    def streams_of(self, scope: str, kind: StreamKind) -> list[Stream]:
        """Return the streams of one kind in one scope, in order of their ids."""
        return sorted((s for s in self.streams if s.scope == scope and s.kind == kind), key=lambda stream: stream.id)
