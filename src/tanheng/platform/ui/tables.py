"""What the tables of ledgers share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tanheng.platform.record.models import Version
from tanheng.platform.ui.ledger import Labels, digits, heading, shown

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
    """A date, as everywhere: 2026-10-31."""

    def render(self, value: object) -> str:
        """Return the date."""
        return shown(value)


class LedgerTable(tables.Table):  # type: ignore[misc]  # as above
    """A ledger's table: the first column leads to the record, the last ones say which version this is."""

    version = tables.Column(
        verbose_name=pgettext_lazy("of a record", "Version"), attrs={"td": {"class": "num"}, "th": {"class": "num"}}
    )
    known_from = tables.DateTimeColumn(verbose_name=_("Recorded at"), format="Y-m-d H:i")

    class Meta:
        """How it is drawn."""

        model: type[Version]
        template_name = "ui/ledger/table.html"
        attrs = {"class": "table table-sm table-vcenter card-table"}  # noqa: RUF012  # read by django-tables2
        sequence = ("...", "version", "known_from")
        empty_text = _("No record fits.")

    hidden_at_first: frozenset[str] = frozenset()

    def __init__(self, *args: Any, detail: Any = None, **kwargs: Any) -> None:  # Any: the base class's; a function of a row
        super().__init__(*args, **kwargs)
        self._detail = detail
        self.default = BLANK

    def render_link(self, text: str, record: Version) -> str | SafeString:
        """Return text that leads to a record."""
        return format_html('<a href="{}">{}</a>', self._detail(record), text) if self._detail else text


class HeadColumn(tables.Column):  # type: ignore[misc]  # as above
    """The column whose text leads to the record."""

    def render(self, value: str, record: Version, table: LedgerTable) -> str | SafeString:
        """Return the link."""
        return table.render_link(value, record)


def titles(table: type[LedgerTable]) -> dict[str, str | Promise]:
    """Return the headings of a table's columns, for the choice of columns."""
    model: type[Version] = table.Meta.model  # heirs have it
    return {name: column.verbose_name or heading(model, name) for name, column in table.base_columns.items()}
