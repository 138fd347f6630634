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
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tanheng.platform.record import schema
from tanheng.platform.record.models import Version

if TYPE_CHECKING:
    from tanheng.platform.ui.filters import LedgerFilter
    from tanheng.platform.ui.forms import LedgerForm
    from tanheng.platform.ui.resources import LedgerResource
    from tanheng.platform.ui.tables import LedgerTable

Labels = Mapping[str, Promise | str]

VALID_FROM = gettext_lazy("Valid from")
VALID_TO = gettext_lazy("Valid until (excluded)")
RETIRED = gettext_lazy("Retired")


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

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the fields of the payload, in its order."""
        return tuple(field.name for field in dataclasses.fields(self.form.content_type))


def heading(model: type[Version], field: str) -> str:
    """Return the heading of a field, with its unit, in the language of the page."""
    special: Labels = {"valid_from": VALID_FROM, "valid_to": VALID_TO, "retired": RETIRED}
    if field in special:
        return str(special[field])
    return capfirst(str(getattr(model._meta.get_field(field), "verbose_name", field)))


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


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record as a page shows it."""

    name: str
    heading: str
    text: str


def fields_of(ledger: LedgerPages, version: Version) -> list[Field]:
    """Return what a version says, read from the payload that was logged."""
    payload = schema.decode(bytes(version.payload))
    said = {**schema.project(payload), "valid_from": payload.valid_from, "valid_to": payload.valid_to}
    return [
        Field(name, heading(ledger.model, name), shown(said.get(name), ledger.form.labels.get(name)))
        for name in (*ledger.fields, "valid_from", "valid_to")
    ]


def title_of(ledger: LedgerPages, version: Version) -> str:
    """Return what a record is called."""
    head = str(getattr(version, ledger.headline) or version.subject)
    name = str(getattr(version, "name_zh", ""))
    return head if name in ("", head) else f"{head} · {name}"
