"""Exchanging what stands at a point: the end of the old installation and the beginning of the new one, in one transaction."""

from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from tanheng.core.errors import InputError
from tanheng.platform.instruments import services
from tanheng.platform.instruments.models import Installation
from tanheng.platform.instruments.schemas import installation_1
from tanheng.platform.record import schema
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What takes the place of an installation.

    Parameters
    ----------
    on, at : date, str
        The minute (plant time) in which the old one ends and the new one begins.
    instrument, chain : str
        What comes: exactly one of them.
    closing_reading, opening_reading : Decimal or None
        What the old one showed at its end and the new one at its beginning, in ``reading_unit``.
    """

    on: datetime.date
    at: str
    instrument: str
    chain: str
    closing_reading: Decimal | None
    opening_reading: Decimal | None
    reading_unit: str
    why: str


@transaction.atomic
def exchange(old: Installation, wanted: Exchange, *, plant: Plant, actor: Actor) -> tuple[Installation, Installation]:
    """End an installation and begin another at its point; both or neither.

    Raises
    ------
    RightsError, ConflictError
    InputError
        With every fault; of the old installation under the names of the form.
    """
    ended = remove(
        old,
        on=wanted.on,
        at=wanted.at,
        closing_reading=wanted.closing_reading,
        reading_unit=wanted.reading_unit,
        why=wanted.why,
        plant=plant,
        actor=actor,
    )
    begun = installation_1.Installation(
        instrument=wanted.instrument,
        chain=wanted.chain,
        point=old.point,
        started_on=wanted.on,
        started_at=wanted.at,
        ended_on=None,
        ended_at="",
        opening_reading=wanted.opening_reading,
        closing_reading=None,
        reading_unit=wanted.reading_unit,
        shared_reason="",
        beside_reason=old.beside_reason,
        why="",
    )
    with _named({"started_on": "on", "started_at": "at", "chain": "instrument"}):
        return ended, services.save(Installation, begun, plant=plant, actor=actor)


@transaction.atomic
def remove(
    old: Installation,
    *,
    on: datetime.date,
    at: str,
    closing_reading: Decimal | None,
    reading_unit: str,
    why: str,
    plant: Plant,
    actor: Actor,
) -> Installation:
    """End an installation.

    Raises
    ------
    RightsError, ConflictError
    InputError
        It ended already, or the day or reading cannot be.
    """
    if old.ended_on is not None:
        raise InputError("platform.instruments.ended_already", field="on", value=old.ended_on, item=old.instrument or old.chain)
    content: installation_1.Installation = schema.decode(bytes(old.payload)).content  # type: ignore[assignment]  # its schema says so
    ended = dataclasses.replace(
        content,
        ended_on=on,
        ended_at=at,
        closing_reading=closing_reading,
        reading_unit=reading_unit or content.reading_unit,
        why=why,
    )
    with _named({"ended_on": "on", "ended_at": "at"}):
        return services.save(
            Installation, ended, plant=plant, actor=actor, subject=old.subject, seen=old.version, reason=why or "-"
        )


class _named:  # noqa: N801  # used like a function
    """Give the faults of a record the names that the fields have in the form of an exchange."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Rename the fields of what was raised."""
        for finding in getattr(error, "findings", ()):
            name = str(finding.fields.get("field", ""))
            finding.fields["field"] = self._names.get(name, name)
