"""The ledger as it stood at the end of a year, edition 1."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from tanheng.platform.record.schema import Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenRow:
    """One instrument as the ledger showed it on the day, all as texts."""

    code: str
    name: str
    kind: str
    model: str
    accuracy_class: str
    nominal_class: str
    range: str
    maker: str
    serial: str
    place: str
    points: str
    interval: str
    state: str
    trace: str
    certificate: str
    issuer: str
    valid_to: str
    person: str
    seals: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YearEnd:
    """The instrument ledger frozen at the end of a year (年末台账确认).

    Parameters
    ----------
    year : int
    frozen_on : date
        The day whose ledger it is: 31 December of the year, an earlier one while it is a draft.
    digest : str
        SHA-256 of the rows in canonical JSON.
    rows : tuple of FrozenRow
        In the order of the numbers.
    confirmed_on : date or None
        When a person confirmed it; None until then.
    note : str
        What the person who confirmed it remarked.
    """

    year: int
    frozen_on: datetime.date
    digest: str
    rows: tuple[FrozenRow, ...]
    confirmed_on: datetime.date | None
    note: str


def _project(content: YearEnd) -> dict[str, object]:
    return {
        "year": content.year,
        "frozen_on": content.frozen_on,
        "digest": content.digest,
        "count": len(content.rows),
        "confirmed_on": content.confirmed_on,
        "note": content.note,
    }


SCHEMA = Schema("year_end/1", YearEnd, _project)
