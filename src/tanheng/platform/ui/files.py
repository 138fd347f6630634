"""The files of a record: handed in with it, opened by those who may read it."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from tanheng.core.errors import InputError
from tanheng.platform.errors import MissingError
from tanheng.platform.record import attachments
from tanheng.platform.record.actor import Actor, require
from tanheng.platform.record.models import Attachment, Plant, Version
from tanheng.platform.ui.kept_file import CHOSEN, KeptFile
from tanheng.platform.ui.language import text_of
from tanheng.platform.ui.listing import LedgerPage
from tanheng.platform.ui.words import PICTURES, said_by


class FilesPage(LedgerPage):
    """Handing a file in with a record."""

    def get(self, request: HttpRequest, subject: uuid.UUID) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Go to where files are handed in."""
        require(self.actor, self.ledger.write, self.plant.pk)
        self.ledger.reads.one(self.actor, self.ledger.model, self.plant, subject)
        return redirect(self.link("detail", subject=subject) + "#files")

    def post(self, request: HttpRequest, subject: uuid.UUID) -> HttpResponse:
        """Keep the file and go back to the record."""
        require(self.actor, self.ledger.write, self.plant.pk)
        self.ledger.reads.one(self.actor, self.ledger.model, self.plant, subject)
        file = request.FILES.get("file")
        if file is None:
            raise InputError("platform.ui.no_file_chosen", field="file")
        kept = attachments.store(
            file.chunks(), plant=self.plant.pk, name=file.name or "file", actor=self.actor, subject=subject
        )
        messages.success(request, _("“%(name)s” was kept; log index %(index)s.") % {"name": kept.name, "index": kept.log_index})
        return redirect(self.link("detail", subject=subject) + "#files")


class FilePage(LedgerPage):
    """One file of a record, its bytes found to be those that were logged; a picture is shown, anything else is saved."""

    def get(self, request: HttpRequest, subject: uuid.UUID, uid: uuid.UUID) -> FileResponse:  # noqa: ARG002  # Django's signature
        """Return the file."""
        versions = self.ledger.reads.history(self.actor, self.ledger.model, self.plant, subject)
        found = Attachment.objects.filter(plant=self.plant, uid=uid).first()
        if found is None or not (found.subject == subject or found.sha256 in self._named(versions)):
            raise MissingError("platform.record.missing", type="attachment", subject=uid)
        shown = found.media in PICTURES
        return FileResponse(attachments.opened(found), as_attachment=not shown, filename=found.name, content_type=found.media)

    def _named(self, versions: list[Version]) -> set[str]:
        """Return the hashes that any version of the record names."""
        return {str(said_by(version).get(name)) for version in versions for name in self.ledger.form.attached}


def kept_fields(
    request: HttpRequest, allowed: dict[str, frozenset[str]], *, plant: Plant, actor: Actor, record: Version | None
) -> tuple[Any, dict[str, InputError]]:  # Any: what was posted, as the form takes it
    """Keep the files that came with a form and put their hashes in the place of their fields; return also what was refused."""
    data, faults = request.POST.copy(), {}
    for name, media in allowed.items():
        file = request.FILES.get(f"{name}{CHOSEN}")
        try:
            if file is not None:
                data[name] = _store(file, media, plant, actor, record)
                data.pop(f"{name}-none", None)
            elif data.get(name):
                _require_own(name, str(data[name]), plant, actor, record)
        except InputError as error:
            faults[name] = error
    return data, faults


def _store(file: UploadedFile[Any], media: frozenset[str], plant: Plant, actor: Actor, record: Version | None) -> str:
    subject = record.subject if record is not None else None
    return attachments.store(
        file.chunks(), plant=plant.pk, name=file.name or "file", actor=actor, subject=subject, allowed=media
    ).sha256


def _require_own(name: str, sha256: str, plant: Plant, actor: Actor, record: Version | None) -> None:
    """Refuse a hash that is neither the record's nor of a file that the actor handed in."""
    if record is not None and said_by(record).get(name) == sha256:
        return
    if not Attachment.objects.filter(plant=plant, sha256=sha256, actor=actor.uid).exists():
        raise InputError("platform.ui.file_unknown", field=name)


def show_kept(form: forms.Form, plant: Plant) -> None:
    """Tell the controls of a form which files their values name."""
    for name, field in form.fields.items():
        if isinstance(field.widget, KeptFile) and form[name].value():
            field.widget.kept = Attachment.objects.filter(plant=plant, sha256=form[name].value()).first()


def refuse(form: forms.Form, faults: dict[str, InputError]) -> None:
    """Put what was wrong with files beside their fields."""
    for name, error in faults.items():
        form.add_error(name, text_of(error))
