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
from tanheng.platform.ui.ledger import Tab, heading, title_of
from tanheng.platform.ui.listing import LedgerPage
from tanheng.platform.ui.proof import STAGES, proof_of
from tanheng.platform.ui.words import Words


@dataclass(frozen=True, slots=True)
class Change:
    """One field that a version changed."""

    heading: str
    before: str
    after: str


class DetailPage(LedgerPage):
    """The record."""

    template = "ui/ledger/detail.html"

    def get(self, request: HttpRequest, subject: uuid.UUID) -> HttpResponse:
        """Return the page."""
        versions: list[Version] = self.ledger.reads.history(self.actor, self.ledger.model, self.plant, subject)
        for tab in self.ledger.tabs:
            if tab.name == request.GET.get("tab") and self._may(tab.permission):
                return self._tab(tab, versions)
        people = names(version.actor for version in versions)
        words = Words(self, self.ledger, versions)
        older = [*versions[1:], None]
        history = [
            {
                "version": version,
                "who": people.get(version.actor, _("the platform")),
                "changes": self._changes(before, version, words) if before is not None else [],
            }
            for version, before in zip(versions, older, strict=True)
        ]
        latest = versions[0]
        proof = proof_of(latest)
        label, look = STAGES[proof.stage]
        values = {
            "record": latest,
            "title": title_of(self.ledger, latest),
            "fields": words.groups(latest),
            "history": history,
            "proof": proof,
            "stage": label,
            "stage_look": look,
            "files": self._files(subject),
            "tabs": self._tabs(latest),
            "actions": self._actions(latest),
            "edit": self.link("edit", subject=subject),
            "retire": self.link("retire", subject=subject),
            "send": self.link("files", subject=subject),
        }
        return self.show(values)

    def _tab(self, tab: Tab, versions: list[Version]) -> HttpResponse:
        """Return the page with an app's own tab."""
        latest = versions[0]
        label, look = STAGES[proof_of(latest).stage]
        values = {
            **tab.context(self, latest),
            "record": latest,
            "title": title_of(self.ledger, latest),
            "stage": label,
            "stage_look": look,
            "tabs": self._tabs(latest),
            "actions": self._actions(latest),
            "edit": self.link("edit", subject=latest.subject),
            "retire": self.link("retire", subject=latest.subject),
            "tab_template": tab.template,
            "tab_title": tab.title,
        }
        return self.show(values, template="ui/ledger/tab.html")

    def _tabs(self, record: Version) -> list[tuple[str, str, bool]]:
        """Return text and address of each tab, and whether it is the present one; none where there is only the record."""
        offered = [tab for tab in self.ledger.tabs if self._may(tab.permission)]
        if not offered:
            return []
        chosen = self.request.GET.get("tab", "")
        own = self.link("detail", subject=record.subject)
        own_tab = (_("Record"), own, chosen not in {tab.name for tab in offered})
        others = [
            (str(tab.title), self.link("detail", subject=record.subject, query={"tab": tab.name}), tab.name == chosen)
            for tab in offered
        ]
        return [own_tab, *others]

    def _actions(self, record: Version) -> list[tuple[str, str]]:
        return [
            (str(action.title), self.link(action.name, subject=record.subject))
            for action in self.ledger.actions
            if self._may(action.permission or self.ledger.write) and action.offered(record)
        ]

    def _files(self, subject: uuid.UUID) -> list[tuple[Attachment, str]]:
        files = Attachment.objects.filter(plant=self.plant, subject=subject)
        return [(file, self.link("file", subject=subject, uid=file.uid)) for file in files]

    def _changes(self, before: Version, after: Version, words: Words) -> list[Change]:
        return [
            Change(heading(self.ledger.model, one.field), words.text(one.field, one.before), words.text(one.field, one.after))
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
