"""The metering of the demonstration: network, equipment, instruments and certificates of an example, from its CSV files.

The folder ``metering`` of an example holds a file a ledger; the last word of each head is a field of the ledger's schema.
``about.yaml`` names the day that the files describe. Loading moves every day by as many days as have gone since then, so that
what is due soon or overdue in the files is due soon or overdue in the demonstration, whenever it is looked at.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime
import enum
import typing
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

import yaml
from django.db import transaction

from tanheng.core.errors import InputError
from tanheng.platform.database.scope import scope
from tanheng.platform.errors import ServingError
from tanheng.platform.instruments import models, selectors
from tanheng.platform.instruments import services as instruments
from tanheng.platform.instruments.schemas import (
    certificate_1,
    chain_1,
    confirmation_1,
    installation_1,
    instrument_1,
    seal_1,
    spell_1,
)
from tanheng.platform.plant import services as plants
from tanheng.platform.plant.models import ClinkerBoundary, Edge, Edition, Equipment, Node, Point, SourceStream
from tanheng.platform.plant.schemas import edge_1, equipment_1, node_1, point_1, source_stream_1
from tanheng.platform.plant.schemas.clinker_boundary_1 import ClinkerBoundary as Boundary
from tanheng.platform.plant.schemas.clinker_boundary_1 import Definition
from tanheng.platform.plant.schemas.edition_1 import EditionKind, Heading
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant, Version

T = TypeVar("T")

ENTERED = Actor.system("demonstration")
CONFIRMED = Actor.system("demonstration-confirmation")
"""Nobody confirms a certificate that they entered."""

_PLANT = (
    ("streams", SourceStream, source_stream_1.SourceStream),
    ("nodes", Node, node_1.Node),
    ("edges", Edge, edge_1.Edge),
    ("points", Point, point_1.Point),
    ("equipment", Equipment, equipment_1.Equipment),
)
_INSTRUMENTS: tuple[tuple[str, type[Version], type], ...] = (
    ("instruments", models.Instrument, instrument_1.Instrument),
    ("chains", models.Chain, chain_1.Chain),
    ("installations", models.Installation, installation_1.Installation),
    ("seals", models.Seal, seal_1.Seal),
)
_LIVES: tuple[tuple[str, type[Version], type], ...] = (("spells", models.Spell, spell_1.Spell),)
"""Steps into use stand on certificates, so they come last."""


def load(folder: Path, plant: Plant) -> int:
    """Load the files of ``folder`` into a plant that has no network and no instruments; return how many records were entered.

    Loading again changes nothing, and a folder that is not there loads nothing: not every example has metering.

    Raises
    ------
    ServingError
        A file cannot be read, or a ledger refuses what it says.
    """
    if not folder.is_dir():
        return 0
    with scope([plant.pk]):
        if any(ledger.objects.filter(plant=plant).exists() for ledger in (SourceStream, Node, models.Instrument)):
            return 0
        return _entered(folder, plant)


def _entered(folder: Path, plant: Plant) -> int:
    try:
        with transaction.atomic():
            return _Loading(folder, plant).run()
    except InputError as error:
        told = "; ".join(f"{fault.fields.get('row', '')} {fault}".strip() for fault in error.findings) or str(error)
        raise ServingError("platform.serving.demo", path=folder, reason=told) from error


class _Loading:
    """One run of the loading."""

    def __init__(self, folder: Path, plant: Plant) -> None:
        self.folder, self.plant = folder, plant
        about = _about(folder)
        self.moved = selectors.today(plant) - about["day"]
        self.since = about["since"] + self.moved
        self.walked, self.drawn = about["walked"] + self.moved, about["day"] + self.moved
        self.count = 0

    def run(self) -> int:
        """Enter everything, ledger by ledger; what others name comes first."""
        self._boundary()
        for name, model, schema in _PLANT:
            rows = self._contents(name, schema)
            self.count += len(plants.save_many(model, rows, plant=self.plant, actor=ENTERED, valid_from=self.since))
        self._instruments(_INSTRUMENTS)
        self._certificates()
        self._instruments(_LIVES)
        self._edition()
        return self.count

    def _instruments(self, ledgers: tuple[tuple[str, type[Version], type], ...]) -> None:
        for name, ledger, form in ledgers:
            since = self.since if ledger in (models.Instrument, models.Chain) else None
            said: list[Any] = self._contents(name, form)  # Any: the schema of each ledger
            self.count += len(instruments.save_many(ledger, said, plant=self.plant, actor=ENTERED, valid_from=since))

    def _contents(self, name: str, schema: type[T]) -> list[T]:
        return contents(self.folder / f"{name}.csv", schema, self.moved)

    def _boundary(self) -> None:
        chosen = Boundary(definition=Definition.SILO, grounds="湖北试点的定义：均化至熟料库（示例）", document="")
        plants.save(ClinkerBoundary, chosen, plant=self.plant, actor=ENTERED, valid_from=self.since)

    def _certificates(self) -> None:
        """Enter certificates and their confirmations; the files name a certificate by its number, the ledger by its record."""
        given = self._contents("certificates", certificate_1.Certificate)
        entered = instruments.save_many(models.Certificate, given, plant=self.plant, actor=ENTERED)
        subject_of = {row.number: str(row.subject) for row in entered}
        verdicts = [
            dataclasses.replace(one, certificate=subject_of.get(one.certificate, one.certificate))
            for one in self._contents("confirmations", confirmation_1.Confirmation)
        ]
        confirmed = instruments.save_many(models.Confirmation, verdicts, plant=self.plant, actor=CONFIRMED)
        self.count += len(entered) + len(confirmed)

    def _edition(self) -> None:
        """Freeze the network as built, walked in December."""
        said = Heading(
            kind=EditionKind.AS_BUILT,
            title="现状版（示例）",
            drawn_on=self.drawn,
            walked_on=self.walked,
            persons="王工、李工",
            remark="构造",
        )
        plants.editions.save(Edition, said, plant=self.plant, actor=ENTERED)


def _about(folder: Path) -> Mapping[str, datetime.date]:
    path = folder / "about.yaml"
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ServingError("platform.serving.demo", path=path, reason=error) from error
    days = {}
    for name in ("day", "since", "walked"):
        day = data.get(name) if isinstance(data, dict) else None
        if not isinstance(day, datetime.date):
            raise ServingError("platform.serving.demo", path=path, reason=f"{name}: {day}")
        days[name] = day
    return days


def contents(path: Path, schema: type[T], moved: datetime.timedelta) -> list[T]:
    """Return the records of a CSV file as contents of a ledger, every day in them moved.

    Raises
    ------
    ServingError
        The file is not there, lacks a column, or a cell does not read as its field; the line is named.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [row for row in csv.reader(file) if row and not row[0].startswith("#")]
    except (OSError, UnicodeDecodeError) as error:
        raise ServingError("platform.serving.demo", path=path, reason=error) from error
    return list(_records(path, lines, schema, moved))


def _records(path: Path, lines: list[list[str]], schema: type[T], moved: datetime.timedelta) -> Iterator[T]:
    types = typing.get_type_hints(schema)
    heads = [head.split()[-1] for head in lines[0]] if lines else []
    if sorted(heads) != sorted(types):
        unlike = ", ".join(sorted(set(heads) ^ set(types)))
        raise ServingError("platform.serving.demo", path=path, reason=f"columns: {unlike}")
    for number, row in enumerate(lines[1:], 4):
        try:
            fields = {name: value(cell.strip(), types[name], moved) for name, cell in zip(heads, row, strict=True)}
        except (ValueError, InvalidOperation) as error:
            raise ServingError("platform.serving.demo", path=path, reason=f"line {number}: {error}") from error
        yield schema(**fields)


def value(cell: str, kind: Any, moved: datetime.timedelta) -> object:  # Any: a type as annotated
    """Return a cell as a field of the type annotated; blank is None where the field may be None."""
    options = typing.get_args(kind)
    if options:
        kind = next(option for option in options if option is not type(None))
        if not cell:
            return None
    if kind is str:
        return cell
    if kind is bool:
        return {"true": True, "false": False}[cell] if cell in ("true", "false") else _no_truth(cell)
    if kind is datetime.date:
        return datetime.date.fromisoformat(cell) + moved
    if kind in (Decimal, int) or issubclass(kind, enum.Enum):
        return kind(cell)
    raise TypeError(kind)


def _no_truth(cell: str) -> bool:
    raise ValueError(cell)
