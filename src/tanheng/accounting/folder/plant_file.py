"""``plant.yaml`` (schema ``plant/1``): who accounts which year, with which lines, streams and facilities.

The keys and what each means stand in the template and in ``docs/how-to/prepare-a-plant-year``.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from tanheng.accounting.entries import Cell
from tanheng.accounting.folder.errors import Faults
from tanheng.accounting.folder.heads import period_of_head
from tanheng.accounting.folder.nodes import Node, read_nodes
from tanheng.accounting.folder.numerals import parse
from tanheng.accounting.folder.words import nearest
from tanheng.accounting.plant import (
    Clinker,
    DeclaredNone,
    Facility,
    Line,
    Place,
    Plant,
    Product,
    Stream,
    StreamKind,
    Words,
)
from tanheng.core.errors import PeriodError
from tanheng.core.period import DEFAULT_ZONE, months_of, parse_day, zone

SCHEMA = "plant/1"
BOUNDARIES = ("cooler", "silo")

REQUIRED = ("schema", "id", "title", "province", "year", "periods", "rulebook", "clinker_boundary", "lines", "streams")
OPTIONAL = (
    "credit_code",
    "zone",
    "prepared",
    "constructed",
    "choices",
    "required_uncertainty",
    "facilities",
    "products",
    "precursors",
    "declared_none",
)

_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*")


Items = Mapping[StreamKind, Collection[str]]
"""For each kind of stream the keys it may have; a kind that is not there takes any word."""


@dataclass(frozen=True, slots=True)
class Known:
    """The words of the rule pack a plant may use, items by rule book; what is empty is not checked."""

    items: Callable[[str], Items] = lambda _: {}
    clinkers: Collection[str] = ()
    rulebooks: Collection[str] = ()
    devices: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class PlantFile:
    """The plant, and where its parts stand in the file, by names such as ``line.1``, ``line.1.fuel.coal``, ``row.other``."""

    plant: Plant
    places: Mapping[str, Cell]


def read_plant(data: bytes, *, file: str, known: Known, faults: Faults) -> PlantFile | None:
    """Return the plant of a file, as far as it goes; every fault is noted.

    None when year, periods or lines are not there, for then no row can be judged.
    """
    root = read_nodes(data, file=file, faults=faults)
    if root is None:
        return None
    reader = _Reader(known)
    plant = reader.plant(root)
    return PlantFile(plant, reader.places) if plant.year and plant.periods and plant.lines else None


class _Reader:
    """Reads the parts of the file and keeps their places."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._items: Items = {}
        self.places: dict[str, Cell] = {}

    def plant(self, root: Node) -> Plant:
        parts = root.mapping(REQUIRED, OPTIONAL)
        parts["schema"].choice((SCHEMA,)) if "schema" in parts else ""
        rulebook = self._rulebook(parts.get("rulebook"))
        self._items = self._known.items(rulebook)
        year = _year(parts.get("year"))
        lines = _each(parts.get("lines"), self._line)
        facilities = _each(parts.get("facilities"), self._facility)
        if "lines" in parts and not lines:
            parts["lines"].fault("no_lines", value="")
        scopes = [f"line.{line.id}" for line in lines] + [f"facility.{facility.id}" for facility in facilities]
        return Plant(
            id=_id(parts.get("id")),
            title=_words(parts.get("title")),
            credit_code=_text(parts.get("credit_code")),
            province=_id(parts.get("province")),
            year=year,
            periods=_periods(parts.get("periods"), year),
            lines=tuple(lines),
            streams=tuple(_each(parts.get("streams"), lambda node: self._stream(node, (*scopes, "site", "enterprise")))),
            rulebook=rulebook,
            clinker_boundary=parts["clinker_boundary"].choice(BOUNDARIES) if "clinker_boundary" in parts else "",
            zone=_zone(parts.get("zone")),
            facilities=tuple(facilities),
            products=tuple(_each(parts.get("products"), lambda node: self._product(node, "product"))),
            precursors=tuple(_each(parts.get("precursors"), lambda node: self._product(node, "precursor"))),
            declared_none=tuple(_each(parts.get("declared_none"), self._declared_none)),
            choices=_texts(parts.get("choices")),
            required_uncertainty=_texts(parts.get("required_uncertainty")),
            constructed=_words(parts["constructed"]) if "constructed" in parts else None,
            prepared=_day(parts.get("prepared")),
        )

    def _rulebook(self, node: Node | None) -> str:
        text = node.text() if node else ""
        if node and text and self._known.rulebooks and text not in self._known.rulebooks:
            node.fault("choice", known=", ".join(self._known.rulebooks), nearest=nearest(text, self._known.rulebooks))
        return text

    def _line(self, node: Node) -> Line:
        parts = node.mapping(("id", "title", "capacity", "kiln", "clinkers"), ("attributes",))
        identifier = self._own_id(parts.get("id"), "line")
        clinkers = _each(parts.get("clinkers"), lambda item: self._clinker(item, identifier))
        return Line(
            id=identifier,
            title=_words(parts.get("title")),
            capacity=_number(parts.get("capacity")),
            kiln=_text(parts.get("kiln")),
            clinkers=tuple(clinkers),
            attributes=_texts(parts.get("attributes")),
        )

    def _clinker(self, node: Node, line: str) -> Clinker:
        parts = node.mapping(("id", "kind", "title"))
        identifier = self._own_id(parts.get("id"), f"line.{line}.clinker")
        kind = parts["kind"].text() if "kind" in parts else ""
        if kind and self._known.clinkers and kind not in self._known.clinkers:
            known = sorted(self._known.clinkers)
            parts["kind"].fault("item", known=_some(known), nearest=nearest(kind, known), kind="clinker")
        return Clinker(identifier, kind, _words(parts.get("title")))

    def _facility(self, node: Node) -> Facility:
        parts = node.mapping(("id", "title"))
        return Facility(self._own_id(parts.get("id"), "facility"), _words(parts.get("title")))

    def _product(self, node: Node, role: str) -> Product:
        parts = node.mapping(("id", "title"), ("code",))
        return Product(self._own_id(parts.get("id"), role), _words(parts.get("title")), _text(parts.get("code")))

    def _declared_none(self, node: Node) -> DeclaredNone:
        parts = node.mapping(("row", "reason"))
        row = parts["row"].text() if "row" in parts else ""
        if row and not _KEY.fullmatch(row):
            parts["row"].fault("id")
        self._take(parts.get("row"), f"row.{row}")
        return DeclaredNone(row, _words(parts.get("reason")))

    def _stream(self, node: Node, scopes: Collection[str]) -> Stream:
        parts = node.mapping(("id", "kind", "item", "scope", "place", "title"), ("device", "shared_by", "ownership"))
        kind = StreamKind(parts["kind"].choice(list(StreamKind), otherwise=StreamKind.FUEL) if "kind" in parts else "fuel")
        scope = parts["scope"].choice(scopes) if "scope" in parts else ""
        identifier = self._own_id(parts.get("id"), f"{scope}.{kind}")
        place = parts["place"].choice(list(Place), otherwise=Place.OTHER) if "place" in parts else Place.OTHER
        shared = tuple(item.text() for item in parts["shared_by"].items()) if "shared_by" in parts else ()
        self._check_sharing(node, parts, scope, shared, scopes)
        for line in shared:
            self._take(parts.get("id"), f"line.{line}.{kind}.{identifier}")
        return Stream(
            id=identifier,
            kind=kind,
            item=self._item(parts.get("item"), kind),
            scope=scope,
            place=Place(place),
            title=_words(parts.get("title")),
            device=self._device(parts.get("device")),
            shared_by=shared,
            ownership=_words(parts["ownership"]) if "ownership" in parts else {},
        )

    def _check_sharing(
        self, node: Node, parts: Mapping[str, Node], scope: str, shared: Collection[str], scopes: Collection[str]
    ) -> None:
        """Note a stream of the site that no line shares, and one of a line that others share."""
        if scope == "site" and not shared:
            node.fault("unshared", value=scope)
        elif scope and scope != "site" and shared:
            parts["shared_by"].fault("shared", value=", ".join(shared), scope=scope)
        lines = [name.removeprefix("line.") for name in scopes if name.startswith("line.")]
        for line in shared:
            if line not in lines:
                parts["shared_by"].fault("choice", value=line, known=", ".join(lines), nearest=nearest(line, lines))

    def _item(self, node: Node | None, kind: StreamKind) -> str:
        text = _id(node)
        known = sorted(self._items.get(kind, ()))
        if node and text and known and text not in known:
            node.fault("item", known=_some(known), nearest=nearest(text, known), kind=kind.value)
        return text

    def _device(self, node: Node | None) -> str:
        """Return the combustion device of a stream: blank, or a word the tables know."""
        text = _text(node)
        known = sorted(self._known.devices)
        if node and text and known and text not in known:
            node.fault("choice", known=", ".join(known), nearest=nearest(text, known))
        return text

    def _own_id(self, node: Node | None, prefix: str) -> str:
        identifier = _id(node)
        if identifier:
            self._take(node, f"{prefix}.{identifier}")
        return identifier

    def _take(self, node: Node | None, name: str) -> None:
        """Keep the place of a part; one that is there already is a fault."""
        if node is None:
            return
        if name in self.places:
            node.fault("id_twice", id=name, first=str(self.places[name]))
        self.places.setdefault(name, node.cell)


_Part = TypeVar("_Part")


def _each(node: Node | None, read: Callable[[Node], _Part]) -> list[_Part]:
    return [] if node is None else [read(item) for item in node.items()]


def _text(node: Node | None) -> str:
    return "" if node is None else node.text(blank=True)


def _words(node: Node | None) -> Words:
    return {"zh": "", "en": ""} if node is None else node.words()


def _texts(node: Node | None) -> dict[str, str]:
    return {} if node is None else {key: item.text(blank=True) for key, item in node.mapping((), None).items()}


def _id(node: Node | None) -> str:
    text = node.text() if node else ""
    if node and text and not _ID.fullmatch(text):
        node.fault("id")
        return ""
    return text


def _year(node: Node | None) -> int:
    text = node.text() if node else ""
    if re.fullmatch(r"20[0-9]{2}", text):
        return int(text)
    if node and text:
        node.fault("year")
    return 0


def _number(node: Node | None) -> Decimal:
    text = node.text() if node else ""
    found = parse(text, unit="t/d") if text else "blank"
    if isinstance(found, Decimal) and found > 0:
        return found
    if node and text:
        node.fault("number")
    return Decimal(0)


def _periods(node: Node | None, year: int) -> tuple[str, ...]:
    """Return the periods: ``months`` for the twelve, ``year`` for the one, or a list of months of the year in order."""
    if node is None or not year:
        return ()
    if node.raw_text():
        word = node.choice(("months", "year"))
        return (str(year),) if word == "year" else tuple(str(month) for month in months_of(year))
    found = [(item, period_of_head(item.text(), year=year)) for item in node.items()]
    months = {str(month) for month in months_of(year)}
    for item, period in found:
        if period not in months:
            item.fault("period", year=year)
    periods = [period for _, period in found if period is not None]
    if periods != sorted(set(periods)):
        node.fault("period_order", value=", ".join(periods))
    if not periods:
        node.fault("blank")
    return tuple(periods)


def _zone(node: Node | None) -> str:
    text = node.text() if node else DEFAULT_ZONE
    try:
        zone(text or DEFAULT_ZONE)
    except PeriodError:
        if node:
            node.fault("zone")
    return text


def _day(node: Node | None) -> datetime.date | None:
    text = _text(node)
    try:
        return parse_day(text) if text else None
    except PeriodError:
        if node:
            node.fault("day")
        return None


def _some(known: Iterable[str]) -> str:
    listed = list(known)
    return ", ".join(listed[:40]) + (" …" if len(listed) > 40 else "")
