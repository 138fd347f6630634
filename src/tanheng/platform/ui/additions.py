"""What an app adds to the pages of its ledger: actions with a form, and tabs with the records that refer to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise

from tanheng.core.errors import InputError
from tanheng.platform.record.actor import require
from tanheng.platform.record.models import Version
from tanheng.platform.ui.forms import dress
from tanheng.platform.ui.language import text_of
from tanheng.platform.ui.ledger import LedgerPages, title_of
from tanheng.platform.ui.listing import LedgerPage

if TYPE_CHECKING:
    import uuid


class ActionPage(LedgerPage):
    """A page of one record with a form of its own, such as an acceptance: asks, does, goes back to the record.

    Attributes
    ----------
    allows : str
        Permission; by default the one to write the ledger.
    heading : str
        What stands above the form and on its button.
    explanation : str
        What stands before its fields.
    form : type
        Django form.
    """

    template = "ui/ledger/action.html"
    allows: ClassVar[str] = ""
    heading: ClassVar[Promise | str]
    explanation: ClassVar[Promise | str] = ""
    form: ClassVar[type[forms.Form]]

    def act(self, record: Version, given: Mapping[str, Any]) -> str:  # Any: cleaned data
        """Do it by a service and return what is said about it; faults are raised as ``InputError`` with ``field``."""
        raise NotImplementedError

    def initial(self, record: Version) -> dict[str, object]:  # noqa: ARG002  # heirs need it
        """Return what the form says at first; by default nothing."""
        return {}

    def get(self, request: HttpRequest, subject: uuid.UUID) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Ask."""
        record = self._record(subject)
        return self._page(record, self.form(initial=self.initial(record)))

    def post(self, request: HttpRequest, subject: uuid.UUID) -> HttpResponse:
        """Do it."""
        record = self._record(subject)
        form = self.form(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(record, form)
        try:
            said = self.act(record, form.cleaned_data)
        except InputError as error:
            for finding in error.findings or (error,):
                name = str(finding.fields.get("field", ""))
                form.add_error(name if name in form.fields else None, text_of(finding))
            return self._page(record, form)
        messages.success(request, said)
        return redirect(self.link("detail", subject=subject))

    def _record(self, subject: uuid.UUID) -> Version:
        require(self.actor, self.allows or self.ledger.write, self.plant.pk)
        found: Version = self.ledger.reads.one(self.actor, self.ledger.model, self.plant, subject)
        return found

    def _page(self, record: Version, form: forms.Form) -> HttpResponse:
        dress(form)
        values = {
            "record": record,
            "title": title_of(self.ledger, record),
            "form": form,
            "heading": self.heading,
            "explanation": self.explanation,
            "detail": self.link("detail", subject=record.subject),
        }
        return self.show(values, status=400 if form.errors else 200)


def related(*, ledger: Callable[[], LedgerPages], field: str) -> Callable[[LedgerPage, Version], dict[str, Any]]:
    """Return the context of a tab with the records of another ledger whose ``field`` refers to this one.

    Parameters
    ----------
    ledger : callable
        Returns the other ledger: its module may be read later than this one's.
    field : str
        A reference of that ledger's form.
    """

    def context(page: LedgerPage, record: Version) -> dict[str, Any]:  # Any: template context
        other = ledger()
        value = getattr(record, other.form.references[field].by)
        rows: QuerySet[Version] = other.reads.ledger(page.actor, other.model, page.plant).filter(**{field: value})
        table = other.table(
            rows.order_by(other.headline, "subject"),
            exclude=[*other.table.hidden_at_first, field],
            page=page,
            ledger=other,
            orderable=False,
        )
        may_write = page.actor.may(other.write, page.plant.pk)
        new = page.address(f"{other.name}:new", query={f"set-{field}": str(value)}) if may_write else ""
        return {"table": table, "new": new, "noun": other.noun, "other": other}

    return context
