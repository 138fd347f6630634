"""What the pages of the equipping rate (配备率) share: what was asked, the count, and how rows and points are shown."""

from __future__ import annotations

import datetime
import functools
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from tanheng.metrology import equipping as kernel
from tanheng.metrology.equipping import PointCount, Row
from tanheng.metrology.requirement import Basis
from tanheng.platform.instruments import equipping, selectors
from tanheng.platform.instruments.models import Chain, Instrument
from tanheng.platform.plant.models import Point
from tanheng.platform.record.models import Version
from tanheng.platform.ui.frame import Page
from tanheng.platform.ui.language import language
from tanheng.standards import load_pack

_LEDGERS: Mapping[str, type[Version]] = {"instruments": Instrument, "chains": Chain, "points": Point}


@dataclass(frozen=True, slots=True)
class Link:
    """A code with where its record is; the address is empty where there is none."""

    code: str
    address: str


@dataclass(frozen=True, slots=True)
class ShownPoint:
    """A point of a row: where it is, what stands there, and what is said of it."""

    point: Link
    title: str
    parameter: str
    items: Sequence[Link]
    is_equipped: bool
    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of a table of rates; widths are parts of a bar that is 100 wide."""

    key: str
    title: str
    row: Row
    required: str
    rate: str
    bar: str
    verdict: Promise | str
    look: str
    source: str
    place: str
    points: Sequence[ShownPoint]


class EquippingPage(Page):
    """What the pages of the equipping rate share."""

    permission = "instruments.read"

    @functools.cached_property
    def today(self) -> datetime.date:
        """Return the present day at the plant."""
        return selectors.today(self.plant)

    @functools.cached_property
    def wanted(self) -> equipping.Asked:
        """Return what the address asks for."""
        return equipping.asked(self.request.GET, self.today)

    @functools.cached_property
    def counted(self) -> equipping.Counted:
        """Return the plant with its rates."""
        return equipping.count(self.actor, self.plant, self.wanted)

    @functools.cached_property
    def subjects(self) -> Mapping[tuple[str, str], uuid.UUID]:
        """Return the record of each code, by pages and code."""
        found: dict[tuple[str, str], uuid.UUID] = {}
        for pages, ledger in _LEDGERS.items():
            rows: Any = ledger._default_manager  # Any: heirs of Version; Django's documented name
            pairs = rows.filter(plant=self.plant).latest_versions().values_list("code", "subject")
            found |= {(pages, code): subject for code, subject in pairs}
        return found

    def link(self, code: str, *pages: str) -> Link:
        """Return a code with its address in the first of the ledgers that knows it."""
        for name in pages:
            subject = self.subjects.get((name, code))
            if subject is not None:
                return Link(code, self.address(f"{name}:detail", subject=subject))
        return Link(code, "")

    def item(self, code: str) -> Link:
        """Return an instrument or chain with its address."""
        return self.link(code, "instruments", "chains")

    def head(self) -> dict[str, Any]:  # Any: template context
        """Return what the head of a page needs."""
        return {
            "wanted": self.wanted,
            "today": self.today,
            "rule_sets": [(key, word, key == self.wanted.rule_set) for key, word in equipping.RULE_SET_WORDS.items()],
            "editions": [(key, f"GB 17167-{key}", key == self.wanted.edition) for key in kernel.EDITIONS],
            "units": [(key, word, key == self.wanted.unit) for key, word in equipping.UNIT_WORDS.items()],
            "rate_page": self.address("equipping-rate", query=self.wanted.query),
            "history_page": self.address("equipping-history", query=self.wanted.query),
            "what_if_page": self.address("equipping-what-if", query=self.wanted.query),
            "file": self.address("equipping-file", query=self.wanted.query),
            "energies_held": self.wanted.rules.energies_are_held(),
        }

    def rows(self, found: Iterable[Row]) -> list[ShownRow]:
        """Return rows as a table shows them."""
        return [self._row(row) for row in found]

    def _row(self, row: Row) -> ShownRow:
        verdict, look = equipping.judged(row)
        basis = row.required.basis if row.required is not None else None
        percent = row.equipped.percent
        return ShownRow(
            key=row.key,
            title=equipping.row_title(row.key, row, language()),
            row=row,
            required=f"{row.required.percent}" if row.required is not None else "",
            rate="" if percent is None else f"{percent}",
            bar="0" if percent is None else f"{percent}",
            verdict=verdict,
            look=look,
            source=self._document(basis.document) if basis is not None else "",
            place=_place_of(basis) if basis is not None else "",
            points=[self._point(count) for count in row.points],
        )

    @staticmethod
    def _document(identifier: str) -> str:
        document = load_pack().document(identifier)
        return document.number or document.title[language()]

    def _point(self, count: PointCount) -> ShownPoint:
        lang, point = language(), count.point
        notes = (*count.notes, *self.counted.rates.notes.get(point.code, ()))
        said = [
            *(equipping.reason_text(one, lang) for one in count.reasons),
            *(equipping.note_text(one, lang) for one in notes),
        ]
        return ShownPoint(
            point=self.link(point.code, "points"),
            title=point.title[lang],
            parameter=self.counted.rates.rules.parameters.get(point.parameter, {}).get(lang, ""),
            items=[self.item(one.code) for one in count.items],
            is_equipped=count.is_equipped,
            texts=said,
        )


def _place_of(basis: Basis) -> str:
    """Return where a requirement stands, and the doubt that goes with it."""
    note = basis.note[language()] if basis.note is not None else ""
    return f"{basis.place[language()]}\n{note}" if note else basis.place[language()]
