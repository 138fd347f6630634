"""The overview: what is set up, what needs somebody, what the log holds."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tanheng.core import messages as texts
from tanheng.core.errors import InputError
from tanheng.core.period import PlantClock
from tanheng.platform.accounts.models import User
from tanheng.platform.accounts.roles import Role
from tanheng.platform.accounts.selectors import active_grants
from tanheng.platform.errors import ConflictError
from tanheng.platform.notice.alarms import open_alarms
from tanheng.platform.notice.models import Alarm, Duty
from tanheng.platform.plant.models import ClinkerBoundary, Enterprise, Line, Permit, Point, Site, SourceStream
from tanheng.platform.record import clock, sequencer, tenants
from tanheng.platform.record.actor import require
from tanheng.platform.record.models import LogEntry, Plant, Version
from tanheng.platform.ui.forms import dress
from tanheng.platform.ui.frame import Page
from tanheng.platform.ui.language import language, text_of

# What a plant that reports cannot do without.
_ENTERPRISE = ("name_zh", "credit_code", "region", "address", "industry", "legal_representative", "carbon_manager", "telephone")
_SITE = ("name_zh", "kind", "address", "longitude", "latitude")
_LINE = ("name_zh", "site", "clinker", "commissioned_on")
_PERMIT = ("number", "authority", "issued_on")
_STREAM = ("name_zh", "emission")
_POINT = ("place", "collecting")
_PLANNED = (gettext_lazy("Terminals"),)
_ROLES = (Role.CARBON_MANAGER, Role.STATISTICIAN, Role.ANALYST, Role.METROLOGIST, Role.REVIEWER)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of setting a plant up; without an address its page does not exist yet."""

    title: Promise | str
    help: Promise | str
    percent: int
    address: str = ""

    @property
    def is_done(self) -> bool:
        """Tell whether nothing is missing."""
        return self.percent == 100


def filled(rows: Sequence[Version], fields: Sequence[str]) -> int:
    """Return the share of cells that are filled in, in percent, never rounded up to 100; 0 without rows."""
    cells = [getattr(row, field) not in (None, "") for row in rows for field in fields]
    return 100 * sum(cells) // len(cells) if cells else 0


class Overview(Page):
    """The first page."""

    template = "ui/overview.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the page; without a plant, the way to found one."""
        plant = self.choices.plant
        if plant is None:
            return self.show({"may_found": self.actor.may("record.found_plant", None)}, template="ui/no_plant.html")
        now = timezone.now()
        last = sequencer.last_checkpoint(plant)
        witnessed = sequencer.last_checkpoint(plant, cosigned=True)
        lines = self._rows(Line)
        values = {
            "steps": self._steps(lines),
            "planned": _PLANNED,
            "line_rows": [
                (line, self.address("lines:detail", subject=line.subject))
                for line in lines
                if self.choices.line in ("", line.code)
            ],
            "may_found": self.actor.may("record.found_plant", None),
            "has_factor": isinstance(self.request.user, User) and is_mfa_enabled(self.request.user),
            "alarms": self._alarms(plant, now),
            "duties": list(Duty.objects.filter(plant=plant, done_at__isnull=True).order_by("due_on")[:6]),
            "today": PlantClock(plant.zone).local(clock.now_ms(plant)).date(),
            "entries": plant.next_index,
            "checkpoint": last,
            "witnessed": witnessed,
            "waiting": plant.next_index - (last.size if last is not None else 0),
            "days": self._entries_by_day(plant),
            "plants": self._plants() if len(self.choices.plants) > 1 else [],
        }
        return self.show(values)

    def _rows(self, model: Any) -> list[Any]:  # Any: heirs of Version
        rows: QuerySet[Any] = model.objects.filter(plant=self.plant).latest_versions()
        return list(rows.order_by("id"))

    def _steps(self, lines: list[Line]) -> list[Step]:
        held = set(active_grants().filter(plant=self.plant).values_list("role", flat=True))
        people = 100 * sum(role in held for role in _ROLES) // len(_ROLES)
        may_manage = self.actor.may("accounts.manage", self.plant.pk)
        return [
            Step(
                _("Enterprise"), _("who reports"), filled(self._rows(Enterprise), _ENTERPRISE), self.address("enterprises:list")
            ),
            Step(_("Sites"), _("where it works"), filled(self._rows(Site), _SITE), self.address("sites:list")),
            Step(_("Production lines"), _("what it makes clinker with"), filled(lines, _LINE), self.address("lines:list")),
            Step(
                _("Permits"), _("what authorities allowed"), filled(self._rows(Permit), _PERMIT), self.address("permits:list")
            ),
            Step(
                _("Boundary"),
                _("which clinker boundary it reports by"),
                filled(self._rows(ClinkerBoundary), ("definition",)),
                self.address("boundary"),
            ),
            Step(
                _("Source streams"),
                _("what emits CO₂, and about how much"),
                filled(self._rows(SourceStream), _STREAM),
                self.address("source-streams:list"),
            ),
            Step(
                _("Metering points"), _("where it is metered"), filled(self._rows(Point), _POINT), self.address("points:list")
            ),
            Step(
                _("People"),
                _("carbon manager, statistician, analyst, metering engineer, reviewer"),
                people,
                self.address("people") if may_manage else "",
            ),
        ]

    def _alarms(self, plant: Plant, now: datetime.datetime) -> list[tuple[Alarm, str]]:
        if not self.actor.may("notice.read", plant.pk):
            return []
        rows = open_alarms(plant.pk, now=now)[:6]
        return [(alarm, texts.render(alarm.code, language(), alarm.fields)) for alarm in rows]

    def _entries_by_day(self, plant: Plant) -> list[tuple[datetime.date, int]]:
        zone = PlantClock(plant.zone)
        span = zone.month(self.choices.period)
        rows = LogEntry.objects.filter(plant=plant, at__gte=clock.to_datetime(span.start), at__lt=clock.to_datetime(span.end))
        counted = dict(
            rows.annotate(day=TruncDate("at", tzinfo=ZoneInfo(plant.zone)))
            .values("day")
            .annotate(count=Count("id"))
            .order_by()
            .values_list("day", "count")
        )
        return [(day, counted.get(day, 0)) for day in zone.days_of(self.choices.period)]

    def _plants(self) -> list[tuple[Plant, str, int]]:
        counts = dict(
            Line.objects.latest_versions().order_by().values("plant").annotate(count=Count("id")).values_list("plant", "count")
        )
        return [
            (plant, self.address("overview", query={"plant": plant.code}), counts.get(plant.pk, 0))
            for plant in self.choices.plants
        ]


class FoundForm(forms.Form):
    """A new plant."""

    code = forms.CharField(
        label=pgettext_lazy("of a record", "Code"),
        max_length=64,
        help_text=gettext_lazy("Lower-case letters, digits and hyphens. It names the plant's log for ever."),
    )
    name_zh = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=200, required=False)


class FoundPlant(Page):
    """Founding a plant and beginning its log."""

    template = "ui/found_plant.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the form."""
        require(self.actor, "record.found_plant", None)
        return self._page(FoundForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Found the plant."""
        require(self.actor, "record.found_plant", None)
        form = FoundForm(request.POST)
        if form.is_valid():
            try:
                plant = tenants.found(actor=self.actor, **form.cleaned_data)
            except (InputError, ConflictError) as error:
                form.add_error("code", text_of(error))
            else:
                messages.success(request, _("“%(name)s” was founded; its log has begun.") % {"name": plant.name_zh})
                return redirect(self.address("overview", query={"plant": plant.code}))
        return self._page(form)

    def _page(self, form: FoundForm) -> HttpResponse:
        dress(form)
        return self.show({"form": form}, status=400 if form.errors else 200)
