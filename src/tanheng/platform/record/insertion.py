"""Many rows into one table by one statement a thousand rows.

Django's ``bulk_create`` hands the database one parameter for each cell, and looks at each in four places. Here a batch is one
JSON text, which the server takes apart by the table's own column types (``json_populate_recordset``). It is a plain INSERT:
row-level security, constraints and triggers see each row, which ``COPY`` into a table under row-level security does not offer.
"""

from __future__ import annotations

import datetime
import itertools
import json
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)
BATCH = 1000


def insert(rows: Sequence[M], *, batch: int = BATCH) -> None:
    """Insert new rows of one model; they are given their keys.

    The model's key is counted by the database, and its columns hold what the field holds: no further conversion is made.

    Raises
    ------
    IntegrityError
        A constraint refuses a row; then none of the batch is there, and the transaction has to end.
    """
    numbered = iter(rows)
    while chunk := list(itertools.islice(numbered, batch)):
        _insert(chunk)


def _insert(rows: Sequence[models.Model]) -> None:
    meta = rows[0]._meta  # Django's documented name
    names = [(field.attname, str(field.column)) for field in meta.concrete_fields if not field.primary_key]
    quoted = connection.ops.quote_name
    table, columns = quoted(meta.db_table), ", ".join(quoted(column) for _, column in names)
    text = json.dumps(
        [{column: getattr(row, name) for name, column in names} for row in rows],
        ensure_ascii=False,
        allow_nan=False,
        default=_as_text,
    )
    statement = (
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s)"  # noqa: S608
        f" RETURNING {quoted(str(meta.pk.column))}"  # names of our models, quoted
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [text])
        keys = cursor.fetchall()
    for row, (key,) in zip(rows, keys, strict=True):  # one source without an order of its own: rows come as they were given
        row.pk = key
        row._state.adding, row._state.db = False, connection.alias  # as Django's own insertion leaves them


def _as_text(value: object) -> str:
    """Return a value as PostgreSQL reads it."""
    if isinstance(value, bytes | bytearray | memoryview):
        return f"\\x{bytes(value).hex()}"
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    if isinstance(value, uuid.UUID | Decimal):
        return str(value)
    raise TypeError(f"no column holds a {type(value).__name__}")
