"""Restatement: which figures moved between two inventories, and why.

Two inventories differ in their entries, in their parameters, in the rule book, or in what was known. Each moved figure is
explained by the numbers behind it that changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


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


def moves(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Move]:
    """Return the figures that differ between two loaded inventory documents, in the order of the new one."""
    changed = {cause.id: cause for cause in _changes(old, new)}
    found = []
    for key in [*new["order"], *(key for key in old["order"] if key not in new["figures"])]:
        before, after = old["figures"].get(key), new["figures"].get(key)
        if _value(before) != _value(after) or (before is None) != (after is None):
            causes = _behind(key, new if after is not None else old, changed)
            item = after or before
            found.append(Move(key, item["title"], item["unit"], _value(before), _value(after), tuple(causes)))
    return found


def _value(figure: Mapping[str, Any] | None) -> Decimal | None:
    return None if figure is None or figure["value"] is None else Decimal(figure["value"])


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Cause]:
    for kind in ("inputs", "parameters"):
        for key in sorted(old[kind].keys() | new[kind].keys()):
            before, after = old[kind].get(key), new[kind].get(key)
            if (before or {}).get("value") != (after or {}).get("value") or (before is None) != (after is None):
                item = after or before
                yield Cause(
                    id=key,
                    kind=kind.removesuffix("s"),
                    old=None if before is None else before["value"],
                    new=None if after is None else after["value"],
                    unit=item["unit"],
                    reason=item.get("reason", ""),
                    person=item.get("person", ""),
                    known=item.get("known") or item.get("known_since"),
                )
    for key in sorted(old["figures"].keys() & new["figures"].keys()):
        before, after = old["figures"][key], new["figures"][key]
        if before["formula"] != after["formula"] or before["rules"] != after["rules"]:
            yield Cause(id=key, kind="formula", old=before["formula"], new=after["formula"], unit=after["unit"])


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
