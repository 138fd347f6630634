"""The contents of the network's ledgers, read from what was logged."""

from __future__ import annotations

import datetime
import functools
import uuid
from typing import Any

from tanheng.platform.plant.models import Edge, Line, Node, Point, SourceStream
from tanheng.platform.plant.rules.network import Records
from tanheng.platform.plant.selectors.master import codes
from tanheng.platform.record import schema
from tanheng.platform.record.models import Plant, Version


def records(plant: Plant, *, on: datetime.date | None = None) -> Records:
    """Return the four ledgers of the network: their last versions, or what holds on a day."""
    found = {model: {content.code: content for content in contents(model, plant, on=on)} for model in NETWORK}
    return Records(codes(Line, plant.pk), found[SourceStream], found[Node], found[Edge], found[Point])


NETWORK: tuple[type[Version], ...] = (SourceStream, Node, Edge, Point)


def contents(model: type[Version], plant: Plant, *, on: datetime.date | None = None) -> list[Any]:  # Any: payload contents
    """Return what the records of a ledger say, in order of their codes."""
    manager: Any = model._default_manager  # Any: heirs of Version; Django's documented name
    rows = manager.filter(plant=plant)
    rows = rows.latest_versions() if on is None else rows.on(on)
    return [_content(bytes(data)) for data in rows.order_by("code").values_list("payload", flat=True)]


def contents_of(model: type[Version], plant: Plant, subject: uuid.UUID | None) -> Any:  # Any: as above
    """Return what the last version of one record says; None where there is none."""
    if subject is None:
        return None
    manager: Any = model._default_manager  # Any: as above
    data = manager.filter(plant=plant, subject=subject).order_by("-version").values_list("payload", flat=True).first()
    return _content(bytes(data)) if data is not None else None


@functools.lru_cache(maxsize=4096)
def _content(payload: bytes) -> Any:  # Any: as above
    """Return what a payload says: the same bytes say the same for ever, and contents are frozen."""
    return schema.decode(payload).content
