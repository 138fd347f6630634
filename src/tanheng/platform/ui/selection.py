"""Several records of a list at once: exported, or retired for one reason; all of them or none."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tanheng.core.errors import InputError
from tanheng.platform.errors import ConflictError
from tanheng.platform.record.actor import require
from tanheng.platform.record.models import Version
from tanheng.platform.ui.forms import dress
from tanheng.platform.ui.language import text_of
from tanheng.platform.ui.ledger import title_of, titles_of
from tanheng.platform.ui.listing import PAGE_SIZES, ExportFile

NAME = "s"
_MOST = PAGE_SIZES[-1]


class ReasonForm(forms.Form):
    """Why the records end."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea({"rows": 2}))


class SelectionPage(ExportFile):
    """What is done with the records that were ticked."""

    template = "ui/ledger/retire_many.html"
    kind = "xlsx"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Go back to the list, where records are ticked."""
        return redirect(self.link("list"))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Export the records, ask why they shall be retired, or retire them."""
        if request.POST.get("do") == "export":
            return self.answer([row for row, _seen in self._ticked()])
        require(self.actor, self.ledger.write, self.plant.pk)
        ticked = self._ticked()
        form = ReasonForm(request.POST if request.POST.get("do") == "retire" else None)
        if form.is_bound and form.is_valid():
            try:
                self._retire(ticked, form.cleaned_data["reason"])
            except (InputError, ConflictError) as error:
                form.add_error(None, text_of(error))
            else:
                messages.success(request, _("%(count)s records were retired; their versions stay.") % {"count": len(ticked)})
                return redirect(self.link("list"))
        return self._page(form, ticked)

    def _ticked(self) -> list[tuple[Version, int]]:
        """Return the records ticked and the version that was seen of each, in the order of the list."""
        seen = dict(_parsed(text) for text in self.request.POST.getlist(NAME)[: _MOST + 1])
        if not 1 <= len(seen) <= _MOST:
            raise InputError("platform.ui.selection", count=len(seen), most=_MOST)
        rows: Any = self.ledger.reads.ledger(self.actor, self.ledger.model, self.plant)  # Any: rows of whichever model
        found = list(rows.filter(subject__in=seen).order_by(self.ledger.headline, "subject"))
        if len(found) < len(seen):
            raise ConflictError("platform.ui.selection_gone", count=len(seen) - len(found))
        return [(row, seen[row.subject]) for row in found]

    def _retire(self, ticked: Sequence[tuple[Version, int]], reason: str) -> None:
        """Retire all of them or none; a fault names the record."""
        with transaction.atomic():
            for row, seen in ticked:
                try:
                    self.ledger.writes.retire(
                        self.ledger.model, plant=self.plant, actor=self.actor, subject=row.subject, seen=seen, reason=reason
                    )
                except (InputError, ConflictError) as error:
                    name = title_of(self.ledger, row)
                    raise InputError("platform.ui.selection_refused", name=name, reason=text_of(error)) from error

    def _page(self, form: ReasonForm, ticked: Sequence[tuple[Version, int]]) -> HttpResponse:
        dress(form)
        records = [
            (f"{row.subject}:{seen}", title, self.link("detail", subject=row.subject))
            for (row, seen), title in zip(ticked, titles_of(self.ledger, [row for row, _ in ticked]), strict=True)
        ]
        return self.show({"form": form, "records": records, "name": NAME}, status=400 if form.errors else 200)


def _parsed(text: str) -> tuple[uuid.UUID, int]:
    subject, _colon, version = text.partition(":")
    try:
        return uuid.UUID(subject), int(version)
    except ValueError as error:
        raise InputError("platform.ui.selection", count=0, most=_MOST) from error
