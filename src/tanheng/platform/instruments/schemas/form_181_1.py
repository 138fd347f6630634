"""The annual form 1-8-1 as it was filled in, edition 1: the eight answers and the sheets with their numbers."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from tanheng.platform.record.schema import Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A sheet of the form as it was filled in, every cell as text.

    Parameters
    ----------
    numbers : tuple of int
        Columns, counted from 0, whose cells are numbers; a blank one is none.
    """

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form181:
    """The form of a year (企业能源计量器具配备和管理情况表), in the words of the authority's form.

    Parameters
    ----------
    year : int
    stood_on : date
        The day whose ledgers its numbers are.
    edition : str
        Of GB 17167.
    answers : mapping
        Key of each of the eight items to ``yes``, ``no``, or nothing while it is not answered.
    tables : tuple of Table
        Meters, subtotals, and what the form says of itself.
    digest : str
        SHA-256 of the tables in canonical JSON.
    """

    year: int
    stood_on: datetime.date
    edition: str
    answers: dict[str, str]
    tables: tuple[Table, ...]
    digest: str


def _project(content: Form181) -> dict[str, object]:
    return {
        "year": content.year,
        "stood_on": content.stood_on,
        "edition": content.edition,
        "answered": sum(bool(answer) for answer in content.answers.values()),
        "digest": content.digest,
    }


SCHEMA = Schema("form_181/1", Form181, _project)
