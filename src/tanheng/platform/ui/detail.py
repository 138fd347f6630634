"""One record: what it says, how it came to say so, and the proof of each version; and its end."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tanheng.core.errors import InputError
from tanheng.platform.accounts.selectors import names
from tanheng.platform.record import selectors
from tanheng.platform.record.actor import require
from tanheng.platform.record.models import Attachment, Version
from tanheng.platform.ui.forms import dress
from tanheng.platform.ui.language import text_of
from tanheng.platform.ui.ledger import fields_of, heading, shown, title_of
from tanheng.platform.ui.listing import LedgerPage
from tanheng.platform.ui.proof import STAGES, proof_of


@dataclass(frozen=True, slots=True)
class Change:
    """One field that a version changed."""

    heading: str
    before: str
    after: str


class DetailPage(LedgerPage):
    """The record."""

    template = "ui/ledger/detail.html"

    def get(self, request: HttpRequest, subject: uuid.UUID) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the page."""
        versions: list[Version] = self.ledger.reads.history(self.actor, self.ledger.model, self.plant, subject)
        people = names(version.actor for version in versions)
        older = [*versions[1:], None]
        history = [
            {
                "version": version,
                "who": people.get(version.actor, _("the platform")),
                "changes": self._changes(before, version) if before is not None else [],
            }
            for version, before in zip(versions, older, strict=True)
        ]
        latest = versions[0]
        proof = proof_of(latest)
        label, look = STAGES[proof.stage]
        values = {
            "record": latest,
            "title": title_of(self.ledger, latest),
            "fields": fields_of(self.ledger, latest),
            "history": history,
            "proof": proof,
            "stage": label,
            "stage_look": look,
            "files": Attachment.objects.filter(plant=self.plant, subject=subject),
            "edit": self.link("edit", subject=subject),
            "retire": self.link("retire", subject=subject),
        }
        return self.show(values)

    def _changes(self, before: Version, after: Version) -> list[Change]:
        labels = self.ledger.form.labels
        return [
            Change(
                heading(self.ledger.model, one.field),
                shown(one.before, labels.get(one.field)),
                shown(one.after, labels.get(one.field)),
            )
            for one in selectors.differences(before, after)
        ]


class RetireForm(forms.Form):
    """Why a record ends."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea({"rows": 2}))
    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class RetirePage(LedgerPage):
    """Ending a record that was entered by mistake or no longer exists."""

    template = "ui/ledger/retire.html"

    def get(self, request: HttpRequest, subject: uuid.UUID) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Ask for the reason."""
        require(self.actor, self.ledger.write, self.plant.pk)
        record = self.ledger.reads.one(self.actor, self.ledger.model, self.plant, subject)
        return self._form(record, RetireForm(initial={"seen": record.version}))

    def post(self, request: HttpRequest, subject: uuid.UUID) -> HttpResponse:
        """End the record."""
        record = self.ledger.reads.one(self.actor, self.ledger.model, self.plant, subject)
        form = RetireForm(request.POST)
        if not form.is_valid():
            return self._form(record, form)
        given = form.cleaned_data
        try:
            self.ledger.writes.retire(
                self.ledger.model,
                plant=self.plant,
                actor=self.actor,
                subject=subject,
                seen=given["seen"],
                reason=given["reason"],
            )
        except InputError as error:
            form.add_error("reason", text_of(error))
            return self._form(record, form)
        messages.success(request, _("“%(name)s” was retired; its versions stay.") % {"name": title_of(self.ledger, record)})
        return redirect(self.link("list"))

    def _form(self, record: Version, form: RetireForm) -> HttpResponse:
        dress(form)
        values = {
            "record": record,
            "title": title_of(self.ledger, record),
            "form": form,
            "detail": self.link("detail", subject=record.subject),
        }
        return self.show(values, status=400 if form.errors else 200)
