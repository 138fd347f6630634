"""Schemas of payloads: what a version says, as the bytes that are logged, and as the columns an app reads.

A schema lives in its app as ``schemas/<type>_<n>.py`` with a frozen dataclass and ``SCHEMA = Schema("<type>/<n>", …)``. It is
never edited once released: a change is a further number, and the old reader stays. Payloads are canonical JSON.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import functools
import importlib
import json
import pkgutil
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, TypeVar

from django.apps import apps

from tanheng.core import canonical
from tanheng.platform.errors import RecordError

T = TypeVar("T")


def columns(content: Any) -> dict[str, object]:  # Any: contents are dataclasses of many types
    """Return the fields of a content by their names."""
    return {field.name: getattr(content, field.name) for field in dataclasses.fields(content)}


@dataclass(frozen=True, slots=True)
class Schema(Generic[T]):
    """One edition of one type of payload.

    Parameters
    ----------
    id : str
        ``<type>/<n>``.
    kind : type
        Frozen dataclass of the content.
    project : callable
        Content to columns of the app's model; by default a column for each field.
    """

    id: str
    kind: type[T]
    project: Callable[[T], dict[str, object]] = columns

    def read(self, content: object) -> T:
        """Return the content written as JSON values.

        Raises
        ------
        RecordError
            The content does not fit the schema; names the field.
        """
        return typing.cast("T", _read(content, self.kind, self.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What a version's payload holds beside its content."""

    schema: str
    content: object
    valid_from: datetime.date | None
    valid_to: datetime.date | None
    reason: str
    retired: bool

    def encode(self) -> bytes:
        """Return the bytes that are logged."""
        return canonical.dumps(self)


def decode(data: bytes) -> Payload:
    """Return a payload, its content read by the schema it names.

    Raises
    ------
    RecordError
        The bytes are no payload of a known schema.
    """
    try:
        raw = json.loads(data)
    except ValueError as error:
        raise RecordError("platform.record.payload", schema="?", place="", reason=str(error)) from error
    name = raw.get("schema") if isinstance(raw, dict) else None
    payload = typing.cast("Payload", _read(raw, Payload, str(name)))
    return dataclasses.replace(payload, content=schema(payload.schema).read(payload.content))


def project(payload: Payload) -> dict[str, object]:
    """Return the columns that a payload's content projects to."""
    return schema(payload.schema).project(payload.content)


def schema(name: str) -> Schema[Any]:  # Any: each schema has a content type of its own
    """Return the schema called ``name``.

    Raises
    ------
    RecordError
        No app has it.
    """
    try:
        return load_all()[name]
    except KeyError:
        raise RecordError("platform.record.schema", schema=name) from None


@functools.cache
def load_all() -> Mapping[str, Schema[Any]]:  # Any: as above
    """Return the schemas of all apps by id."""
    found: dict[str, Schema[Any]] = {}
    for config in apps.get_app_configs():
        if not config.name.startswith("tanheng."):
            continue
        try:
            package = importlib.import_module(f"{config.name}.schemas")
        except ModuleNotFoundError as error:
            if error.name != f"{config.name}.schemas":
                raise
            continue
        for entry in pkgutil.iter_modules(package.__path__):
            one = importlib.import_module(f"{package.__name__}.{entry.name}").SCHEMA
            found[one.id] = one
    return found


def _read(value: object, kind: Any, place: str) -> object:  # Any: an annotation may be any form
    """Return ``value``, as JSON gives it, as ``kind``."""
    origin = typing.get_origin(kind)
    if kind in (Any, object):
        return value
    if origin in (types.UnionType, typing.Union):
        options = [option for option in typing.get_args(kind) if option is not type(None)]
        return None if value is None else _read(value, options[0], place)
    if origin is tuple:
        _expect(value, list, place)
        return tuple(_read(item, typing.get_args(kind)[0], f"{place}[]") for item in typing.cast("list[object]", value))
    if origin in (dict, Mapping):
        _expect(value, dict, place)
        inner = typing.get_args(kind)[1]
        return {key: _read(item, inner, f"{place}.{key}") for key, item in typing.cast("dict[str, object]", value).items()}
    if dataclasses.is_dataclass(kind):
        return _read_dataclass(value, typing.cast("type[object]", kind), place)
    return _read_plain(value, kind, place)


def _read_dataclass(value: object, kind: type[object], place: str) -> object:
    _expect(value, dict, place)
    given = typing.cast("dict[str, object]", value)
    hints = typing.get_type_hints(kind)
    if given.keys() != hints.keys():
        odd = ", ".join(sorted(given.keys() ^ hints.keys()))
        raise RecordError("platform.record.payload", schema=place, place=odd, reason="fields differ")
    return kind(**{name: _read(given[name], hint, f"{place}.{name}") for name, hint in hints.items()})


def _read_plain(value: object, kind: type, place: str) -> object:
    try:
        if kind is Decimal:
            _expect(value, str, place)
            return Decimal(typing.cast("str", value))
        if kind is datetime.date:
            _expect(value, str, place)
            return datetime.date.fromisoformat(typing.cast("str", value))
        if issubclass(kind, enum.StrEnum):
            return kind(str(value))
    except (ValueError, InvalidOperation) as error:
        raise RecordError("platform.record.payload", schema=place, place=place, reason=str(error)) from error
    _expect(value, kind, place)
    return value


def _expect(value: object, kind: type, place: str) -> None:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        reason = f"{type(value).__name__} instead of {kind.__name__}"
        raise RecordError("platform.record.payload", schema=place, place=place, reason=reason)
