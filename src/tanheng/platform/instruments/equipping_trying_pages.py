"""What changes that nobody has made yet would do to the equipping rate (配备率), as a page. Nothing is kept."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from tanheng.core.errors import TanhengError
from tanheng.metrology import equipping as kernel
from tanheng.platform.instruments import equipping
from tanheng.platform.instruments.equipping_base import EquippingPage
from tanheng.platform.instruments.equipping_form import MOST, Changes
from tanheng.platform.ui.language import language, text_of


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
        values = {"form": form, "refusal": refusal, "most": MOST, "suggestions": self._suggestions()}
        return self.show(self.head() | values | self._shown(difference), status=status)

    def _suggestions(self) -> list[tuple[str, str, list[str], str]]:
        """Return the gaps with their cheapest cures, each to be tried with one click: point, title, cures, item."""
        lang = language()
        return [
            (gap.point.code, gap.point.title[lang], [str(equipping.CURES[cure]) for cure in gap.way.cures], gap.way.item)
            for gap in self.counted.gaps
        ]

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


urlpatterns: list[URLPattern] = [
    path("equipping-rate/what-if/", WhatIfPage.as_view(), name="equipping-what-if"),
]
