"""Entering and correcting a record: errors beside their fields, while typing and when saved; no stale form is lost."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tanheng.core.errors import InputError
from tanheng.platform.errors import ConflictError
from tanheng.platform.record.actor import require
from tanheng.platform.record.models import Version
from tanheng.platform.ui.files import kept_fields, refuse, show_kept
from tanheng.platform.ui.forms import LedgerForm
from tanheng.platform.ui.kept_file import KeptFile
from tanheng.platform.ui.language import text_of
from tanheng.platform.ui.ledger import title_of
from tanheng.platform.ui.listing import LedgerPage
from tanheng.platform.ui.words import Words, said_by

_SHORT = 200  # characters of a text that a link carries over into the form


class EditPage(LedgerPage):
    """The form of a ledger: without a subject for a new record, with one for a correction."""

    template = "ui/ledger/form.html"

    def get(self, request: HttpRequest, subject: uuid.UUID | None = None) -> HttpResponse:  # Django's signature
        """Return the form."""
        require(self.actor, self.ledger.write, self.plant.pk)
        record = self.record(subject)
        form = self.form(None, record)
        form.initial = {**form.initial, **_preset(request, form)}
        return self._page(form, record)

    def post(self, request: HttpRequest, subject: uuid.UUID | None = None) -> HttpResponse:
        """Save."""
        require(self.actor, self.ledger.write, self.plant.pk)
        record = self.record(subject)
        files = dict(self.ledger.form.attached)
        data, faults = kept_fields(request, files, plant=self.plant, actor=self.actor, record=record)
        form = self.form(data, record)
        refuse(form, faults)
        if not form.is_valid():
            return self._page(form, record)
        try:
            saved = self.save(form, record)
        except InputError as error:
            form.add_refusal(error)
            return self._page(form, record)
        except ConflictError as error:
            if record is None or form.cleaned_data["seen"] == record.version:
                form.add_error(None, text_of(error))
                return self._page(form, record)
            return self._stale(form, record)
        if record is not None and saved.version == record.version:
            messages.info(
                request, _("Nothing differs from version %(version)s; nothing was saved.") % {"version": saved.version}
            )
        else:
            said = {"name": title_of(self.ledger, saved), "version": saved.version, "index": saved.log_index}
            messages.success(request, _("Saved: “%(name)s”, version %(version)s, log index %(index)s.") % said)
        return redirect(self.link("detail", subject=saved.subject))

    def record(self, subject: uuid.UUID | None) -> Version | None:
        """Return the record that is corrected."""
        if subject is None:
            return None
        found: Version = self.ledger.reads.one(self.actor, self.ledger.model, self.plant, subject)
        return found

    def form(self, data: Any, record: Version | None) -> LedgerForm:  # Any: what was posted
        """Return the form over ``data``."""
        return self.ledger.form(data, record=record, offers=self.ledger.form.offers(self.plant))

    def save(self, form: LedgerForm, record: Version | None) -> Version:
        """Hand what was typed to the service."""
        given = form.cleaned_data
        correction = {"subject": record.subject, "seen": given.get("seen"), "reason": given.get("reason", "")} if record else {}
        saved: Version = self.ledger.writes.save(
            self.ledger.model,
            form.content(),
            plant=self.plant,
            actor=self.actor,
            valid_from=given.get("valid_from"),
            valid_to=given.get("valid_to"),
            **correction,
        )
        return saved

    def _page(self, form: LedgerForm, record: Version | None) -> HttpResponse:
        subject = record.subject if record is not None else None
        show_kept(form, self.plant)
        _check_while_typing(form, self.link("check-one", subject=subject) if subject else self.link("check"))
        values = {
            "form": form,
            "record": record,
            "title": title_of(self.ledger, record) if record is not None else "",
            "back": self.link("detail", subject=subject) if subject else self.link("list"),
        }
        return self.show(values, status=400 if form.errors else 200)

    def _stale(self, form: LedgerForm, record: Version) -> HttpResponse:
        """Return what was changed in the form beside what somebody else has saved meanwhile."""
        versions = self.ledger.reads.history(self.actor, self.ledger.model, self.plant, record.subject)
        opened = next((one for one in versions if one.version == form.cleaned_data["seen"]), record)
        words = Words(self, self.ledger, [record, opened])
        said, rows, kept = said_by(opened), [], {"set-reason": form.cleaned_data.get("reason", "")}
        for field in words.fields(record):
            before, typed = (words.text(field.name, one.get(field.name)) for one in (said, form.cleaned_data))
            mine, theirs = typed != before, field.text != before
            rows.append(
                {
                    "heading": field.heading,
                    "now": field.text,
                    "typed": typed,
                    "mine": mine,
                    "differs": mine and typed != field.text,
                }
            )
            if mine and not theirs and field.name not in self.ledger.form.attached:
                kept[f"set-{field.name}"] = str(form.data.get(field.name, ""))
        values = {
            "title": title_of(self.ledger, record),
            "record": record,
            "rows": rows,
            "reason": form.cleaned_data.get("reason", ""),
            "edit": self.link(
                "edit", subject=record.subject, query={name: text for name, text in kept.items() if len(text) <= _SHORT}
            ),
            "detail": self.link("detail", subject=record.subject),
        }
        return self.show(values, template="ui/ledger/stale.html", status=409)


def _check_while_typing(form: LedgerForm, address: str) -> None:
    for name, field in form.fields.items():
        if isinstance(field.widget, KeptFile):
            continue  # a file is looked at when it is handed in
        field.widget.attrs |= {
            "hx-post": address,
            "hx-trigger": "change, input changed delay:600ms",
            "hx-target": f"#errors-{name}",
            "hx-sync": "this:queue last",  # of its own: a queue of the form would forget one field for another
        }


def _preset(request: HttpRequest, form: LedgerForm) -> dict[str, object]:
    """Return what a link to the form fills in: ``?set-instrument=…``; of a new record nothing that a person has to choose."""
    closed = {"seen", *(form.open_at_first if form.record is None else ())}
    return {name: request.GET[f"set-{name}"] for name in form.fields if f"set-{name}" in request.GET and name not in closed}


class CheckField(EditPage):
    """One field, checked while it is typed: by the form, then by the service, whose change is taken back."""

    def get(self, request: HttpRequest, subject: uuid.UUID | None = None) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Refuse: a check is posted."""
        return HttpResponseNotAllowed(["POST"])

    def post(self, request: HttpRequest, subject: uuid.UUID | None = None) -> HttpResponse:
        """Return the field with what is wrong with it."""
        require(self.actor, self.ledger.write, self.plant.pk)
        record = self.record(subject)
        form = self.form(request.POST, record)
        name = request.headers.get("HX-Trigger-Name", "")
        if name not in form.fields:
            return HttpResponse(status=404)
        form.is_valid()
        if name not in form.errors:
            self._ask_service(form, record, name)
        return render(request, "ui/ledger/check.html", {"field": form[name]})

    def _ask_service(self, form: LedgerForm, record: Version | None, name: str) -> None:
        with transaction.atomic():
            try:
                self.save(form, record)
            except InputError as error:
                form.add_refusal(error, only=name)
            except ConflictError:
                pass  # said when the form is saved
            transaction.set_rollback(True)
