"""What the tables of ledgers share."""

from __future__ import annotations

import datetime
import functools
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import django_tables2 as tables
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tanheng.platform.record import sorting
from tanheng.platform.record.models import Version
from tanheng.platform.ui import cells, naming
from tanheng.platform.ui.ledger import Labels, LedgerPages, digits, heading, shown
from tanheng.platform.ui.references import Named

if TYPE_CHECKING:
    from tanheng.platform.ui.frame import Page

_ANY = uuid.UUID(int=0)
ONE_LINE = {"td": {"class": "text-nowrap"}}
"""Of a column whose cells are not broken: a day, a moment."""
BLANK = format_html('<span class="blank" aria-hidden="true">{}</span>', "—")


class NumberColumn(tables.Column):  # type: ignore[misc]  # django-tables2 has no types
    """A number; its unit stands in the heading."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: the base class's
        super().__init__(*args, attrs={"td": {"class": "num"}, "th": {"class": "num"}}, **kwargs)

    def render(self, value: Decimal | int) -> str:
        """Return the digits, grouped."""
        return digits(value)


class ChoiceColumn(tables.Column):  # type: ignore[misc]  # as above
    """A word of a list, in the language of the page."""

    def __init__(self, labels: Labels, *args: Any, **kwargs: Any) -> None:  # Any: the base class's
        super().__init__(*args, **kwargs)
        self.labels = labels

    def render(self, value: str) -> str:
        """Return the label."""
        return shown(value, self.labels)


class FlagColumn(tables.Column):  # type: ignore[misc]  # as above
    """Yes or no, as words."""

    def render(self, value: bool) -> str:
        """Return the word."""
        return shown(value)


class DayColumn(tables.Column):  # type: ignore[misc]  # as above
    """A date in one line, as everywhere: 2026-10-31."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: the base class's
        super().__init__(*args, attrs=ONE_LINE, **kwargs)

    def render(self, value: object) -> str:
        """Return the date."""
        return shown(value)


class MomentColumn(tables.Column):  # type: ignore[misc]  # as above
    """A moment, to the minute, in plant time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: the base class's
        super().__init__(*args, attrs=ONE_LINE, **kwargs)

    def render(self, value: datetime.datetime, table: LedgerTable) -> str:
        """Return date and time."""
        return f"{value.astimezone(table.zone):%Y-%m-%d %H:%M}"


class LedgerTable(tables.Table):  # type: ignore[misc]  # as above
    """A ledger's table: the first column leads to the record, the last ones say which version this is."""

    version = tables.Column(
        verbose_name=pgettext_lazy("of a record", "Version"), attrs={"td": {"class": "num"}, "th": {"class": "num"}}
    )
    known_from = MomentColumn(verbose_name=_("Recorded at"))

    class Meta:
        """How it is drawn."""

        model: type[Version]
        template_name = "ui/ledger/table.html"
        attrs = {"class": "table table-sm table-vcenter card-table"}  # noqa: RUF012  # read by django-tables2
        sequence = ("...", "version", "known_from")
        empty_text = _("No record fits.")

    hidden_at_first: frozenset[str] = frozenset()

    def __init__(
        self,
        *args: Any,  # Any: the base class's
        page: Page | None = None,
        ledger: LedgerPages | None = None,
        ticks: bool = False,
        **kwargs: Any,  # Any: as above
    ) -> None:
        super().__init__(*args, **kwargs)
        self._page, self._ledger, self.ticks = page, ledger, ticks
        self._named: dict[str, dict[str, Named]] = {}
        self._addresses: dict[str, tuple[str, str]] = {}
        self.default = BLANK

    @property
    def order_by(self) -> Any:  # Any: the base class's
        """The columns by which the rows are ordered."""
        return self._order_by

    @order_by.setter
    def order_by(self, value: Any) -> None:  # Any: as above
        tables.Table.order_by.fset(self, value)
        if self._order_by and isinstance(self.data.data, QuerySet):
            self.data.data = sorting.ordered(self.data.data, self.data.data.query.order_by)

    @functools.cached_property
    def zone(self) -> datetime.tzinfo:
        """Return the plant's time zone."""
        return ZoneInfo(self._page.plant.zone) if self._page is not None else timezone.get_current_timezone()

    @property
    def body(self) -> SafeString:
        """Return the rows."""
        return cells.body(self, before=self._tick if self.ticks else None)

    def _tick(self, record: Version) -> SafeString:
        assert self._ledger is not None  # rows are ticked on a ledger's list
        name = gettext("Select %(name)s") % {
            "name": shown(getattr(record, self._ledger.headline), self._ledger.form.labels.get(self._ledger.headline))
        }
        return format_html(
            '<td class="tick no-print"><input class="form-check-input" type="checkbox" name="s" value="{}:{}"'
            ' form="selection" aria-label="{}" autocomplete="off"></td>',
            record.subject,
            record.version,
            name,
        )

    def render_name_zh(self, value: str, record: Version) -> str | SafeString:
        """Return the name of a record; on an English page the English one, with the Chinese one behind it."""
        name = naming.name_of(record)
        is_head = self._ledger is not None and self._ledger.headline == naming.CHINESE
        drawn = self.render_link(name, record) if is_head else name
        if name == value:
            return drawn
        return format_html('{} <span class="text-secondary small" lang="zh-CN">{}</span>', drawn, value)

    def render_link(self, text: str, record: Version) -> str | SafeString:
        """Return text that leads to its record."""
        return self._link(self._ledger.name, record.subject, text) if self._ledger is not None else text

    def render_reference(self, name: str, value: object) -> str | SafeString:
        """Return the name of another record, which leads to it; the rows of a page are looked up together."""
        if self._page is None or self._ledger is None:
            return str(value)
        reference = self._ledger.form.references[name]
        if name not in self._named:
            rows = self.page.object_list if getattr(self, "page", None) is not None else self.rows
            self._named[name] = reference.named(self._page.plant, (getattr(row.record, name) for row in rows))
        found = self._named[name].get(str(value))
        return self._link(found.pages, found.subject, found.text) if found is not None else str(value)

    def _link(self, ledger: str, subject: uuid.UUID, text: str) -> str | SafeString:
        if self._page is None:
            return text
        first, last = self._routes(ledger)
        return format_html('<a href="{}{}{}">{}</a>', first, subject, last, text)

    def _routes(self, ledger: str) -> tuple[str, str]:
        """Return what stands before and behind a subject in the address of a record, asked for once a ledger."""
        if ledger not in self._addresses:
            assert self._page is not None  # asked for by _link, which has one
            parts = self._page.address(f"{ledger}:detail", subject=_ANY).split(str(_ANY))
            self._addresses[ledger] = (parts[0], parts[1])
        return self._addresses[ledger]


class ReferenceColumn(tables.Column):  # type: ignore[misc]  # as above
    """A field that names a record of another ledger: its name, which leads to it."""

    def render(self, value: object, bound_column: Any, table: LedgerTable) -> str | SafeString:  # Any: as above
        """Return the link."""
        return table.render_reference(bound_column.name, value)


class FileColumn(tables.Column):  # type: ignore[misc]  # as above
    """Whether a file is there; it is opened from the record's page."""

    def render(self, value: str) -> str:  # noqa: ARG002  # django-tables2 looks at the names
        """Return a mark."""
        return gettext("there is a file")


class HeadColumn(tables.Column):  # type: ignore[misc]  # as above
    """The column whose text leads to the record; a word of a list is shown as it is said."""

    def __init__(self, labels: Labels | None = None, *args: Any, **kwargs: Any) -> None:  # Any: the base class's
        super().__init__(*args, **kwargs)
        self.labels = labels

    def render(self, value: str, record: Version, table: LedgerTable) -> str | SafeString:
        """Return the link."""
        return table.render_link(shown(value, self.labels), record)


def titles(table: type[LedgerTable]) -> dict[str, str | Promise]:
    """Return the headings of a table's columns, for the choice of columns."""
    model: type[Version] = table.Meta.model  # heirs have it
    return {name: column.verbose_name or heading(model, name) for name, column in table.base_columns.items()}
