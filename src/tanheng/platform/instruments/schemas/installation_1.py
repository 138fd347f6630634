"""Installation of an instrument or chain at a metering point, edition 1."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
from dataclasses import dataclass
from decimal import Decimal

from tanheng.platform.record.schema import Schema

_EPOCH = datetime.date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """An instrument or chain at a point, from one minute (plant time) until another.

    Parameters
    ----------
    instrument, chain : str
        Number of the instrument, or code of the chain: exactly one of them.
    point : str
        Code of the metering point.
    started_on, started_at : date, str
        First day, and from which minute of it (``HH:MM``; empty for its beginning).
    ended_on, ended_at : date or None, str
        Until when, that minute excluded; None while it is there.
    opening_reading, closing_reading : Decimal or None
        What the totaliser showed when it was put in and taken out, in ``reading_unit``.
    shared_reason : str
        Why it also meters another point at the same time; empty unless it does.
    beside_reason : str
        Why it stands beside another instrument at the same point; empty unless it does.
    why : str
        Why it was exchanged or taken out.
    """

    instrument: str
    chain: str
    point: str
    started_on: datetime.date
    started_at: str
    ended_on: datetime.date | None
    ended_at: str
    opening_reading: Decimal | None
    closing_reading: Decimal | None
    reading_unit: str
    shared_reason: str
    beside_reason: str
    why: str

    @property
    def item(self) -> str:
        """Return the code of what is installed."""
        return self.instrument or self.chain

    @property
    def begins(self) -> int:
        """Return its first minute, counted from 1970-01-01 00:00 plant time."""
        return minute_of(self.started_on, self.started_at)

    @property
    def ends(self) -> int | None:
        """Return the minute in which it is there no more; None while it is there."""
        return minute_of(self.ended_on, self.ended_at) if self.ended_on is not None else None


def minute_of(day: datetime.date, at: str) -> int:
    """Return a minute of plant time, counted from 1970-01-01 00:00; a time that does not read counts as the day's beginning."""
    hours, _, minutes = at.partition(":")
    within = int(hours) * 60 + int(minutes) if hours.isdecimal() and minutes.isdecimal() else 0
    return (day - _EPOCH).days * 1440 + within


def key_of(kind: str, code: str) -> int:
    """Return a number of 64 bits that stands for a code, for constraints over ranges of numbers."""
    return int.from_bytes(hashlib.sha256(f"{kind}/{code}".encode()).digest()[:8], "big", signed=True)


def _project(content: Installation) -> dict[str, object]:
    said = {field.name: getattr(content, field.name) for field in dataclasses.fields(content)}
    kind = "instrument" if content.instrument else "chain"
    return {
        **said,
        "begins": content.begins,
        "ends": content.ends,
        "item_key": key_of(kind, content.item),
        "point_key": key_of("point", content.point),
    }


SCHEMA = Schema("installation/1", Installation, _project)
