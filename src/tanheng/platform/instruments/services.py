"""Changing the instrument ledgers: checked, versioned, logged, in one transaction."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TypeVar

from tanheng.platform.instruments import watching
from tanheng.platform.instruments.checks import CHECKS
from tanheng.platform.instruments.known import Content
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.keeping import Keeping
from tanheng.platform.record.models import Plant, Version

V = TypeVar("V", bound=Version)

KEEPING = Keeping("instruments", permission="instruments.write", checks=CHECKS)

save, retire, hold = KEEPING.save, KEEPING.retire, KEEPING.hold


def save_many(
    model: type[V], contents: Sequence[Content], *, plant: Plant, actor: Actor, valid_from: datetime.date | None = None
) -> list[V]:
    """Enter many new records: all of them or none; then the plant's instruments are looked at.

    Raises
    ------
    RightsError, DutiesError
    InputError
        With every fault of every record; the field ``row`` counts from 1.
    """
    rows = KEEPING.save_many(model, contents, plant=plant, actor=actor, valid_from=valid_from)
    watching.after_commit(plant)
    return rows
