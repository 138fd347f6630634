"""A step of an instrument's life, edition 1."""

from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass

from tanheng.metrology.instruments.model import UseState
from tanheng.platform.record.schema import Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """From a day on an instrument is in a state, until the next step.

    Parameters
    ----------
    instrument : str
        Its number (管理编号).
    started_on : date
        First day in the state.
    new_class : str
        The class for which a downgraded instrument is used from then on; empty otherwise.
    person : str
        Who decided it.
    document : str
        SHA-256 of the file that shows it; empty for none.
    """

    instrument: str
    state: UseState
    started_on: datetime.date
    why: str
    new_class: str
    person: str
    document: str


def _project(content: Spell) -> dict[str, object]:
    return {field.name: getattr(content, field.name) for field in dataclasses.fields(content)}


SCHEMA = Schema("spell/1", Spell, _project)
