"""Restatement: which figures moved between two inventories, and why.

Two inventories differ in their entries, in their parameters, in the rule book, or in what was known. Each moved figure is
explained by the numbers behind it that changed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tanheng.core.errors import CalculationError, NumberError
from tanheng.core.numbers import stored, to_decimal


@dataclass(frozen=True, slots=True)
class Cause:
    """A number that changed: an entry (with the reason of its correction), a parameter, or a change of formula."""

    id: str
    kind: str
    old: str | None
    new: str | None
    unit: str
    reason: str = ""
    person: str = ""
    known: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A figure that moved, appeared or vanished."""

    id: str
    title: Mapping[str, str]
    unit: str
    old: Decimal | None
    new: Decimal | None
    causes: tuple[Cause, ...]

    @property
    def change(self) -> Decimal | None:
        """New less old, None when one of them is absent."""
        return None if self.old is None or self.new is None else self.new - self.old


def comparable(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a loaded inventory document after seeing to it that it holds what is compared.

    Raises
    ------
    CalculationError
        Names the first part that is missing, is no text, or is no number with room for twelve decimals.
    """
    try:
        parts = list(_compared(document))
    except (AttributeError, LookupError, TypeError) as error:
        raise CalculationError("accounting.trace.part", part=str(error)[:200]) from error
    for key, item, names in parts:
        _require(key, item, names)
    return document


def _compared(document: Mapping[str, Any]) -> Iterator[tuple[str, Any, tuple[str, ...]]]:
    """Yield each part of a document with the names by which it must say something."""
    for key in document["order"]:
        yield key, document["figures"][key], ("title",)
    for key, figure in document["figures"].items():
        yield key, figure, ("unit", "formula", "rules", "arguments")
    for leaves, names in (("inputs", ("value", "unit")), ("parameters", ("id", "value", "unit"))):
        for key, item in document[leaves].items():
            yield key, item, names


_SAID = frozenset({"reason", "person", "known", "known_since"})
"""What an entry or a parameter may say besides."""


def _require(key: str, item: Any, names: tuple[str, ...]) -> None:
    try:
        for name in (*names, *(_SAID & item.keys())):
            found = item[name]
            texts = found.values() if name in ("title", "rules") else _names(found) if name == "arguments" else [found]
            if not all(isinstance(text, str | bool | None) for text in texts):
                raise TypeError(name)
        if "formula" in names:
            _value(item)
    except ArithmeticError as error:
        raise CalculationError("accounting.trace.part", part=f"{key}: {item['value']}"[:200]) from error
    except (AttributeError, LookupError, NumberError, RecursionError, TypeError) as error:
        raise CalculationError("accounting.trace.part", part=f"{key}: {error}"[:200]) from error


def moves(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Move]:
    """Return the figures that differ between two loaded inventory documents, in the order of the new one."""
    changed = dict(_changes(old, new))
    found = []
    for key in [*new["order"], *(key for key in old["order"] if key not in new["figures"])]:
        before, after = old["figures"].get(key), new["figures"].get(key)
        if _value(before) != _value(after) or (before is None) != (after is None):
            documents = [document for document, figure in ((new, after), (old, before)) if figure is not None]
            causes = dict.fromkeys(cause for document in documents for cause in _behind(key, document, changed))
            item = after or before
            found.append(Move(key, item["title"], item["unit"], _value(before), _value(after), tuple(causes)))
    return found


def _value(figure: Mapping[str, Any] | None) -> Decimal | None:
    return None if figure is None or figure["value"] is None else stored(to_decimal(figure["value"]))


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Cause]]:
    """Yield every changed number by its id; a parameter that gave way to another edition of itself comes under both ids."""
    for key in sorted(old["inputs"].keys() | new["inputs"].keys()):
        before, after = old["inputs"].get(key), new["inputs"].get(key)
        if _given(before) != _given(after):
            yield key, _cause(key, "input", before, after)
    yield from _parameters(old["parameters"], new["parameters"])
    for key in sorted(old["figures"].keys() & new["figures"].keys()):
        before, after = old["figures"][key], new["figures"][key]
        if before["formula"] != after["formula"] or before["rules"] != after["rules"]:
            yield key, Cause(id=key, kind="formula", old=before["formula"], new=after["formula"], unit=after["unit"])


def _parameters(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Cause]]:
    for key in sorted(old.keys() & new.keys()):
        if _stated(old[key]) != _stated(new[key]):
            yield key, _cause(key, "parameter", old[key], new[key])
    editions: dict[str, tuple[list[str], list[str]]] = {}
    for side, (own, other) in enumerate(((old, new), (new, old))):
        for key in sorted(own.keys() - other.keys()):
            editions.setdefault(own[key]["id"], ([], []))[side].append(key)
    for name, (gone, come) in sorted(editions.items()):
        for left, right in itertools.zip_longest(gone, come):
            cause = _cause(name, "parameter", old.get(left), new.get(right))
            yield from ((key, cause) for key in (left, right) if key is not None)


def _cause(key: str, kind: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Cause:
    item = after or before or {}
    return Cause(
        id=key,
        kind=kind,
        old=_stated(before),
        new=_stated(after),
        unit=item["unit"],
        reason=item.get("reason", ""),
        person=item.get("person", ""),
        known=item.get("known") or item.get("known_since"),
    )


def _given(item: Mapping[str, Any] | None) -> tuple[Any, ...] | None:
    """Return what makes an entry another one: its value, and the basis and place it holds for."""
    return None if item is None else (item["value"], item.get("basis"), item.get("place"))


def _stated(item: Mapping[str, Any] | None) -> str | None:
    return None if item is None else item["value"]


def _behind(key: str, document: Mapping[str, Any], changed: Mapping[str, Cause]) -> list[Cause]:
    """Return the changed numbers a figure rests on, in the order in which the trace meets them."""
    seen: set[str] = set()
    waiting, causes = [key], []
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in changed:
            causes.append(changed[name])
        figure = document["figures"].get(name)
        if figure is not None:
            waiting.extend(_names(figure["arguments"]))
    return causes


def _names(arguments: Any) -> Iterator[str]:
    if isinstance(arguments, str):
        yield arguments
        return
    items = arguments.values() if isinstance(arguments, Mapping) else arguments
    for item in items:
        yield from _names(item)
