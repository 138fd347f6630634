"""Freezing the network as an edition. A correction changes what is said of it, never what was frozen."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from tanheng.core.errors import InputError
from tanheng.platform.plant import editions
from tanheng.platform.plant.models import Edition
from tanheng.platform.plant.schemas.edition_1 import Edition as Content
from tanheng.platform.plant.schemas.edition_1 import Heading, Snapshot
from tanheng.platform.plant.selectors.network import classes, definition, stages_inside
from tanheng.platform.plant.selectors.records import contents_of, records
from tanheng.platform.plant.services import keeping
from tanheng.platform.plant.services.keeping import retire
from tanheng.platform.record.actor import Actor, require
from tanheng.platform.record.checking import refuse
from tanheng.platform.record.models import Plant

__all__ = ["retire", "save", "save_many", "snapshot"]


@transaction.atomic
def save(
    model: type[Edition],
    content: Heading,
    *,
    plant: Plant,
    actor: Actor,
    subject: uuid.UUID | None = None,
    seen: int | None = None,
    reason: str = "",
    valid_from: datetime.date | None = None,
    valid_to: datetime.date | None = None,
) -> Edition:
    """Freeze the network of the day ``content.drawn_on``, or correct what is said of an edition.

    Raises
    ------
    RightsError, ConflictError, MissingError
    InputError
        With every fault; among them a day without a network.
    """
    require(actor, "plant.write", plant.pk)
    keeping.hold(model, plant)
    old = contents_of(model, plant, subject)
    network = old.network if old is not None else snapshot(plant, on=content.drawn_on)
    if old is None and not network.nodes:
        refuse([InputError("platform.plant.edition_empty", field="drawn_on", day=content.drawn_on)])
    said: dict[str, Any] = {field.name: getattr(content, field.name) for field in dataclasses.fields(Heading)}  # Any: as typed
    return keeping.save(
        model,
        Content(**said, network=network),
        plant=plant,
        actor=actor,
        subject=subject,
        seen=seen,
        reason=reason,
        valid_from=valid_from,
        valid_to=valid_to,
    )


def snapshot(plant: Plant, *, on: datetime.date) -> Snapshot:
    """Return the network of a day, frozen."""
    held = records(plant, on=on)
    chosen = definition(plant, on=on)
    return editions.snapshot(held, chosen, classes(held.streams.values()).grades(), stages_inside(chosen))


def save_many(
    model: type[Edition],  # noqa: ARG001  # the services of a ledger have it
    contents: Sequence[Heading],
    *,
    plant: Plant,
    actor: Actor,
    valid_from: datetime.date | None = None,  # noqa: ARG001  # as above
) -> list[Edition]:
    """Refuse: an edition is frozen, not imported.

    Raises
    ------
    RightsError, InputError
    """
    require(actor, "plant.write", plant.pk)
    refuse([InputError("platform.plant.edition_import", field="title", row=row) for row, _ in enumerate(contents, 1)])
    return []
