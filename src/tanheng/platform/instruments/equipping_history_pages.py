"""The history of the equipping rate (配备率) as a page: the rate of each month, and by what it was counted."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from tanheng.core.errors import TanhengError
from tanheng.core.period import Month
from tanheng.metrology import equipping as kernel
from tanheng.metrology.equipping.rules import LEVELS
from tanheng.platform.instruments import equipping, equipping_history
from tanheng.platform.instruments.equipping_base import EquippingPage, Link
from tanheng.platform.ui.language import language

HISTORY_YEARS = 10


class HistoryPage(EquippingPage):
    """The rate at the end of each month: by what was asked then, or by what is asked today."""

    template = "instruments/equipping_history.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the page; ten years at most, by default those in which something happened."""
        last = Month(self.today.year, self.today.month)
        first = self._first(request.GET.get("from", ""), last)
        days = [*kernel.ends_of_months(first, last)[:-1], self.today]
        is_of_today = request.GET.get("by", "") == "today"
        made, told = ([], []) if is_of_today else self._stretches(days)
        moments = self._by_today(days) if is_of_today else kernel.history_of(made, self.counted.register, days)
        titles = self._titles(made)
        chosen = request.GET.get("table", "a1")
        known = {key for moment in moments for key in moment.shares}
        keys = [key for key in titles if key in known and ("." in key) == (chosen == "energy")]
        values = self.head() | {
            "table": chosen,
            "by": "today" if is_of_today else "then",
            "first": f"{first.year}-{first.month:02}",
            "heads": [titles[key] for key in keys],
            "moments": [(moment.on, [_cell(moment.shares.get(key)) for key in keys]) for moment in moments],
            "stretches": [(one, self._edition(one)) for one in told],
        }
        return self.show(values)

    def _by_today(self, days: Sequence[datetime.date]) -> tuple[kernel.Moment, ...]:
        counted = self.counted
        return kernel.history(counted.network, counted.register, self.wanted.rules, days, emissions=counted.emissions)

    def _stretches(self, days: Sequence[datetime.date]) -> tuple[list[kernel.Stretch], list[equipping_history.Told]]:
        editions = equipping_history.as_built(self.actor, self.plant)
        return equipping_history.stretches(self.counted, self.wanted, editions, first=days[0], last=days[-1])

    def _edition(self, told: equipping_history.Told) -> Link | None:
        """Return the edition of a stretch with its drawing; None where the network of today stands in."""
        if told.edition is None:
            return None
        title = f"{told.edition.title} · {told.edition.drawn_on}"
        return Link(title, self.address("metering-network", query={"edition": str(told.edition.subject)}))

    def _titles(self, made: Sequence[kernel.Stretch]) -> dict[str, str]:
        """Return the titles of all rows of both tables, in their order."""
        lang = language()
        rules = [self.wanted.rules, *(one.rules for one in made)]
        found = {key: one.titles[key][lang] for one in rules for key in one.rows}
        for energy, title in self.wanted.rules.energies.items():
            for level, key in LEVELS.items():
                found[kernel.energy_key(energy, level)] = f"{title[lang]} · {equipping.LEVEL_WORDS[key]}"
        return found

    def _first(self, text: str, last: Month) -> Month:
        oldest = Month(last.year - HISTORY_YEARS, last.month)
        try:
            wanted = Month.parse(text)
        except TanhengError:
            begun = min((one.start for one in self.counted.register.installations), default=self.today)
            wanted = Month(begun.year, begun.month)
        return max(oldest, min(wanted, last), key=lambda one: (one.year, one.month))


def _cell(share: kernel.Share | None) -> tuple[Decimal | None, kernel.Share | None]:
    """Return what a cell of the history shows; nothing where no table asked for the row on that day."""
    return (share.percent, share) if share is not None else (None, None)


urlpatterns: list[URLPattern] = [
    path("equipping-rate/history/", HistoryPage.as_view(), name="equipping-history"),
]
