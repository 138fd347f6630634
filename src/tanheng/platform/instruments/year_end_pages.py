"""The pages of the frozen ledgers: all years, one year with its differences, and the same as a workbook."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from tanheng.accounting.plant import Words
from tanheng.core.errors import InputError
from tanheng.platform.accounts.selectors import names
from tanheng.platform.errors import ConflictError, DutiesError
from tanheng.platform.instruments import selectors, words, year_end
from tanheng.platform.instruments.models import YearEnd
from tanheng.platform.instruments.schemas.year_end_1 import FrozenRow
from tanheng.platform.record.sniffing import XLSX
from tanheng.platform.ui.frame import Page
from tanheng.platform.ui.language import text_of
from tanheng.platform.ui.naming import called
from tanheng.platform.ui.sheets import Sheet, workbook

HEADS: Mapping[str, Words] = {
    "code": {"zh": "管理编号", "en": "Instrument number"},
    "name": {"zh": "计量器具名称", "en": "Instrument"},
    "kind": {"zh": "器具类别", "en": "Kind"},
    "model": {"zh": "型号规格", "en": "Model"},
    "accuracy_class": {"zh": "准确度等级", "en": "Accuracy class"},
    "nominal_class": {"zh": "铭牌等级", "en": "Class on the nameplate"},
    "range": {"zh": "测量范围", "en": "Range"},
    "maker": {"zh": "生产厂家", "en": "Maker"},
    "serial": {"zh": "出厂编号", "en": "Serial number"},
    "place": {"zh": "安装使用地点", "en": "Place"},
    "points": {"zh": "计量点", "en": "Metering points"},
    "interval": {"zh": "检定周期/校准间隔", "en": "Cycle or interval"},
    "state": {"zh": "使用状态", "en": "State of use"},
    "trace": {"zh": "证书状态", "en": "Certificate"},
    "certificate": {"zh": "证书编号", "en": "Certificate number"},
    "issuer": {"zh": "溯源机构", "en": "Issuer"},
    "valid_to": {"zh": "有效期至", "en": "Valid to"},
    "person": {"zh": "责任人", "en": "Person in charge"},
    "seals": {"zh": "铅封号", "en": "Seals"},
}
KINDS: Mapping[str, Words] = {
    "added": {"zh": "新增", "en": "added"},
    "removed": {"zh": "减少", "en": "removed"},
    "changed": {"zh": "变更", "en": "changed"},
}
LOOKS: Mapping[str, str] = {"added": "good", "removed": "bad", "changed": "wait"}
SHOWN = ("code", "name", "kind", "accuracy_class", "points", "state", "trace", "certificate", "valid_to", "person")
"""What the page shows of a row; the workbook has all."""


class YearEndsPage(Page):
    """All frozen ledgers, and freezing the present year's."""

    permission = "instruments.read"
    template = "instruments/year_ends.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the page."""
        rows = year_end.years(self.actor, self.plant)
        people = names(row.actor for row in rows)
        listed = [(row, self.address("year-end", year=row.year), people.get(row.actor, _("the platform"))) for row in rows]
        today = selectors.today(self.plant)
        values = {
            "rows": listed,
            "year": today.year,
            "may_freeze": self.actor.may("instruments.freeze", self.plant.pk),
            "back": self.address("instruments:list"),
        }
        return self.show(values)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Freeze a year."""
        given = request.POST.get("year", "")
        year = int(given) if given.isdecimal() and len(given) == 4 else 0
        row = year_end.freeze(self.plant, year=year, actor=self.actor)
        said = {"year": row.year, "count": row.count, "index": row.log_index}
        messages.success(request, _("The ledger of %(year)s was frozen: %(count)s instruments, log index %(index)s.") % said)
        return redirect(self.address("year-end", year=row.year))


class YearEndPage(Page):
    """One frozen ledger, with what differs from the year before."""

    permission = "instruments.read"
    template = "instruments/year_end.html"

    def get(self, request: HttpRequest, year: int) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the page."""
        return self._page(year_end.year_end(self.actor, self.plant, year))

    def post(self, request: HttpRequest, year: int) -> HttpResponse:
        """Confirm it."""
        given = request.POST
        try:
            row = year_end.confirm(
                self.plant, year=year, actor=self.actor, digest=given.get("digest", ""), note=given.get("note", "")
            )
        except (InputError, ConflictError, DutiesError) as error:
            return self._page(year_end.year_end(self.actor, self.plant, year), fault=text_of(error), status=409)
        messages.success(request, _("The ledger of %(year)s is confirmed.") % {"year": row.year})
        return redirect(self.address("year-end", year=year))

    def _page(self, row: YearEnd, *, fault: str = "", status: int = 200) -> HttpResponse:
        content = year_end.content_of(row)
        found = year_end.compared(self.actor, self.plant, row)
        history = selectors.history(self.actor, YearEnd, self.plant, row.subject)
        people = names(one.actor for one in history)
        values = {
            "row": row,
            "is_draft": row.frozen_on < datetime.date(row.year, 12, 31),
            "is_first": year_end.before(self.actor, self.plant, row) is None,
            "heads": [words.said(HEADS[name]) for name in SHOWN],
            "rows": [[getattr(one, name) for name in SHOWN] for one in content.rows],
            "differences": [(one, words.said(KINDS[one.kind]), LOOKS[one.kind], _changes(one)) for one in found],
            "late": [(one, words.said(KINDS[one.kind]), LOOKS[one.kind], _changes(one)) for one in self._late(row)],
            "counts": [(words.said(KINDS[kind]), LOOKS[kind], sum(one.kind == kind for one in found)) for kind in KINDS],
            "history": [(one, people.get(one.actor, _("the platform"))) for one in history],
            "may_confirm": row.confirmed_on is None and self.actor.may("instruments.confirm_year", self.plant.pk),
            "fault": fault,
            "file": self.address("year-end-file", year=row.year),
            "back": self.address("year-ends"),
        }
        return self.show(values, status=status)

    def _late(self, row: YearEnd) -> list[year_end.Difference]:
        return year_end.late(self.actor, self.plant, row)


def _changes(one: year_end.Difference) -> list[tuple[str, str, str]]:
    return [(words.said(HEADS[name]), before, after) for name, before, after in one.changes]


class YearEndFile(Page):
    """One frozen ledger as a workbook: rows, differences, and what it is."""

    permission = "instruments.read"

    def get(self, request: HttpRequest, year: int) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the file."""
        row = year_end.year_end(self.actor, self.plant, year)
        content = year_end.content_of(row)
        names_ = [field.name for field in dataclasses.fields(FrozenRow)]
        ledger = Sheet(
            name=f"{year}",
            heads=[words.said(HEADS[name]) for name in names_],
            rows=[[getattr(one, name) for name in names_] for one in content.rows],
        )
        differing = Sheet(name=_("Differences"), heads=self._heads(), rows=self._differences(row))
        said = [
            (_("Plant"), called(self.plant.name_zh, self.plant.name_en)),
            (_("Frozen on"), row.frozen_on),
            (_("Confirmed on"), row.confirmed_on),
            (_("Digest of the rows"), row.digest),
            (_("Log index"), row.log_index),
            (_("Left out"), _("nothing: scrapped instruments are listed")),
        ]
        about = Sheet(name=_("About"), heads=[_("Item"), _("Content")], rows=said)
        answer = HttpResponse(workbook([ledger, differing, about], created=row.known_from), content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="{self.plant.code}-instruments-{year}.xlsx"'
        return answer

    def _heads(self) -> list[str]:
        return [words.said(HEADS["code"]), words.said(HEADS["name"]), _("Difference"), _("Field"), _("Before"), _("After")]

    def _differences(self, row: YearEnd) -> list[list[object]]:
        made: list[list[object]] = []
        for one in year_end.compared(self.actor, self.plant, row):
            for name, before, after in one.changes or (("", "", ""),):
                field = words.said(HEADS[name]) if name else ""
                made.append([one.code, one.name, words.said(KINDS[one.kind]), field, before, after])
        return made
