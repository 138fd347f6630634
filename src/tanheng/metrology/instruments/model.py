"""Instruments of a plant over time: what each is, in which state, where installed, and with which others it forms a chain."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from tanheng.accounting.plant import Words
from tanheng.metrology.instruments.certificate import Certificate

UNNAMED = "other"
"""The kind of an instrument of which the ledger does not say what it is."""


class UseState(enum.StrEnum):
    """Life cycle of an instrument."""

    PENDING = "pending"  # 待验收
    IN_SERVICE = "in_service"  # 在用
    SEALED_UP = "sealed_up"  # 封存
    OUT_OF_SERVICE = "out_of_service"  # 停用
    REPAIR = "repair"  # 维修
    DOWNGRADED = "downgraded"  # 降级: in use, for what its lower class is enough
    SCRAPPED = "scrapped"  # 报废

    @property
    def in_use(self) -> bool:
        """Whether it may measure for the record."""
        return self in (UseState.IN_SERVICE, UseState.DOWNGRADED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A state from ``start`` on, until the next one."""

    start: datetime.date
    state: UseState


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """An instrument.

    Attributes
    ----------
    code : str
        The plant's own number (管理编号), unique in the plant.
    kind : str
        Row of the instrument kinds of the rule pack, such as ``belt_scale``; ``other`` where nobody named it.
    serial : str
        The maker's number (出厂编号).
    nominal_class : str
        The class of the nameplate; what counts is the class of the certificate in force.
    portable : bool
        Outside the equipping rate; kept in the ledger.
    states : tuple of Spell
        In order of time.
    """

    code: str
    title: Words
    kind: str
    maker: str = ""
    serial: str = ""
    nominal_class: str = ""
    portable: bool = False
    states: tuple[Spell, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A sensor and its secondary instruments, which meet a class as one system.

    Attributes
    ----------
    members : tuple of str
        Codes of the instruments; the first is the sensor.
    needed : tuple of str
        What the chain must have, such as ``("sensor", "converter")``; ``roles`` says who is what.
    roles : mapping
        Code of a member to its role.
    measures : tuple of str
        Kinds of instruments that the chain is as a whole, such as ``("belt_scale",)``; empty where only its parts say it.
    """

    code: str
    title: Words
    members: tuple[str, ...]
    needed: tuple[str, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    measures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """An instrument or chain at a point, from ``start`` until ``end`` (excluded; None is still there)."""

    instrument: str
    point: str
    start: datetime.date
    end: datetime.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The instruments of one plant (器具台账), with all that happened to them."""

    instruments: tuple[Instrument, ...]
    chains: tuple[Chain, ...]
    installations: tuple[Installation, ...]
    certificates: tuple[Certificate, ...]
