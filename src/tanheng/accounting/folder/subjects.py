"""What a row is about: the quantity it names, its unit, basis, place, origin. The same for every kind of table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal

from tanheng.accounting import items
from tanheng.accounting.entries import Cell
from tanheng.accounting.folder.errors import Faults
from tanheng.accounting.folder.grid import Odd, Oddity, Raw, is_error_text
from tanheng.accounting.folder.heads import Table
from tanheng.accounting.folder.numerals import parse
from tanheng.accounting.folder.words import (
    BASES,
    GROUPS,
    ORIGINS,
    PLACES,
    SCOPES,
    Known,
    by_word,
    folded,
    items_by_word,
    listed,
    nearest,
    plain_unit,
    title_of,
    titles_of,
    unambiguous,
    units_by_word,
)
from tanheng.accounting.items import Item, bounds
from tanheng.accounting.plant import Basis, Place, Plant
from tanheng.core.states import Origin
from tanheng.core.units import UNITS, convert

SUBJECT_COLUMNS = ("scope", "group", "stream", "item", "unit", "basis", "place", "origin")
"""Columns every table that holds values must have; their cells are filled where the item needs them."""

_DASHES = frozenset(["", "-", "—", "–", "――"])
_BASES, _PLACES, _ORIGINS = by_word(BASES), by_word(PLACES), by_word(ORIGINS)
_GROUPS, _UNITS = by_word(GROUPS), units_by_word()
_ITEMS = {group: items_by_word(group) for group in GROUPS}

# Amounts: what is not known is a gap and what did not happen is zero, so "not applicable" says nothing about them.
_AMOUNTS = frozenset(["mass", "normal volume", "volume", "energy", "electricity", "CO2", "time"])


@dataclass(frozen=True, slots=True)
class Subject:
    """A quantity with what a row says about all its values."""

    quantity: str
    item: Item
    unit: str
    basis: Basis | None
    place: Place | None
    origin: Origin
    evidence: str
    lowest: Decimal | None
    highest: Decimal | None

    @property
    def is_amount(self) -> bool:
        """Whether it is an amount that adds up (a mass, an energy), not a property."""
        return UNITS[self.unit].dimension in _AMOUNTS

    def holds(self, value: Decimal) -> bool:
        """Say whether a value lies in the range of the item."""
        return (self.lowest is None or value >= self.lowest) and (self.highest is None or value <= self.highest)


@dataclass(slots=True)
class Line:
    """One row of a table, with its place at hand."""

    table: Table
    number: int
    row: Sequence[Raw]
    faults: Faults

    def raw(self, column: str) -> Raw:
        """Return the cell of a column, blank where the table lacks the column or the row is short."""
        index = self.table.columns.get(column, -1)
        return self.row[index] if 0 <= index < len(self.row) else ""

    def cell(self, column: str) -> Cell:
        """Return the place of a column's cell."""
        return self.table.cell(self.number, column)

    def text(self, column: str) -> str:
        """Return the text of a cell; a formula, a formula error or a truth value is noted as a fault and reads as blank."""
        raw = self.raw(column)
        if isinstance(raw, Odd):
            if raw.kind in (Oddity.ERROR, Oddity.UNCALCULATED, Oddity.TRUTH):
                self.fault(f"number.{raw.kind}", column)
                return ""
            return raw.text.strip()
        text = raw.strip()
        if is_error_text(text):
            self.fault("number.error", column)
            return ""
        if text.startswith(("=", "@")):
            self.fault("number.formula", column)
            return ""
        return text

    def fault(self, code: str, column: str, **fields: str | int) -> None:
        """Note a fault in the cell of a column."""
        cell = self.cell(column)
        self.faults.add(code, cell, value=self.raw(column), heading=self.table.heading(column), **fields)

    def number_in(self, column: str, *, unit: str) -> Decimal | None:
        """Return the number of a cell; None when it is blank, or is no number, which is then noted."""
        raw = self.raw(column)
        if isinstance(raw, str) and not raw.strip():
            return None
        found = parse(raw, unit=unit)
        if isinstance(found, Decimal):
            return found
        self.fault(found, column, unit=unit)
        return None


class Subjects:
    """Understands what rows are about, for one plant."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        self._scopes = _scope_words(plant)
        self._streams = _streams(plant)

    def scope(self, line: Line) -> str | None:
        """Return the scope of a row, or None when it names none of the plant's."""
        return word_of(line, "scope", self._scopes)

    def quantity(self, line: Line) -> tuple[str, Item] | None:
        """Return quantity and item of a row, or None when a fault was noted."""
        scope = self.scope(line)
        group = word_of(line, "group", _GROUPS)
        if group is None:
            return None
        item_name = word_of(line, "item", _ITEMS[group])
        stream = self._stream(line, scope, group)
        if scope is None or item_name is None or stream is None:
            return None
        parts = [scope, group, stream, item_name] if stream else [scope, group, item_name]
        quantity = ".".join(parts)
        item = items.item_of(quantity)
        return None if item is None else (quantity, item)

    def described(self, line: Line, quantity: str, item: Item) -> Subject | None:
        """Return the subject of a quantity that is known, with unit, basis, place and origin of the row."""
        before = len(line.faults)
        unit = self._unit(line, item)
        basis = self._needed(line, "basis", _BASES, needed=item.needs_basis, item=item)
        place = self._needed(line, "place", _PLACES, needed=item.needs_place, item=item)
        origin = word_of(line, "origin", _ORIGINS) if "origin" in line.table.columns else None
        evidence = "; ".join(text for text in (line.text("source"), line.text("evidence")) if text)
        if len(line.faults) > before or unit is None:
            return None
        return Subject(
            quantity,
            item,
            unit,
            Basis(basis) if basis else None,
            Place(place) if place else None,
            Origin(origin) if origin else Origin.MANUAL,
            evidence,
            *bounds(item, unit),
        )

    def _needed(self, line: Line, column: str, known: Mapping[str, str], *, needed: bool, item: Item) -> str | None:
        """Return the basis or place of a row; it must be there where the item needs it."""
        if column not in line.table.columns:
            return None
        before = len(line.faults)
        text = line.text(column)
        if text not in _DASHES:
            found = known.get(folded(text))
            if found is None:
                line.fault("cell.word", column, nearest=nearest(text, known), **listed(known))
            return found
        if needed and len(line.faults) == before:
            line.fault(f"cell.{column}_blank", column, item_zh=item.title["zh"], item_en=item.title["en"], **listed(known))
        return None

    def _unit(self, line: Line, item: Item) -> str | None:
        if "unit" not in line.table.columns:
            return None
        before = len(line.faults)
        text = line.text("unit")
        allowed = ", ".join(item.units)
        if not text:
            if len(line.faults) == before:
                line.fault("cell.blank", "unit", known=allowed)
            return None
        found = _UNITS.get(plain_unit(text))
        if found not in item.units:
            line.fault("cell.unit", "unit", item_zh=item.title["zh"], item_en=item.title["en"], known=allowed)
            return None
        return found

    def _stream(self, line: Line, scope: str | None, group: str) -> str | None:
        """Return the stream of a row, ``""`` for a group without streams, None when a fault was noted."""
        if "stream" not in line.table.columns:
            return None
        before = len(line.faults)
        text = line.text("stream")
        if len(line.faults) > before or scope is None:
            return None
        if group in items.PLAIN:
            if text in _DASHES:
                return ""
            line.fault("cell.stream_unneeded", "stream", group=group, **_words("group", title_of(GROUPS, group)))
            return None
        known = self._streams.get((scope, group), {})
        if text in _DASHES:
            line.fault("cell.blank", "stream", **listed(known))
            return None
        found = known.get(folded(text))
        if found is None:
            scope_title = self._scopes.shown.get(scope, {"zh": scope, "en": scope})
            words = {**_words("group", title_of(GROUPS, group)), **_words("scope", scope_title), **listed(known)}
            line.fault("cell.stream", "stream", scope=scope, group=group, nearest=nearest(text, known), **words)
        return found


def word_of(line: Line, column: str, known: Mapping[str, str]) -> str | None:
    """Return what the word in a cell means; a blank or unknown word is noted as a fault and gives None."""
    if column not in line.table.columns:
        return None
    before = len(line.faults)
    text = line.text(column)
    if not text:
        if len(line.faults) == before:
            line.fault("cell.blank", column, **listed(known))
        return None
    found = known.get(folded(text))
    if found is None:
        line.fault("cell.word", column, nearest=nearest(text, known), **listed(known))
    return found


def range_fault(value: Decimal, subject: Subject) -> tuple[str, dict[str, str]]:
    """Return the fault of a value outside the range of its item: its code, and fields with the unit it would fit."""
    lowest, highest = subject.lowest, subject.highest
    fields = {
        "unit": subject.unit,
        "lowest": "−∞" if lowest is None else _bound(lowest),
        "highest": "∞" if highest is None else _bound(highest),
        "item_zh": subject.item.title["zh"],
        "item_en": subject.item.title["en"],
    }
    if value < 0:
        return "range.negative", fields
    fitting = [unit for unit in subject.item.units if unit != subject.unit and _fits(value, subject, unit)]
    if subject.unit == "1" and "%" in fitting:
        return "range.percent", {**fields, "fraction": f"{convert(value, '%', '1').normalize():f}"}
    if subject.unit == "%" and "1" in fitting:
        return "range.fraction", {**fields, "percent": f"{convert(value, '1', '%').normalize():f}"}
    if fitting:
        return "range.unit", {**fields, "fitting": ", ".join(fitting)}
    return "range.outside", fields


def _bound(value: Decimal) -> str:
    """Return a bound as a message shows it: six digits, for a converted one may have no end."""
    return f"{value.normalize(Context(prec=6)):f}"


def _fits(value: Decimal, subject: Subject, unit: str) -> bool:
    """Say whether a value would lie in range were it given in another unit of the same thing."""
    if UNITS[unit].dimension != UNITS[subject.unit].dimension or unit == "t":
        return False
    if bounds(subject.item, unit) == bounds(subject.item, subject.unit):
        return False
    lowest, highest = bounds(subject.item, unit)
    return (lowest is None or value >= lowest) and (highest is None or value <= highest)


def _words(name: str, title: Mapping[str, str]) -> dict[str, str]:
    """Return a title as the fields of a message, one a language."""
    return {f"{name}_{language}": word for language, word in title.items()}


def _scope_words(plant: Plant) -> Known:
    pairs = [(word, f"line.{line.id}") for line in plant.lines for word in line.title.values()]
    pairs += [(word, f"facility.{facility.id}") for facility in plant.facilities for word in facility.title.values()]
    ids = [f"line.{line.id}" for line in plant.lines] + [f"facility.{facility.id}" for facility in plant.facilities]
    shown: dict[str, Mapping[str, str]] = {f"line.{line.id}": line.title for line in plant.lines}
    shown |= {f"facility.{facility.id}": facility.title for facility in plant.facilities}
    known = {**unambiguous(pairs), **by_word(SCOPES), **{folded(scope): scope for scope in ids}}
    return Known(known, {**titles_of(SCOPES), **shown})


def _streams(plant: Plant) -> dict[tuple[str, str], dict[str, str]]:
    """Return scope and group → word → id of every stream, clinker and product rows may name."""
    offered: dict[tuple[str, str], list[tuple[str, Mapping[str, str]]]] = {}
    for stream in plant.streams:
        for scope in (stream.scope, *(f"line.{line}" for line in stream.shared_by)):
            offered.setdefault((scope, stream.kind), []).append((stream.id, stream.title))
    for line in plant.lines:
        for scope in (f"line.{line.id}", "site", "enterprise"):
            offered.setdefault((scope, "clinker"), []).extend((clinker.id, clinker.title) for clinker in line.clinkers)
    offered["enterprise", "product"] = [(product.id, product.title) for product in plant.products]
    offered["enterprise", "precursor"] = [(product.id, product.title) for product in plant.precursors]
    return {
        place: {
            **unambiguous((word, key) for key, title in things for word in title.values()),
            **{folded(key): key for key, _ in things},
        }
        for place, things in offered.items()
    }
