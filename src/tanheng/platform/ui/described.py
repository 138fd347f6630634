"""A ledger from one description: its table, its filter and its sheet follow from its form and from what is said here.

::

    LABORATORY = LedgersOf(reads=READS, writes=KEEPING, read="laboratory.read", write="laboratory.write")
    SAMPLES = LABORATORY.ledger(
        SampleForm,
        name="samples",
        title=_("Samples"),
        noun=pgettext_lazy("one record", "sample"),
        search=("code", "place"),
        by=("kind",),
        examples={"code": "S-1"},
    )

How a column looks follows from its field: the headline leads to the record, a word of a list is shown as it is said, the name
of another record leads there, a file is a mark, numbers stand to the right, days are in one line. What is not usual is said by
a heir of ``LedgerTable``, ``LedgerFilter`` or ``LedgerResource``, which the description then completes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import django_filters
import django_tables2
from django import forms
from django.db import models
from django.utils.functional import Promise, lazystr
from django.utils.translation import gettext_lazy as _

from tanheng.platform.record.models import Version
from tanheng.platform.record.resource import Ledger
from tanheng.platform.ui.filters import ChoiceFilter, LedgerFilter
from tanheng.platform.ui.forms import LedgerForm
from tanheng.platform.ui.ledger import Action, LedgerPages, ListFile, ListLink, Tab, heading
from tanheng.platform.ui.resources import LedgerResource
from tanheng.platform.ui.tables import (
    ONE_LINE,
    ChoiceColumn,
    DayColumn,
    FileColumn,
    FlagColumn,
    HeadColumn,
    LedgerTable,
    NumberColumn,
    ReferenceColumn,
)

_YES_NO = [("", _("all")), ("true", _("yes")), ("false", _("no"))]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgersOf:
    """The ledgers of an app: what reads and writes them, and who may.

    Parameters
    ----------
    reads, writes : object
        As ``record.reading.Reads`` and ``record.keeping.Keeping``, or a module with their functions.
    read, write : str
        Permissions.
    """

    reads: Any  # Any: an object or a module
    writes: Any  # Any: as above
    read: str
    write: str

    def ledger(
        self,
        form: type[LedgerForm],
        *,
        name: str,
        title: Promise | str,
        noun: Promise | str,
        headline: str = "code",
        key: tuple[str, ...] | None = None,
        columns: tuple[str, ...] = (),
        hidden: Iterable[str] = (),
        search: tuple[str, ...] = (),
        by: tuple[str, ...] = (),
        examples: Mapping[str, str] | None = None,
        table: type[LedgerTable] = LedgerTable,
        filters: type[LedgerFilter] = LedgerFilter,
        resource: type[LedgerResource] = LedgerResource,
        writes: Any = None,  # Any: as above
        write: str = "",
        titled: Callable[[Sequence[Any]], list[str]] | None = None,  # Any: versions of the form's model
        tabs: tuple[Tab, ...] = (),
        actions: tuple[Action, ...] = (),
        files: tuple[ListFile, ...] = (),
        more: tuple[ListLink, ...] = (),
        line: str = "",
        boundary: Callable[[Any, str], Any] | None = None,  # Any: rows
    ) -> LedgerPages:
        """Return a ledger.

        Parameters
        ----------
        form : type
            Its fields, their words, helps, references and files.
        headline : str
            The field that names a record.
        key : tuple of str, optional
            Fields by which a row of a sheet finds the record that it corrects; by default the headline.
        columns : tuple of str
            Of the list, in order; by default all fields of the form.
        hidden : iterable of str
            Columns that the list shows only when asked.
        search : tuple of str
            Fields in which words are looked for; by default the headline.
        by : tuple of str
            Fields that the list is narrowed by: words of a list, yes and no.
        examples : mapping, optional
            One good value of each column of the sheet.
        table, filters, resource : type
            What is not usual; one that already names its model, form or search is taken as it stands.
        writes, write
            Where they are not those of the app.
        titled, tabs, actions, files, more, line, boundary
            As in ``LedgerPages``.
        """
        columns = columns or tuple(one.name for one in fields(form.content_type))
        return LedgerPages(
            name=name,
            title=title,
            noun=noun,
            model=form.model,
            table=table if hasattr(table.Meta, "model") else table_of(form, headline, columns, hidden, table),
            filters=filters if filters.search_fields else filter_of(form, search or (headline,), by, filters),
            form=form,
            resource=(
                resource
                if hasattr(resource, "form")
                else resource_of(form, (headline,) if key is None else key, examples or {}, resource)
            ),
            reads=self.reads,
            writes=self.writes if writes is None else writes,
            read=self.read,
            write=write or self.write,
            headline=headline,
            titled=titled,
            tabs=tabs,
            actions=actions,
            files=files,
            more=more,
            line=line,
            boundary=boundary,
        )


def table_of(
    form: type[LedgerForm],
    headline: str,
    columns: tuple[str, ...],
    hidden: Iterable[str] = (),
    base: type[LedgerTable] = LedgerTable,
) -> type[LedgerTable]:
    """Return the table of a ledger; a column that ``base`` has stays as it is."""
    made = {name: column for name in columns if name not in base.base_columns and (column := _column(form, name, headline))}
    order = (*columns, "...", "version", "known_from")
    meta = type("Meta", (base.Meta,), {"model": form.model, "fields": columns, "sequence": order})
    said = {"__doc__": form.__doc__, "Meta": meta, "hidden_at_first": frozenset(hidden) or base.hidden_at_first}
    table: Any = type(f"{form.model.__name__}Table", (base,), {**made, **said})  # Any: made here
    return table  # type: ignore[no-any-return]  # an heir of LedgerTable


def _column(form: type[LedgerForm], name: str, headline: str) -> django_tables2.Column | None:
    """Return the column of a field; None for a plain text."""
    labels = form.labels.get(name)
    field = form.model._meta.get_field(name)
    if name == headline:
        return HeadColumn(labels, attrs=ONE_LINE if isinstance(field, models.DateField) else {})
    if labels is not None:
        return ChoiceColumn(labels)
    if name in form.references:
        return ReferenceColumn()
    if name in form.attached:
        return FileColumn()
    match field:
        case models.BooleanField():
            return FlagColumn()
        case models.DateField():
            return DayColumn()
        case models.DecimalField() | models.IntegerField():
            return NumberColumn()
    return None


def filter_of(
    form: type[LedgerForm], search: tuple[str, ...], by: tuple[str, ...] = (), base: type[LedgerFilter] = LedgerFilter
) -> type[LedgerFilter]:
    """Return the filter of a ledger, with what ``base`` has beside it."""
    made = {name: _narrowing(form, name) for name in by}
    said = {"__doc__": form.__doc__, "search_fields": search}
    found: Any = type(f"{form.model.__name__}Filter", (base,), {**made, **said})  # Any: made here
    return found  # type: ignore[no-any-return]  # an heir of LedgerFilter


def _narrowing(form: type[LedgerForm], name: str) -> django_filters.Filter:
    label = lazystr(_Heading(form.model, name))
    if name in form.labels:
        return ChoiceFilter(form.labels[name], label=label)
    return django_filters.BooleanFilter(label=label, widget=forms.Select(choices=_YES_NO))


@dataclass(frozen=True, slots=True)
class _Heading:
    """The heading of a field, in the language of the page that asks."""

    model: type[Version]
    field: str

    def __str__(self) -> str:
        return heading(self.model, self.field)


def resource_of(
    form: type[LedgerForm],
    key: tuple[str, ...],
    examples: Mapping[str, str],
    base: type[LedgerResource] = LedgerResource,
) -> type[LedgerResource]:
    """Return the sheet of a ledger, with what ``base`` says beside it."""
    said = {"__doc__": form.__doc__, "form": form, "key": key, "examples": examples}
    found: Any = type(f"{form.model.__name__}Resource", (base,), said)  # Any: made here
    return found  # type: ignore[no-any-return]  # an heir of LedgerResource


def in_the_api(ledger: LedgerPages) -> Ledger:
    """Return the same ledger for the API."""
    return Ledger(
        ledger.name, ledger.model, ledger.form.content_type, ledger.reads, ledger.writes, sortable=sortable_of(ledger)
    )


LAST = ("version", "known_from")
"""The columns that say which version a row is; they stand behind the others."""


def sortable_of(ledger: LedgerPages) -> tuple[str, ...]:
    """Return the columns by which the page of a ledger puts its rows in order: its record's own, but for files."""
    own = {field.name for field in ledger.model._meta.concrete_fields} - ledger.form.attached.keys()
    shown = ledger.table.base_columns.items()
    names = [
        name for name, column in shown if name in own and column.orderable is not False and column.accessor in (None, name)
    ]
    return tuple(sorted(names, key=LAST.__contains__))
