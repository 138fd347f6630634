"""One workbook with a sheet for each ledger of instruments: taken in together, all of it or nothing.

The sheets are read in the order in which their records name each other: instruments, chains, certificates, installations,
seals. Each is the ledger's own template; a sheet that is not there, or has no rows, is passed over.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from tanheng.core.errors import InputError
from tanheng.platform.errors import MissingError
from tanheng.platform.record import attachments
from tanheng.platform.record.actor import require
from tanheng.platform.record.models import Attachment
from tanheng.platform.record.sniffing import XLSX
from tanheng.platform.ui import sheets
from tanheng.platform.ui.forms import dress
from tanheng.platform.ui.frame import Page
from tanheng.platform.ui.importing import Importer
from tanheng.platform.ui.language import text_of
from tanheng.platform.ui.ledger import LedgerPages
from tanheng.platform.ui.outcome import Outcome
from tanheng.platform.ui.sheets import Row, Sheet

LANGUAGES = ("zh-hans", "en")


def ledgers() -> tuple[LedgerPages, ...]:
    """Return the ledgers of the workbook, in the order in which they are read."""
    from tanheng.platform.instruments import pages

    return (pages.INSTRUMENTS, pages.CHAINS, pages.CERTIFICATES, pages.INSTALLATIONS, pages.SEALS)


def read(path: Path) -> Iterator[tuple[LedgerPages, list[Row]]]:
    """Yield each ledger with the rows of its sheet; a sheet is known by its name in either language, or the ledger's address.

    Raises
    ------
    InputError
        It cannot be read, is too large, or has none of the sheets.
    """
    found = {grid.name.strip().casefold(): grid for grid in sheets.grids(path, XLSX)}
    known = [(ledger, found[name]) for ledger in ledgers() for name in _names(ledger) if name in found]
    if not known:
        wanted = ", ".join(str(ledger.title) for ledger in ledgers())
        raise InputError("platform.instruments.no_sheet", field="file", wanted=wanted)
    for ledger, grid in known:
        filled = [(number, cells) for number, cells in enumerate(grid.rows, 1) if any(cell.strip() for cell in cells)]
        rows = [Row(number, cells, lacking=grid.lacking_in(number)) for number, cells in filled]
        if len(rows) > 1:
            yield ledger, rows


def _names(ledger: LedgerPages) -> set[str]:
    known = {ledger.name}
    for language in LANGUAGES:
        with override(language):
            known.add(str(ledger.title).strip().casefold())
    return known


class WorkbookForm(forms.Form):
    """The file, and why records are corrected by it."""

    file = forms.FileField(label=gettext_lazy("File (.xlsx)"), widget=forms.ClearableFileInput({"accept": ".xlsx"}))
    reason = forms.CharField(label=gettext_lazy("Reason, where records are corrected"), max_length=2000, required=False)


class WorkbookPage(Page):
    """Choosing a workbook, seeing what it would do, doing it."""

    permission = "instruments.write"
    template = "instruments/workbook.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the form."""
        return self._page(WorkbookForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Check a file that is handed in, or import one that was checked."""
        require(self.actor, "instruments.write", self.plant.pk)
        if request.POST.get("kept"):
            return self._import(request.POST["kept"], request.POST.get("reason", "").strip())
        form = WorkbookForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form, status=400)
        try:
            kept = self._keep(form.cleaned_data["file"])
            outcomes = self._run(kept, form.cleaned_data["reason"].strip(), keep=False)
        except InputError as error:
            for finding in (error, *error.findings):
                form.add_error("file", text_of(finding))
            return self._page(form, status=400)
        return self._page(form, kept=kept, outcomes=outcomes, reason=form.cleaned_data["reason"])

    def _import(self, uid: str, reason: str) -> HttpResponse:
        kept = handed_in(self.plant.pk, uid, self.actor.uid)
        outcomes = self._run(kept, reason, keep=True)
        if any(outcome.faults for _ledger, outcome in outcomes) or _lacks_reason(outcomes, reason):
            return self._page(WorkbookForm(), kept=kept, outcomes=outcomes, reason=reason, is_import=True, status=409)
        said = {"new": sum(one.new for _l, one in outcomes), "corrected": sum(one.corrected for _l, one in outcomes)}
        messages.success(self.request, _("Imported: %(new)s new records, %(corrected)s corrected.") % said)
        return redirect(self.address("instruments:list"))

    def _keep(self, file: UploadedFile[Any]) -> Attachment:  # Any: Django's
        return attachments.store(
            file.chunks(), plant=self.plant.pk, name=file.name or "file", actor=self.actor, allowed=frozenset({XLSX})
        )

    def _run(self, kept: Attachment, reason: str, *, keep: bool) -> list[tuple[LedgerPages, Outcome]]:
        """Take the sheets in one after the other; unless ``keep``, or with any fault, all is taken back."""
        with attachments.opened(kept):
            pass  # its bytes are those that were logged
        outcomes = []
        with transaction.atomic():
            for ledger, rows in read(attachments.path_of(kept.sha256)):
                outcomes.append((ledger, self._sheet(ledger, rows, reason)))
                if outcomes[-1][1].faults:
                    break  # what names its records would be at fault too
            if not keep or any(outcome.faults for _ledger, outcome in outcomes) or _lacks_reason(outcomes, reason):
                transaction.set_rollback(True)
        return outcomes

    def _sheet(self, ledger: LedgerPages, rows: Sequence[Row], reason: str) -> Outcome:
        try:
            return Importer(ledger, self.plant, self.actor, reason or "-").run(rows, keep=True)
        except InputError as error:
            findings = [InputError("platform.instruments.in_sheet", sheet=str(ledger.title)), *(error.findings or (error,))]
            raise InputError("platform.ui.sheet_refused", findings=findings) from error

    def _page(
        self,
        form: WorkbookForm,
        *,
        kept: Attachment | None = None,
        outcomes: Sequence[tuple[LedgerPages, Outcome]] = (),
        reason: str = "",
        is_import: bool = False,
        status: int = 200,
    ) -> HttpResponse:
        dress(form)
        values = {
            "form": form,
            "kept": kept,
            "outcomes": outcomes,
            "is_good": bool(outcomes) and not any(outcome.faults for _ledger, outcome in outcomes),
            "reason": reason,
            "corrected": sum(outcome.corrected for _ledger, outcome in outcomes),
            "is_import": is_import,
            "file": self.address("instrument-workbook-file"),
            "back": self.address("instruments:list"),
        }
        return self.show(values, status=status)


def _lacks_reason(outcomes: Sequence[tuple[LedgerPages, Outcome]], reason: str) -> bool:
    """Tell whether records would be corrected and nobody said why; one reason does for the whole workbook."""
    return not reason and any(outcome.corrected for _ledger, outcome in outcomes)


def handed_in(plant: int, uid: str, actor: uuid.UUID) -> Attachment:
    """Return the file that somebody handed in and that was checked.

    Raises
    ------
    MissingError
        There is none.
    """
    try:
        found = Attachment.objects.filter(plant_id=plant, uid=uuid.UUID(uid), actor=actor).first()
    except ValueError:
        found = None
    if found is None:
        raise MissingError("platform.ui.no_file")
    return found


class WorkbookTemplate(Page):
    """The empty workbook: a sheet for each ledger, one row of examples apart, and the words that may stand in each column."""

    permission = "instruments.read"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the workbook."""
        made: list[Sheet] = []
        explained: list[list[str]] = []
        for ledger in ledgers():
            columns = ledger.resource.columns(ledger.form())
            heads = [f"{column.heading} *" if column.is_required else column.heading for column in columns]
            made.append(Sheet(name=str(ledger.title)[:31], heads=heads, rows=[], words=[column.words for column in columns]))
            for column in columns:
                required = _("yes") if column.is_required else _("no")
                said = [str(ledger.title), column.heading, required, column.example, " / ".join(column.words)]
                explained.append(said)
        heads = [_("Sheet"), _("Column"), _("Required"), _("Example"), _("May be")]
        made.append(Sheet(name=_("Explanation"), heads=heads, rows=explained))
        data = sheets.workbook(made, created=self.plant.founded_at)
        answer = HttpResponse(data, content_type=XLSX)
        answer["Content-Disposition"] = 'attachment; filename="instruments-workbook-template.xlsx"'
        return answer
