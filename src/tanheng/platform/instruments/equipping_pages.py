"""The equipping rate (配备率) as pages: the rate of a day with its gaps, and the workbook; history and what-if stand beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tanheng.metrology.equipping import Beside, Cure, Gap
from tanheng.platform.instruments import equipping, equipping_file, equipping_history_pages, equipping_trying_pages
from tanheng.platform.instruments.equipping_base import EquippingPage, Link
from tanheng.platform.instruments.equipping_needed import required_set
from tanheng.platform.record.sniffing import XLSX
from tanheng.platform.ui.language import language


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


@dataclass(frozen=True, slots=True)
class ShownBeside:
    """An instrument in use without valid traceability beside one that counts."""

    item: Link
    points: Sequence[Link]
    good: Sequence[Link]
    reasons: Sequence[str]
    verdict: Promise | str
    look: str


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
            "beside": [self._beside(one) for one in self.counted.beside],
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

    def _beside(self, one: Beside) -> ShownBeside:
        verdict, look = equipping.OUTCOMES[one.outcome]
        return ShownBeside(
            item=self.item(one.item),
            points=[self.link(code, "points") for code in one.points],
            good=[self.item(code) for code in one.good],
            reasons=[equipping.reason_text(reason, language()) for reason in one.reasons],
            verdict=verdict,
            look=look,
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
    *equipping_history_pages.urlpatterns,
    *equipping_trying_pages.urlpatterns,
    path("equipping-rate/file.xlsx", RateFile.as_view(), name="equipping-file"),
]
