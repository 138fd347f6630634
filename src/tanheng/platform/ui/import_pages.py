"""The pages of an import: choosing a file, seeing what it would do, doing it.

The file is kept, hashed and logged, when it arrives, so that what was checked is what is imported, and so that the original can
be found later.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tanheng.core.errors import InputError
from tanheng.platform.errors import MissingError
from tanheng.platform.record import attachments
from tanheng.platform.record.actor import require
from tanheng.platform.record.models import Attachment
from tanheng.platform.ui import mappings, sheets
from tanheng.platform.ui.forms import dress
from tanheng.platform.ui.importing import Importer, OwnSheets
from tanheng.platform.ui.language import text_of
from tanheng.platform.ui.layouts import Layout, places, unasked
from tanheng.platform.ui.ledger import heading, shown
from tanheng.platform.ui.listing import LedgerPage
from tanheng.platform.ui.models import SheetMapping
from tanheng.platform.ui.named_days import month_in
from tanheng.platform.ui.outcome import Outcome
from tanheng.platform.ui.sheets import Grid
from tanheng.platform.ui.strange_words import Look, Meaning, look
from tanheng.platform.ui.taking import take


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found, and how the sheet was read."""

    outcome: Outcome
    meanings: Sequence[Meaning]
    mapping: SheetMapping | None = None
    layout: Layout | None = None
    month: str = ""


class ImportForm(forms.Form):
    """The file, and why records are corrected by it."""

    file = forms.FileField(
        label=gettext_lazy("File (.xlsx or .csv)"), widget=forms.ClearableFileInput({"accept": ".xlsx,.csv"})
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason, where records are corrected"), max_length=2000, required=False, widget=forms.TextInput()
    )


class ImportPage(LedgerPage):
    """Choosing a file, seeing what it would do, doing it."""

    template = "ui/ledger/import.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the form."""
        require(self.actor, self.ledger.write, self.plant.pk)
        return self._page(ImportForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Check a file that is handed in, or import one that was checked."""
        require(self.actor, self.ledger.write, self.plant.pk)
        if request.POST.get("kept"):
            return self._import(request.POST["kept"], request.POST.get("reason", "").strip())
        form = ImportForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form, status=400)
        try:
            kept = self._keep(form.cleaned_data["file"])
            return self._check(form, kept, form.cleaned_data["reason"].strip())
        except InputError as error:
            for finding in (error, *error.findings):
                form.add_error("file", text_of(finding))
            return self._page(form, status=400)

    def _check(self, form: ImportForm, kept: Attachment, reason: str) -> HttpResponse:
        """Check our own sheet, or one whose layout is known; a sheet of another kind is first laid out by a person."""
        try:
            return self._page(form, kept=kept, checked=self.run(kept, reason, None, keep=False))
        except InputError as error:
            if error.code != "platform.ui.sheet_refused":
                raise
        grids = self.grids_of(kept)
        known = mappings.recognised(self.plant, self.ledger.name, grids)
        if known is None or not known.is_exact or known.wants_month(kept.name) or unasked(known.layout, self.ledger.resource):
            query = {"reason": reason, **({"mapping": str(known.mapping.uid)} if known is not None else {})}
            return redirect(self.link("map", uid=kept.uid, query=query))
        found = self.look_at(kept, grids, known.layout)
        if found.words or found.questions:
            query = {"reason": reason, "mapping": str(known.mapping.uid), "words": "1"}
            return redirect(self.link("map", uid=kept.uid, query=query))
        return self.checked(form, kept, reason, known.mapping)

    def look_at(self, kept: Attachment, grids: Sequence[Grid], layout: Layout, month: str = "") -> Look:
        """Return what of a workbook is not in our words, and what it leaves open.

        Raises
        ------
        InputError
            The name of a sheet holds no day where one is wanted.
        """
        taken = take(layout, grids, self.ledger.resource, month=month or month_in([kept.name]))
        return look(self.ledger, self.plant, taken.rows, places(layout), layout=layout.for_file(kept.sha256))

    def checked(
        self, form: ImportForm, kept: Attachment, reason: str, mapping: SheetMapping, *, month: str = ""
    ) -> HttpResponse:
        """Return the result of a check with a layout that was kept."""
        return self._page(form, kept=kept, checked=self.run(kept, reason, mapping, month=month, keep=False))

    def _import(self, uid: str, reason: str) -> HttpResponse:
        kept = self.kept(uid)
        mapping = mappings.one(self.plant, self.ledger.name, self.request.POST.get("mapping", ""))
        month = self.request.POST.get("month", "")
        try:
            checked = self.run(kept, reason, mapping, month=month, keep=True)
        except InputError as error:  # the layout was changed meanwhile
            messages.error(self.request, text_of(error))
            return redirect(self.link("import"))
        outcome = checked.outcome
        if outcome.faults or outcome.unreasoned:
            form = ImportForm(initial={"reason": reason})
            return self._page(form, kept=kept, checked=checked, is_import=True, status=409)
        said = {"new": outcome.new, "corrected": outcome.corrected, "unchanged": outcome.unchanged, "file": kept.name}
        text = _("Imported from “%(file)s”: %(new)s new, %(corrected)s corrected, %(unchanged)s unchanged.") % said
        messages.success(self.request, text)
        return redirect(self.link("list"))

    def _keep(self, file: UploadedFile[Any]) -> Attachment:
        return attachments.store(
            file.chunks(), plant=self.plant.pk, name=file.name or "file", actor=self.actor, allowed=sheets.MEDIA
        )

    def kept(self, uid: str) -> Attachment:
        """Return a file that the actor handed in."""
        try:
            found = Attachment.objects.filter(plant=self.plant, uid=uuid.UUID(uid), actor=self.actor.uid).first()
        except ValueError:
            found = None
        if found is None:
            raise MissingError("platform.ui.no_file")
        return found

    def grids_of(self, kept: Attachment) -> list[Grid]:
        """Return the sheets of a file, its bytes found to be those that were logged."""
        with attachments.opened(kept):
            return sheets.grids(attachments.path_of(kept.sha256), kept.media)

    def run(self, kept: Attachment, reason: str, mapping: SheetMapping | None, *, keep: bool, month: str = "") -> Checked:
        """Import a file, or check what that would do.

        Raises
        ------
        InputError
            Its headings are not the template's, or not those of the layout.
        """
        importer = Importer(self.ledger, self.plant, self.actor, reason)
        if mapping is not None:
            layout = Layout.from_json(mapping.layout).for_file(kept.sha256)
            grids = self.grids_of(kept)
            outcome = importer.run_own(OwnSheets(grids, layout, month or month_in([kept.name])), keep=keep)
            meanings = self.look_at(kept, grids, layout, month).meanings
            return Checked(outcome, meanings, mapping=mapping, layout=layout, month=month)
        with attachments.opened(kept):  # the bytes are those that were logged
            rows = sheets.read(attachments.path_of(kept.sha256), kept.media)
        outcome = importer.run(rows, keep=keep)
        found = look(
            self.ledger, self.plant, rows[1:], self.ledger.resource.place(rows[0].cells, self.ledger.resource.fields())
        )
        return Checked(outcome, found.meanings)

    def _page(
        self,
        form: ImportForm,
        *,
        kept: Attachment | None = None,
        checked: Checked | None = None,
        is_import: bool = False,
        status: int = 200,
    ) -> HttpResponse:
        dress(form)
        reason = str(
            form.cleaned_data.get("reason", "") if form.is_bound and form.is_valid() else form.initial.get("reason", "")
        )
        values: dict[str, Any] = {"form": form, "kept": kept, "reason": reason, "is_import": is_import}  # Any: context
        if checked is not None and kept is not None:
            values |= {"outcome": checked.outcome, "meanings": checked.meanings, "month": checked.month}
            query = {"reason": reason, "month": checked.month}
            if checked.mapping is not None:
                query["mapping"] = str(checked.mapping.uid)
                values |= {"mapping": checked.mapping, "for_all": self._for_all(checked.layout)}
                values["columns_left_out"] = checked.layout.left_out if checked.layout is not None else []
                values["map"] = self.link("map", uid=kept.uid, query=query)
            values["fault_file"] = self.link("faults", uid=kept.uid, query=query)
        return self.show(values, template="ui/ledger/import.html", status=status)

    def _for_all(self, layout: Layout | None) -> list[tuple[str, str]]:
        """Return what all rows say in fields that no column has, as a person reads it."""
        said = layout.fixed.items() if layout is not None else ()
        labels = self.ledger.form.labels
        return [(heading(self.ledger.model, name), shown(value, labels.get(name))) for name, value in said if value]
