"""What a folder holds once it is read: the plant, its entries, and what stands beside them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tanheng.accounting.entries import Cell, Entry, Ledger
from tanheng.accounting.plant import Plant


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument behind a quantity, as its certificate describes it.

    Attributes
    ----------
    id : str
        The plant's number of the instrument.
    quantity : str
        Quantity it measures, such as ``line.1.fuel.coal.consumption``.
    accuracy_class : str
        Accuracy class (准确度等级), such as ``0.5``.
    permissible_error : Decimal or None
        Maximum permissible error (最大允许误差), in ``unit``; without sign, it holds on both sides.
    expanded_uncertainty : Decimal or None
        U of the certificate, in ``unit``.
    coverage_factor : Decimal or None
        k of the certificate.
    unit : str
        ``%`` for relative values, else a unit of the quantity.
    valid_to : date or None
        Last day of the certificate.
    group : str
        Name of the physical error shared with other instruments; empty when it stands alone.
    certificate : str
        Laboratory and number.
    """

    id: str
    quantity: str
    cell: Cell
    accuracy_class: str = ""
    permissible_error: Decimal | None = None
    expanded_uncertainty: Decimal | None = None
    coverage_factor: Decimal | None = None
    unit: str = "%"
    valid_to: datetime.date | None = None
    group: str = ""
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class StatedComponent:
    """One component of the uncertainty of a quantity or of a parameter of the rule pack, as the plant states it.

    Attributes
    ----------
    subject : str
        Quantity id, or parameter id such as ``cn.cets.fuel.bituminous_coal.carbon_content``.
    cause, shape, kind : str
        Words of :mod:`tanheng.uncertainty`.
    size : Decimal
        In ``unit``, as ``stated``: standard uncertainty ``u``, ``half-width`` of an interval, or ``expanded`` with ``k``.
    unit : str
        ``%`` for a part of the value, else a unit of the quantity.
    dof : Decimal or None
        Degrees of freedom; None for infinite.
    group : str
        Physical error shared with other quantities; empty when it stands alone.
    source : str
        What the number is taken from.
    """

    subject: str
    cell: Cell
    cause: str
    shape: str
    size: Decimal
    stated: str
    unit: str
    kind: str
    k: Decimal | None = None
    dof: Decimal | None = None
    group: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A remark beside a row, kept word for word."""

    quantity: str
    text: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class PlantYear:
    """One accounting year of one plant, as its files say it.

    Attributes
    ----------
    plant : Plant
        Who and what is accounted.
    ledger : Ledger
        Every entry with its corrections. A blank cell is an entry without value.
    instruments : tuple of Instrument
        Empty when the folder has no such file.
    components : tuple of StatedComponent
        Further components of uncertainty; empty when the folder has no such file.
    not_applicable : mapping of str to Cell
        Ids (``quantity@period``) that were declared not applicable, such as the calorific value of a month without coal. They
        have no entry.
    notes : tuple of Note
        Remarks of rows.
    files : mapping of str to str
        Name of each file read and the SHA-256 of its bytes.
    """

    plant: Plant
    ledger: Ledger
    instruments: tuple[Instrument, ...] = ()
    components: tuple[StatedComponent, ...] = ()
    not_applicable: Mapping[str, Cell] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)

    def gaps(self, known: datetime.date | None = None) -> tuple[Entry, ...]:
        """Return the entries in force on ``known`` (None: the latest) whose cell is blank, in order of their ids."""
        return tuple(entry for entry in self.ledger.known_at(known).values() if entry.value is None)
