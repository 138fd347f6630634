"""A ledger for the pages: what list, detail, form, export and import need to know. A ledger has no views of its own.

::

    LINES = LedgerPages(name="lines", title=_("Production lines"), model=Line, table=LineTable, filters=LineFilter,
                        form=LineForm, resource=LineResource, reads=selectors, writes=services,
                        read="plant.read", write="plant.write")
    urlpatterns = [ledger_urls(LINES)]
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tanheng.platform.record.models import Version
from tanheng.platform.ui.naming import CHINESE, name_of

if TYPE_CHECKING:
    from tanheng.platform.ui.filters import LedgerFilter
    from tanheng.platform.ui.forms import LedgerForm
    from tanheng.platform.ui.listing import LedgerPage
    from tanheng.platform.ui.resources import LedgerResource
    from tanheng.platform.ui.tables import LedgerTable

Labels = Mapping[str, Promise | str]

VALID_FROM = gettext_lazy("Valid from")
VALID_TO = gettext_lazy("Valid until (excluded)")
RETIRED = gettext_lazy("Retired")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A tab of a record's page, beside its fields, history and proof.

    Parameters
    ----------
    name : str
        It stands in the address: ``?tab=certificates``.
    context : callable
        Gives the template what it shows, of the page and the record; ``additions.related`` makes one for the records of
        another ledger that refer to this one.
    template : str
        Part of a page.
    permission : str
        Who lacks it does not see the tab.
    """

    name: str
    title: Promise | str
    context: Callable[[LedgerPage, Version], Mapping[str, Any]]  # Any: template context
    template: str = "ui/ledger/related.html"
    permission: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button of a record, with a page of its own.

    Parameters
    ----------
    name : str
        Last part of the address, and its name among the ledger's.
    page : type
        Heir of ``LedgerPage`` whose methods take ``subject``; most often of ``additions.ActionPage``.
    permission : str
        Who lacks it does not see the button; by default the one to write the ledger. The page asks again.
    offered : callable
        Whether the button stands at a record; by default at each that is not retired.
    """

    name: str
    title: Promise | str
    page: type[LedgerPage]
    permission: str = ""
    offered: Callable[[Version], bool] = lambda version: not version.retired


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFile:
    """A further file of the list, such as the form of an authority. It has the rows that the page's filter leaves.

    Parameters
    ----------
    name : str
        File name with its ending, such as ``form-b1.xlsx``.
    media : str
        Media type.
    make : callable
        Gives the bytes, of the page and the rows; the same rows give the same bytes.
    permission : str
        Who lacks it is refused; by default the one to read the ledger.
    """

    name: str
    title: Promise | str
    media: str
    make: Callable[[LedgerPage, list[Version]], bytes]
    permission: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLink:
    """A button of the list that leads to a page of the app."""

    title: Promise | str
    route: str
    permission: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPages:
    """One ledger.

    Parameters
    ----------
    name : str
        Plural noun; it names addresses, saved filters and files.
    title, noun : str
        Of the page, and of one record.
    model : type
        Heir of ``Version``.
    reads : module
        Offers ``ledger``, ``one`` and ``history``, as ``plant.selectors``.
    writes : module
        Offers ``save``, ``save_many`` and ``retire``, as ``plant.services``.
    read, write : str
        Permissions.
    headline : str
        The field that names a record.
    titled : callable, optional
        Returns what some records are called, where the headline does not tell them apart, such as a day. One call for many,
        so that what they refer to is looked up together.
    tabs, actions : tuple
        What a record's page has beside the usual.
    files, more : tuple
        What the list offers beside the usual: files of its rows, and links.
    line : str
        Field by which the line chosen in the top bar narrows the list; by default the one that refers to a line by its code.
        Records without a line hold for all.
    boundary : callable, optional
        Narrows rows to the boundary chosen in the top bar, ``clinker`` or ``enterprise``.
    """

    name: str
    title: Promise | str
    noun: Promise | str
    model: type[Version]
    table: type[LedgerTable]
    filters: type[LedgerFilter]
    form: type[LedgerForm]
    resource: type[LedgerResource]
    reads: Any  # Any: a module
    writes: Any  # Any: a module
    read: str
    write: str
    headline: str
    titled: Callable[[Sequence[Any]], list[str]] | None = None  # Any: versions of the ledger's model
    tabs: tuple[Tab, ...] = ()
    actions: tuple[Action, ...] = ()
    files: tuple[ListFile, ...] = ()
    more: tuple[ListLink, ...] = ()
    line: str = ""
    boundary: Callable[[Any, str], Any] | None = None  # Any: rows

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the fields of the payload, in its order."""
        return tuple(field.name for field in dataclasses.fields(self.form.content_type))

    @property
    def line_field(self) -> str:
        """Return the field that says to which line a record belongs; empty where none does."""
        if self.line:
            return self.line
        named = (name for name, one in self.form.references.items() if one.pages == "lines" and one.by == "code")
        return next(named, "")


def heading(model: type[Version], field: str) -> str:
    """Return the heading of a field, with its unit, in the language of the page."""
    special: Labels = {"valid_from": VALID_FROM, "valid_to": VALID_TO, "retired": RETIRED}
    if field in special:
        return str(special[field])
    text = str(getattr(model._meta.get_field(field), "verbose_name", field))
    return text if len(text) == 1 else capfirst(text)  # a symbol, such as k, is another one when it is capital


def digits(value: Decimal | int) -> str:
    """Return a number as it is shown: grouped by thousands, without zeros that only pad the column."""
    if isinstance(value, int):
        return f"{value:,}"
    plain = f"{value:,f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def shown(value: object, labels: Labels | None = None) -> str:
    """Return a value as text; nothing for a blank, which is not zero."""
    if value is None or value == "":
        return ""
    if labels and str(value) in labels:
        return str(labels[str(value)])
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal | int):
        return digits(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)


def title_of(ledger: LedgerPages, version: Version) -> str:
    """Return what a record is called."""
    return titles_of(ledger, [version])[0]


def titles_of(ledger: LedgerPages, versions: Sequence[Version]) -> list[str]:
    """Return what some records are called, in their order."""
    return ledger.titled(versions) if ledger.titled is not None else [_title(ledger, version) for version in versions]


def _title(ledger: LedgerPages, version: Version) -> str:
    name = name_of(version)
    said = shown(getattr(version, ledger.headline), ledger.form.labels.get(ledger.headline))
    head = name if ledger.headline == CHINESE else said or str(version.subject)
    return head if name in ("", head) else f"{head} · {name}"
