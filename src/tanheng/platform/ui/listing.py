"""A ledger's list: filter, saved filters, columns, order, pages; and the same rows as a file."""

from __future__ import annotations

import datetime
import functools
import urllib.parse
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import InvalidPage
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from tanheng.core.errors import InputError
from tanheng.platform.accounts.models import User
from tanheng.platform.errors import MissingError
from tanheng.platform.record import sorting
from tanheng.platform.record.actor import require
from tanheng.platform.record.models import Version
from tanheng.platform.record.sniffing import CSV, XLSX
from tanheng.platform.ui import filters, resources, sheets, tables
from tanheng.platform.ui.choices import BOUNDARIES, this_month
from tanheng.platform.ui.frame import Page
from tanheng.platform.ui.ledger import LedgerPages, heading, shown
from tanheng.platform.ui.models import SavedFilter
from tanheng.platform.ui.references import SUBJECT
from tanheng.platform.ui.sheets import Sheet
from tanheng.platform.ui.words import Words, said_by

PAGE_SIZES = (25, 50, 100, 200)
KEPT = ("sort", "c", "per_page")


class LedgerPage(Page):
    """A page of one ledger; who may not read it is refused.

    Attributes
    ----------
    ledger : LedgerPages
        Given by the address.
    """

    ledger: ClassVar[LedgerPages]

    @property
    def may_write(self) -> bool:
        """Tell whether the actor may change the ledger."""
        return self.actor.may(self.ledger.write, self.plant.pk)

    def _may(self, permission: str) -> bool:
        return not permission or self.actor.may(permission, self.plant.pk)

    def link(self, page: str, /, **parts: Any) -> str:  # Any: parts of the address, and the query string
        """Return the address of another page of this ledger."""
        return self.address(f"{self.ledger.name}:{page}", **parts)

    def show(self, values: dict[str, Any], *, template: str = "", status: int = 200) -> HttpResponse:  # Any: context
        """Return the page, which knows its ledger."""
        pages = ("list", "new", "import", "template", "xlsx", "csv", "filters", "selection")
        links = {page: self.link(page) for page in pages}
        common = {"ledger": self.ledger, "links": links, "may_write": self.may_write}
        return super().show({**common, **values}, template=template, status=status)


class _Rows(LedgerPage):
    """What list and export share: the rows that the query string asks for, in its order.

    Attributes
    ----------
    ticks : bool
        Whether each row begins with a box to tick.
    """

    ticks: ClassVar[bool] = False

    def filtered(self) -> Any:  # Any: a filter set
        """Return the filter over the ledger's rows."""
        day = filters.day_of(self.request.GET) or self._last_day
        rows: Any = self.ledger.reads.ledger(self.actor, self.ledger.model, self.plant, on=day)  # Any: of whichever model
        if self._line:
            rows = rows.filter(Q(**{self._line: self.choices.line}) | Q(**{self._line: ""}))
        if self.ledger.boundary is not None and "boundary" in self.choices.given:
            rows = self.ledger.boundary(rows, self.choices.boundary)
        return self.ledger.filters(self.request.GET, sorting.ordered(rows, [self.ledger.headline]))

    @property
    def _line(self) -> str:
        """Return the field by which the line of the top bar narrows the list; empty where it does not."""
        return self.ledger.line_field if self.choices.line else ""

    @functools.cached_property
    def _last_day(self) -> datetime.date | None:
        """Return the last day of the period of the top bar; None while that has not come, so that the latest versions show."""
        period = self.choices.period
        is_past = "period" in self.choices.given and period < this_month(self.plant)
        return period.last_day if is_past else None

    def narrowed(self) -> list[str]:
        """Return how the top bar narrows the list, for a person to read."""
        said = []
        if self._line:
            said.append(_("line %(line)s, and what holds for all lines") % {"line": self.choices.line})
        if self._last_day is not None and filters.day_of(self.request.GET) is None:
            said.append(_("as it held on %(day)s") % {"day": self._last_day.isoformat()})
        if self.ledger.boundary is not None and "boundary" in self.choices.given:
            is_clinker = self.choices.boundary == BOUNDARIES[0]
            said.append(_("inside the clinker boundary") if is_clinker else _("inside the enterprise boundary"))
        return said

    def table(self, rows: QuerySet[Version]) -> Any:  # Any: a table
        """Return the table of the rows, with the columns chosen, in the order chosen."""
        names = list(self.ledger.table.base_columns)
        chosen = [name for name in self.request.GET.getlist("c") if name in names]
        hidden = [name for name in names if name not in chosen] if chosen else sorted(self.ledger.table.hidden_at_first)
        order = [name for name in self.request.GET.getlist("sort") if name.lstrip("-") in names]
        ordered = {"order_by": order} if order else {}
        return self.ledger.table(
            rows, exclude=hidden, page=self, ledger=self.ledger, ticks=self.ticks, request=self.request, **ordered
        )

    def rows(self) -> list[Version]:
        """Return all rows that the filter leaves, in the order chosen."""
        chosen = self.filtered()
        return list(self.table(chosen.qs if chosen.is_valid() else chosen.queryset.none()).data.data)


class ListPage(_Rows):
    """The list."""

    template = "ui/ledger/list.html"
    ticks = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the page, or to htmx its rows alone."""
        chosen = self.filtered()
        rows = chosen.qs if chosen.is_valid() else chosen.queryset.none()
        table = self.table(rows.defer("payload", "salt"))
        size = _size(request.GET.get("per_page", ""))
        try:
            table.paginate(page=int(request.GET.get("page", 1)), per_page=size)
        except (InvalidPage, ValueError):
            table.paginate(page=1, per_page=size)
        query = own_query(request.GET)
        values = {
            "filter": chosen,
            "table": table,
            "count": table.page.paginator.count,
            "is_filtered": filters.is_filtered(request.GET),
            "narrowed": self.narrowed(),
            "columns": [
                (name, title, name in table.columns.names()) for name, title in tables.titles(self.ledger.table).items()
            ],
            "query": query,
            "sizes": PAGE_SIZES,
            "size": size,
            "saved": self._saved(),
            "exports": self._exports(query),
            "more": [(str(one.title), self.address(one.route)) for one in self.ledger.more if self._may(one.permission)],
        }
        is_part = bool(getattr(request, "htmx", False)) and not request.headers.get("HX-History-Restore-Request")
        answer = self.show(values, template="ui/ledger/rows.html" if is_part else "")
        patch_vary_headers(answer, ["HX-Request"])
        return answer

    def _exports(self, query: str) -> list[tuple[str, str]]:
        """Return text and address of each file of the list."""
        own = [("Excel", self.link("xlsx")), ("CSV", self.link("csv"))]
        added = [
            (str(one.title), self.link("list-file", file=one.name)) for one in self.ledger.files if self._may(one.permission)
        ]
        return [(title, _joined(address, query)) for title, address in (*own, *added)]

    def _saved(self) -> list[tuple[SavedFilter, str]]:
        rows = SavedFilter.objects.filter(plant=self.plant, user__uid=self.actor.uid, ledger=self.ledger.name)
        return [(row, _joined(self.link("list"), row.query)) for row in rows]


class SavedFilters(LedgerPage):
    """Keeping a filter under a name, and forgetting it."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Save or forget, then go back to the list."""
        assert isinstance(request.user, User)  # an actor of the pages is a person
        mine = SavedFilter.objects.filter(plant=self.plant, user=request.user, ledger=self.ledger.name)
        if request.POST.get("forget"):
            mine.filter(name=request.POST["forget"]).delete()
            messages.success(request, _("The filter was forgotten."))
            return redirect(self.link("list"))
        name, query = request.POST.get("name", "").strip(), own_query(QueryDict(request.POST.get("query", "")))
        if not 1 <= len(name) <= 60 or len(query) > 2000:
            raise InputError("platform.ui.filter_name", field="name")
        mine.update_or_create(
            name=name, defaults={"query": query, "plant": self.plant, "user": request.user, "ledger": self.ledger.name}
        )
        messages.success(request, _("The filter “%(name)s” was saved.") % {"name": name})
        return redirect(_joined(self.link("list"), query))


class ExportFile(_Rows):
    """The rows of the list as a file. The same request gives the same bytes."""

    kind: ClassVar[str]

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the file."""
        return self.answer(self.rows())

    def answer(self, rows: list[Version]) -> HttpResponse:
        """Return some rows as the file."""
        sheet = self._sheet(rows)
        name = f"{self.plant.code}-{self.ledger.name}"
        if self.kind == "csv":
            return _file(sheets.comma_separated(sheet, escape=resources.escaped), f"{name}.csv", f"{CSV}; charset=utf-8")
        created = max((row.known_from for row in rows), default=self.plant.founded_at)
        return _file(sheets.workbook([sheet, self._about(rows)], created=created), f"{name}.xlsx", XLSX)

    def _sheet(self, rows: list[Version]) -> Sheet:
        names = (*self.ledger.fields, *resources.DAYS)
        heads = [*(heading(self.ledger.model, name) for name in names), *(str(text) for text in resources.EXTRAS.values())]
        zone, words = ZoneInfo(self.plant.zone), Words(self, self.ledger, rows)
        return Sheet(name=str(self.ledger.title), heads=heads, rows=[self._row(row, names, zone, words) for row in rows])

    def _row(self, row: Version, names: tuple[str, ...], zone: datetime.tzinfo, words: Words) -> list[object]:
        said = said_by(row)
        as_text = {*self.ledger.form.labels, *self.ledger.form.attached}
        as_text |= {name for name, reference in self.ledger.form.references.items() if reference.by == SUBJECT}
        cells = [words.text(name, said.get(name)) if name in as_text else _yes_no(said.get(name)) for name in names]
        return [*cells, row.version, row.known_from.astimezone(zone).isoformat(timespec="seconds"), row.log_index]

    def _about(self, rows: list[Version]) -> Sheet:
        newest = max((row.log_index for row in rows), default=None)
        said = [
            (_("Plant"), self.plant.name_zh),
            (_("Ledger"), str(self.ledger.title)),
            (_("Filter"), "; ".join(filter(None, (own_query(self.request.GET), *self.narrowed()))) or _("none")),
            (_("Rows"), len(rows)),
            (_("Newest log index"), newest),
            (_("Left out"), _("retired records and earlier versions; see the history of each record")),
        ]
        if self.plant.demonstration:
            said.append((_("Demonstration"), _("these data belong to no real plant")))
        return Sheet(name=_("About"), heads=[_("Item"), _("Content")], rows=said)


def _yes_no(value: object) -> object:
    return shown(value) if isinstance(value, bool) else value


def _file(data: bytes, name: str, media: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=media)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


class ListFilePage(_Rows):
    """A further file of the list, made by the app."""

    def get(self, request: HttpRequest, file: str) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the file."""
        for one in self.ledger.files:
            if one.name == file:
                require(self.actor, one.permission or self.ledger.read, self.plant.pk)
                return _file(one.make(self, self.rows()), f"{self.plant.code}-{one.name}", one.media)
        raise MissingError("platform.ui.no_list_file", file=file)


def _size(text: str) -> int:
    return int(text) if text.isdecimal() and int(text) in PAGE_SIZES else PAGE_SIZES[0]


def own_query(data: QueryDict) -> str:
    """Return the part of a query string that chooses rows, columns and order: what a saved filter keeps."""
    pairs = [
        (name, value)
        for name in data
        for value in data.getlist(name)
        if value and (name in KEPT or name.startswith(f"{filters.PREFIX}-"))
    ]
    return urllib.parse.urlencode(sorted(pairs))


def _joined(address: str, query: str) -> str:
    if not query:
        return address
    return f"{address}{'&' if '?' in address else '?'}{query}"
