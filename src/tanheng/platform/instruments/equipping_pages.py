"""The equipping rate (配备率) as pages: the rate of a day with its gaps, its history, what would be if, and the workbook."""

from __future__ import annotations

import datetime
import functools
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tanheng.core.errors import TanhengError
from tanheng.core.period import Month
from tanheng.metrology import equipping as kernel
from tanheng.metrology.equipping import Cure, Gap, PointCount, Row
from tanheng.metrology.requirement import Basis
from tanheng.platform.instruments import equipping, equipping_file, selectors
from tanheng.platform.instruments.equipping_form import Changes
from tanheng.platform.instruments.equipping_needed import required_set
from tanheng.platform.instruments.models import Chain, Instrument
from tanheng.platform.plant.models import Point
from tanheng.platform.record.models import Version
from tanheng.platform.record.sniffing import XLSX
from tanheng.platform.ui.frame import Page
from tanheng.platform.ui.language import language, text_of
from tanheng.standards import load_pack

HISTORY_YEARS = 10
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


@dataclass(frozen=True, slots=True)
class ShownGap:
    """A gap with its reasons, its cheapest cure and what is at stake."""

    gap: Gap
    point: Link
    title: str
    reasons: Sequence[str]
    verdict: Promise | str
    look: str
    cures: Sequence[Promise | str]
    item: Link | None
    rows: str


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
        said = [*(equipping.reason_text(one, lang) for one in count.reasons), *(one.text(lang) for one in notes)]
        return ShownPoint(
            point=self.link(point.code, "points"),
            title=point.title[lang],
            parameter=self.counted.rates.rules.parameters.get(point.parameter, {}).get(lang, ""),
            items=[self.item(one.code) for one in count.items],
            is_equipped=count.is_equipped,
            texts=said,
        )


class RatePage(EquippingPage):
    """The rate of a day: bars of actual against required, gaps with the cheapest cure."""

    template = "instruments/equipping.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the page; before the plant has points, the set that its industry needs."""
        rates = self.counted.rates
        values = self.head() | {
            "is_empty": not self.counted.network.points,
            "a1": self.rows(rates.rows.values()),
            "energy": self.rows(rates.energy.values()),
            "gaps": [self._gap(gap) for gap in self.counted.gaps],
            "needed": len(rates.points),
            "equipped": sum(one.is_equipped for one in rates.points.values()),
            "outside": [self.link(code, "points") for code in rates.outside],
            "differing": self._differing(),
            "classes_page": self.address("stream-classes"),
            "prices": [(cure, word, self.wanted.prices.get(cure)) for cure, word in equipping.CURES.items()],
            "priced": bool(self.wanted.prices),
            "set": required_set() if not self.counted.network.points else [],
            "begin": self.address("standard-network"),
        }
        return self.show(values)

    def _gap(self, gap: Gap) -> ShownGap:
        verdict, look = (
            equipping.OUTCOMES[gap.outcome] if gap.outcome is not None else (_("its row is met all the same"), "calm")
        )
        lang, every = language(), self.counted.rates.every
        titles = [equipping.row_title(key, every[key], lang) for key in gap.rows]
        return ShownGap(
            gap=gap,
            point=self.link(gap.point.code, "points"),
            title=gap.point.title[lang],
            reasons=[equipping.reason_text(reason, lang) for reason in gap.reasons],
            verdict=verdict,
            look=look,
            cures=[equipping.CURES[cure] for cure in gap.way.cures],
            item=self.item(gap.way.item) if gap.way.item and gap.way.cures != (Cure.BUY,) else None,
            rows="；".join(titles) if lang == "zh" else "; ".join(titles),
        )

    def _differing(self) -> list[tuple[str, str, str]]:
        """Return streams whose class hangs on how the “or” is read: title, class used, class by the other reading."""
        classified = self.counted.classes.by_rule_set[f"cn.{self.wanted.rule_set}.source_stream"].streams
        lang = language()
        return [
            (one.stream.title[lang], str(equipping.GRADES[one.grade]), str(equipping.GRADES[one.other]))
            for one in classified
            if one.differs
        ]


class HistoryPage(EquippingPage):
    """The rate at the end of each month, by the requirements of today."""

    template = "instruments/equipping_history.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the page; ten years at most, by default those in which something happened."""
        last = Month(self.today.year, self.today.month)
        first = self._first(request.GET.get("from", ""), last)
        days = [*kernel.ends_of_months(first, last)[:-1], self.today]
        counted = self.counted
        moments = kernel.history(counted.network, counted.register, self.wanted.rules, days, emissions=counted.emissions)
        keys = [key for key in counted.rates.every if moments and key in moments[0].shares]
        chosen = request.GET.get("table", "a1")
        keys = [key for key in keys if ("." in key) == (chosen == "energy")]
        values = self.head() | {
            "table": chosen,
            "first": f"{first.year}-{first.month:02}",
            "heads": [equipping.row_title(key, counted.rates.every[key], language()) for key in keys],
            "moments": [(moment.on, [(moment.shares[key].percent, moment.shares[key]) for key in keys]) for moment in moments],
        }
        return self.show(values)

    def _first(self, text: str, last: Month) -> Month:
        oldest = Month(last.year - HISTORY_YEARS, last.month)
        try:
            wanted = Month.parse(text)
        except TanhengError:
            begun = min((one.start for one in self.counted.register.installations), default=self.today)
            wanted = Month(begun.year, begun.month)
        return max(oldest, min(wanted, last), key=lambda one: (one.year, one.month))


class WhatIfPage(EquippingPage):
    """What changes that nobody has made yet would do. Nothing is kept."""

    template = "instruments/equipping_what_if.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the form, and below it what the changes filled in would do."""
        form = Changes(request.GET if "changes-TOTAL_FORMS" in request.GET else None, counted=self.counted, on=self.wanted.on)
        difference, refusal = None, ""
        if form.is_bound and form.is_valid():
            try:
                difference = kernel.what_if(
                    self.counted.network,
                    self.counted.register,
                    self.wanted.rules,
                    form.changes(),
                    on=self.wanted.on,
                    emissions=self.counted.emissions,
                )
            except TanhengError as error:
                refusal = text_of(error)
        status = 400 if refusal or (form.is_bound and not form.is_valid()) else 200
        return self.show(self.head() | {"form": form, "refusal": refusal} | self._shown(difference), status=status)

    def _shown(self, difference: kernel.Difference | None) -> dict[str, Any]:  # Any: template context
        if difference is None:
            return {"difference": None}
        pairs = [(before, after) for before, after in difference.rows]
        lang = language()
        return {
            "difference": difference,
            "pairs": list(zip(self.rows(row for row, _ in pairs), self.rows(row for _, row in pairs), strict=True)),
            "gained": [
                (self.link(code, "points"), difference.after.points[code].point.title[lang]) for code in difference.gained
            ],
            "lost": [
                (
                    self.link(code, "points"),
                    difference.after.points[code].point.title[lang],
                    [equipping.reason_text(reason, lang) for reason in difference.after.points[code].reasons],
                )
                for code in difference.lost
            ],
        }


class RateFile(EquippingPage):
    """The rates, gaps and points of a day as a workbook."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the file; the same ledgers and the same day give the same bytes."""
        data = equipping_file.workbook(self.plant, self.wanted, self.counted, lang=language())
        answer = HttpResponse(data, content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="{self.plant.code}-equipping-rate-{self.wanted.on}.xlsx"'
        return answer


urlpatterns: list[URLPattern] = [
    path("equipping-rate/", RatePage.as_view(), name="equipping-rate"),
    path("equipping-rate/history/", HistoryPage.as_view(), name="equipping-history"),
    path("equipping-rate/what-if/", WhatIfPage.as_view(), name="equipping-what-if"),
    path("equipping-rate/file.xlsx", RateFile.as_view(), name="equipping-file"),
]


def _place_of(basis: Basis) -> str:
    """Return where a requirement stands, and the doubt that goes with it."""
    note = basis.note[language()] if basis.note is not None else ""
    return f"{basis.place[language()]}\n{note}" if note else basis.place[language()]
