"""A ledger of versions as a resource of the API: list, read, history, enter, correct, retire.

An app offers one with :func:`add_ledger`: the schemas of bodies and rows come from the payload's dataclass, so that the API,
the log and the columns say the same.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
import typing
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import BeforeValidator, Field, WithJsonSchema, create_model

from tanheng.platform.record import schema as payloads
from tanheng.platform.record import sorting
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.idempotency import idempotent
from tanheng.platform.record.models import Plant, Version
from tanheng.platform.record.paging import ERRORS, Page, PageQuery, page_of

_ORDER = "Chinese texts stand in the order of pinyin, as on the pages; equal rows by their subject."
_DECIMAL = r"^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,12})?$"


def _decimal_text(value: object) -> object:
    """Refuse binary floats and exponents: a decimal comes as its digits."""
    if not isinstance(value, str | Decimal) or not re.fullmatch(_DECIMAL, str(value)):
        raise ValueError('a decimal number is given as a string of digits, such as "5000.00"')  # pydantic's way
    return value


PlainDecimal = Annotated[Decimal, BeforeValidator(_decimal_text), WithJsonSchema({"type": "string", "pattern": _DECIMAL})]
Text = Annotated[str, Field(max_length=4000)]
Day = Annotated[datetime.date, Field(examples=["2026-10-31"])]


class Entry(Schema):
    """What is said of a record beside its content."""

    valid_from: Day | None = None
    valid_to: Day | None = None


class Correction(Entry):
    """A correction: the version that was seen, and why."""

    seen: int = Field(ge=1, le=2**31 - 1)
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class Retirement(Schema):
    """The end of a record."""

    seen: int = Field(ge=1, le=2**31 - 1)
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class Row(Schema):
    """One version as the API shows it."""

    subject: uuid.UUID
    version: int
    valid_from: datetime.date | None
    valid_to: datetime.date | None
    known_from: datetime.datetime
    known_to: datetime.datetime | None
    actor: uuid.UUID
    reason: str
    retired: bool
    log_epoch: int
    log_index: int


class ListQuery(PageQuery):
    """Which part of a ledger, and of which day."""

    on: Day | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """One ledger for the API.

    Parameters
    ----------
    path : str
        Plural noun in the address.
    model : type
        Heir of ``Version``.
    content : type
        Dataclass of its present payload schema.
    reads : module
        Offers ``plant_by_code``, ``ledger``, ``one`` and ``history``, as ``plant.selectors``.
    writes : module
        Offers ``save`` and ``retire``, as ``plant.services``.
    sortable : tuple of str
        Columns by which its rows may be put in order, those of its page; empty for none.
    """

    path: str
    model: type[Version]
    content: type
    reads: Any  # Any: a module
    writes: Any  # Any: a module
    sortable: tuple[str, ...] = ()


def content_schema(kind: type) -> type[Schema]:
    """Return the API's schema of a payload's dataclass."""
    hints = typing.get_type_hints(kind)
    fields: dict[str, Any] = {field.name: (_api_type(hints[field.name]), ...) for field in dataclasses.fields(kind)}
    return create_model(f"{kind.__name__}Content", __base__=Schema, **fields)


def _api_type(hint: Any) -> Any:  # Any: annotations
    if hint is Decimal:
        return PlainDecimal
    if hint is str:
        return Text
    if hint is int:
        return Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]
    parts = typing.get_args(hint)
    if type(None) in parts:
        return _api_type(next(part for part in parts if part is not type(None))) | None
    return hint


def list_query(ledger: Ledger) -> type[ListQuery]:
    """Return what a list of a ledger can be asked for: with ``sort`` where its rows can be put in order."""
    if not ledger.sortable:
        return ListQuery
    one = f"-?({'|'.join(ledger.sortable)})"
    described = (
        f"Columns to put the rows in order by, separated by commas; a - before a name for falling. {_ORDER} "
        f"Columns: {', '.join(ledger.sortable)}."
    )
    form = WithJsonSchema({"type": "string", "maxLength": 1000, "pattern": f"^{one}(,{one})*$"})  # sorting.asked_for checks it
    asked = Field(default=None, max_length=1000, description=described, examples=[f"-{ledger.sortable[0]}"])
    return create_model(f"{ledger.content.__name__}ListQuery", __base__=ListQuery, sort=(Annotated[str | None, form], asked))


def add_ledger(router: Router, ledger: Ledger) -> None:
    """Add the operations of a ledger to a router."""
    name, title = ledger.path, ledger.content.__name__
    content = content_schema(ledger.content)
    enter_body = create_model(f"{title}Entry", __base__=Entry, content=(content, ...))
    correct_body = create_model(f"{title}Correction", __base__=Correction, content=(content, ...))
    row = create_model(f"{title}Row", __base__=Row, content=(content, ...))
    base, one = f"/plants/{{code}}/{name}", f"/plants/{{code}}/{name}/{{subject}}"

    def row_of(version: Version) -> Any:  # Any: the row schema made above
        shown: dict[str, Any] = {field: getattr(version, field) for field in Row.model_fields}  # Any: columns
        value = payloads.decode(bytes(version.payload)).content
        shown["content"] = content(**{field.name: getattr(value, field.name) for field in dataclasses.fields(ledger.content)})
        return row(**shown)

    def read_content(body: Any) -> Any:  # Any: as above
        return ledger.content(**{field.name: getattr(body.content, field.name) for field in dataclasses.fields(ledger.content)})

    def plant_of(request: HttpRequest, code: str) -> tuple[Actor, Plant]:
        actor: Actor = request.auth  # type: ignore[attr-defined]  # set by ninja
        return actor, ledger.reads.plant_by_code(actor, code)

    def list_rows(request: HttpRequest, code: str, query: Any) -> Any:
        actor, plant = plant_of(request, code)
        asked = getattr(query, "sort", None)
        names = sorting.asked_for(asked, ledger.sortable) if asked is not None else []
        rows = ledger.reads.ledger(actor, ledger.model, plant, on=query.on)
        found = page_of(sorting.ordered(rows, names) if names else rows.order_by("id"), query)
        return {**found, "items": [row_of(version) for version in typing.cast("list[Version]", found["items"])]}

    def read(request: HttpRequest, code: str, subject: uuid.UUID) -> Any:
        actor, plant = plant_of(request, code)
        return row_of(ledger.reads.one(actor, ledger.model, plant, subject))

    def history(request: HttpRequest, code: str, subject: uuid.UUID) -> Any:
        actor, plant = plant_of(request, code)
        return [row_of(version) for version in ledger.reads.history(actor, ledger.model, plant, subject)]

    def enter(request: HttpRequest, code: str, body: Any) -> Any:
        actor, plant = plant_of(request, code)
        return row_of(
            ledger.writes.save(
                ledger.model, read_content(body), plant=plant, actor=actor, valid_from=body.valid_from, valid_to=body.valid_to
            )
        )

    def correct(request: HttpRequest, code: str, subject: uuid.UUID, body: Any) -> Any:
        actor, plant = plant_of(request, code)
        return row_of(
            ledger.writes.save(
                ledger.model,
                read_content(body),
                plant=plant,
                actor=actor,
                subject=subject,
                seen=body.seen,
                reason=body.reason,
                valid_from=body.valid_from,
                valid_to=body.valid_to,
            )
        )

    def retire(request: HttpRequest, code: str, subject: uuid.UUID, body: Any) -> Any:
        actor, plant = plant_of(request, code)
        return row_of(
            ledger.writes.retire(ledger.model, plant=plant, actor=actor, subject=subject, seen=body.seen, reason=body.reason)
        )

    def add(verb: str, path: str, operation: Any, status: int, answer: Any, summary: str, **annotations: Any) -> None:
        operation.__annotations__ = {"request": HttpRequest, "code": str, **annotations}
        view = idempotent(status)(operation) if verb in ("POST", "PUT") else operation
        identity = f"{operation.__name__}_{ledger.model.TYPE}"
        router.add_api_operation(
            path, [verb], view, response={status: answer, **ERRORS}, operation_id=identity, summary=summary, tags=[name]
        )

    add("GET", base, list_rows, 200, Page[row], f"List {name}", query=Query[list_query(ledger)])  # type: ignore[misc,valid-type]
    add("POST", base, enter, 201, row, f"Enter a {ledger.model.TYPE}", body=enter_body)
    add("GET", one, read, 200, row, f"Read a {ledger.model.TYPE}", subject=uuid.UUID)
    add("PUT", one, correct, 200, row, f"Correct a {ledger.model.TYPE}", subject=uuid.UUID, body=correct_body)
    add("GET", f"{one}/history", history, 200, list[row], "All its versions", subject=uuid.UUID)  # type: ignore[valid-type]
    add("POST", f"{one}/retire", retire, 200, row, f"Retire a {ledger.model.TYPE}", subject=uuid.UUID, body=Retirement)
