"""Seal on an instrument, edition 1."""

from __future__ import annotations

import dataclasses
import datetime
import enum
from dataclasses import dataclass

from tanheng.platform.record.schema import Schema


class SealState(enum.StrEnum):
    """How a seal is."""

    INTACT = "intact"  # 完好
    REMOVED = "removed"  # 已拆除
    BROKEN = "broken"  # 破损


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A seal (铅封、封印).

    Parameters
    ----------
    number : str
        Printed on it; unique in the plant.
    instrument : str
        Number (管理编号) of the instrument it guards.
    place : str
        Where on the instrument.
    applied_on, applied_by : date, str
        When, and by whom.
    removed_on, removed_by : date or None, str
        The same for its end; None while it is there. A broken seal may still be there.
    why : str
        Why it was removed, or how it was found.
    photo : str
        SHA-256 of a picture; empty for none.
    """

    number: str
    instrument: str
    place: str
    applied_on: datetime.date
    applied_by: str
    state: SealState
    removed_on: datetime.date | None
    removed_by: str
    why: str
    photo: str


def _project(content: Seal) -> dict[str, object]:
    return {field.name: getattr(content, field.name) for field in dataclasses.fields(content)}


SCHEMA = Schema("seal/1", Seal, _project)
