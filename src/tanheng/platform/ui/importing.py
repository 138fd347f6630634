"""Importing a sheet into a ledger: all of it or nothing, checked by the form and the service that one record would meet.

A check is an import that is taken back. The file is kept, hashed and logged, when it arrives, so that what was checked is what
is imported, and so that the original can be found later.
"""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tanheng.core.errors import InputError, TanhengError
from tanheng.platform.errors import ConflictError, MissingError
from tanheng.platform.record import attachments, schema
from tanheng.platform.record.actor import Actor, require
from tanheng.platform.record.models import Attachment, Plant, Version
from tanheng.platform.record.sniffing import XLSX
from tanheng.platform.ui import mappings, sheets
from tanheng.platform.ui.forms import LedgerForm, dress
from tanheng.platform.ui.language import text_of
from tanheng.platform.ui.layouts import Layout, LeftOut, month_in, places, take
from tanheng.platform.ui.ledger import LedgerPages, heading
from tanheng.platform.ui.listing import LedgerPage
from tanheng.platform.ui.models import SheetMapping
from tanheng.platform.ui.references import SUBJECT
from tanheng.platform.ui.resources import DAYS
from tanheng.platform.ui.sheets import Grid, Row, Sheet
from tanheng.platform.ui.strange_words import Word, nearest, strange_words

MOST_FAULTS = 200
MOST_ROWS_NAMED = 30
_NAMES = frozenset({"code", "number"})  # of the fields of a key the one that a person would change


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell, or with a whole row where ``column`` is empty; ``sheet`` where there are several."""

    row: int
    column: str
    value: str
    message: str
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class FaultGroup:
    """The same fault in one row or in many; ``rows`` by sheet."""

    column: str
    value: str
    message: str
    rows: dict[str, list[int]]

    @property
    def sheet(self) -> str:
        """Return the sheets."""
        return "、".join(self.rows)

    @property
    def where(self) -> str:
        """Return the row, or how many rows and which."""
        count = sum(len(rows) for rows in self.rows.values())
        if count == 1:
            return str(next(iter(self.rows.values()))[0])
        said = [f"{sheet} {_listed(rows)}" if len(self.rows) > 1 else _listed(rows) for sheet, rows in self.rows.items()]
        return _("%(count)s rows: %(rows)s") % {"count": count, "rows": "; ".join(said)}


def _listed(rows: Sequence[int]) -> str:
    return ", ".join(str(row) for row in rows[:MOST_ROWS_NAMED]) + (" …" if len(rows) > MOST_ROWS_NAMED else "")


@dataclass(slots=True)
class Outcome:
    """What an import did, or would do; ``words`` are those that may stand in the columns that say another."""

    counts: Counter[str] = field(default_factory=Counter)
    words: dict[str, list[str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def new(self) -> int:
        """Return how many records are new."""
        return self.counts["new"]

    @property
    def corrected(self) -> int:
        """Return how many records get a further version."""
        return self.counts["corrected"]

    @property
    def unchanged(self) -> int:
        """Return how many rows say what the record says already."""
        return self.counts["unchanged"]

    @property
    def bad_rows(self) -> int:
        """Return how many rows have a fault."""
        return len({(fault.sheet, fault.row) for fault in self.faults})

    @property
    def groups(self) -> list[FaultGroup]:
        """Return the faults, those of the same content together, in the order of the sheets and rows."""
        order = {sheet: place for place, sheet in enumerate(dict.fromkeys(fault.sheet for fault in self.faults))}
        found: dict[tuple[str, str, str], FaultGroup] = {}
        for fault in sorted(self.faults, key=lambda fault: (order[fault.sheet], fault.row)):
            said = (fault.column, fault.value, fault.message)
            rows = found.setdefault(said, FaultGroup(*said, rows={})).rows.setdefault(fault.sheet, [])
            if fault.row not in rows:
                rows.append(fault.row)
        return list(found.values())

    @property
    def shown(self) -> list[FaultGroup]:
        """Return the groups of faults that fit on a page."""
        return self.groups[:MOST_FAULTS]


@dataclass(frozen=True, slots=True)
class _New:
    """A row that is a new record."""

    row: Row
    data: dict[str, str]
    content: Any  # Any: of whichever payload schema
    faulty: frozenset[str]


@dataclass(frozen=True, slots=True)
class OwnSheets:
    """A plant's own workbook, and how it is laid out.

    Parameters
    ----------
    month : str
        Of sheets whose names are days: ``2025-03``.
    """

    grids: Sequence[Grid]
    layout: Layout
    month: str = ""

    def column(self, name: str) -> str:
        """Return what a field is called in the workbook."""
        return self.layout.column(name)

    def text(self, row: Row, name: str) -> str:
        """Return what stands in the workbook where a row says a field."""
        index = self.layout.index(name)
        if index is None:
            return ""
        grid = next(grid for grid in self.grids if grid.name == row.sheet)
        return grid.text(row.number, index)


class Importer:
    """One sheet on its way into a ledger of a plant."""

    def __init__(self, ledger: LedgerPages, plant: Plant, actor: Actor, reason: str) -> None:
        self.ledger, self.plant, self.actor, self.reason = ledger, plant, actor, reason
        self.outcome = Outcome()
        self._new: dict[datetime.date | None, list[_New]] = {}
        self._seen: dict[tuple[str, ...], Row] = {}
        self._own: OwnSheets | None = None
        rows = ledger.reads.ledger(actor, ledger.model, plant)
        self._forms: dict[str, LedgerForm] = {}
        self._meanings = {name: one.meanings(plant) for name, one in ledger.form.references.items()}
        self._known: dict[tuple[str, ...], Version] = {ledger.resource.identity(row): row for row in rows}

    def run(self, rows: Sequence[Row], *, keep: bool) -> Outcome:
        """Import the rows; unless ``keep``, or with any fault, all is taken back.

        Raises
        ------
        InputError
            The headings are not the template's.
        """
        return self._run(rows[1:], self.ledger.resource.place(rows[0].cells, self.ledger.resource.fields()), keep=keep)

    def run_own(self, own: OwnSheets, *, keep: bool) -> Outcome:
        """Import what a layout finds in a plant's own sheets; unless ``keep``, or with any fault, all is taken back.

        Raises
        ------
        InputError
            The name of a sheet holds no day where one is wanted.
        """
        taken = take(own.layout, own.grids, self.ledger.resource, month=own.month)
        if not taken.rows:
            raise InputError("platform.ui.mapping_no_rows", row=own.layout.last)
        self._own, self.outcome.left_out = own, taken.left_out
        return self._run(taken.rows, places(own.layout), keep=keep)

    def _run(self, rows: Sequence[Row], places: dict[str, int], *, keep: bool) -> Outcome:
        with transaction.atomic():
            for row in rows:
                self._take(row, places)
            for valid_from, entries in self._new.items():
                self._enter(valid_from, entries)
            if self.outcome.faults or not keep:
                transaction.set_rollback(True)
        return self.outcome

    def _take(self, row: Row, places: dict[str, int]) -> None:
        data, faults = self.ledger.resource.cells(row, places)
        faults += self._resolve(data)
        identity = tuple(data.get(name, "") for name in self.ledger.resource.key)
        record = self._known.get(identity)
        form = self._form(data, record, places)
        self._refuse(row, data, faults)
        first = self._seen.setdefault(identity, row)
        if first is not row:
            self._refuse(row, data, [self._twice(row, data, first)])
        if not form.is_valid():
            self._refuse_form(row, data, form, places)
        faulty = frozenset({*form.errors, *(str(fault.fields.get("field", "")) for fault in faults)})
        if first is not row or any(self._names_subject(name) for name in faulty):
            return
        try:
            self._save(row, data, form, record, faulty)  # with a fault all is taken back, but all faults are told at once
        except (InputError, ConflictError) as error:
            self._refuse(row, data, getattr(error, "findings", ()) or (error,), faulty)

    def _names_subject(self, name: str) -> bool:
        references = self.ledger.form.references
        return name in references and references[name].by == SUBJECT

    def _twice(self, row: Row, data: dict[str, str], first: Row) -> InputError:
        """Return that a key stands in two rows, with the key as the sheet says it."""
        key = self.ledger.resource.key
        where = f"{first.sheet}!{first.number}" if first.sheet != row.sheet else first.number
        said = " · ".join(self._said(row, data, name) or _("(empty)") for name in key if name in self.ledger.resource.fields())
        field = next((name for name in key if name in _NAMES), key[0])
        return InputError("platform.ui.row_twice", field=field, first=where, key=said)

    def _resolve(self, data: dict[str, str]) -> list[InputError]:
        """Put what a reference holds in the place of the name that stands in a cell."""
        faults = []
        for name, reference in self.ledger.form.references.items():
            text = data.get(name, "")
            found = self._meanings[name].get(text.strip().casefold())
            if found is not None:
                data[name] = found
            elif text and reference.by == SUBJECT:  # by a column: whether it is there is said by the service
                faults.append(InputError("platform.ui.reference", field=name, value=text[:100]))
        return faults

    def _form(self, data: dict[str, str], record: Version | None, places: dict[str, int]) -> LedgerForm:
        filled: dict[str, object] = dict(data)
        if record is not None:
            filled |= {"seen": record.version, "reason": self.reason or "-"}
            untold = (*self.ledger.form.attached, *(name for name in DAYS if name not in places))
            filled |= {name: getattr(record, name) for name in untold}
        kind = "new" if record is None else "correction"
        if kind not in self._forms:
            self._forms[kind] = self.ledger.form(filled, record=record)
        form = self._forms[kind]
        form.read(filled, record)
        return form

    def _save(self, row: Row, data: dict[str, str], form: LedgerForm, record: Version | None, faulty: frozenset[str]) -> None:
        given, content = form.cleaned_data, form.content()
        if record is None and given.get("valid_to") is None:
            self._new.setdefault(given.get("valid_from"), []).append(_New(row, data, content, faulty))
            return
        if record is not None and _says(record, content, given):
            self.outcome.counts["unchanged"] += 1
            return
        correction = {"subject": record.subject, "seen": record.version, "reason": self.reason} if record is not None else {}
        saved: Version = self.ledger.writes.save(
            self.ledger.model,
            content,
            plant=self.plant,
            actor=self.actor,
            valid_from=given.get("valid_from"),
            valid_to=given.get("valid_to"),
            **correction,
        )
        if record is None:
            self.outcome.counts["new"] += 1
        else:
            self.outcome.counts["unchanged" if saved.version == record.version else "corrected"] += 1

    def _enter(self, valid_from: datetime.date | None, entries: list[_New]) -> None:
        """Enter new records together: one by one they would take ten times as long."""
        contents = [one.content for one in entries]
        try:
            saved = self.ledger.writes.save_many(
                self.ledger.model, contents, plant=self.plant, actor=self.actor, valid_from=valid_from
            )
        except InputError as error:
            for finding in error.findings:
                one = entries[int(str(finding.fields["row"])) - 1]
                self._refuse(one.row, one.data, [finding], one.faulty)
        else:
            self.outcome.counts["new"] += len(saved)

    def _refuse(
        self, row: Row, data: dict[str, str], findings: Sequence[TanhengError], faulty: frozenset[str] = frozenset()
    ) -> None:
        """Note what was found; nothing that comes of the ``faulty`` fields alone, which are noted already."""
        form = next(iter(self._forms.values()))
        for finding in findings:
            name = str(finding.fields.get("field", ""))
            if name not in faulty and faulty.isdisjoint(finding.fields):
                self._note(row, data, name, form.refusal(finding, column=self._column(name)))

    def _refuse_form(self, row: Row, data: dict[str, str], form: LedgerForm, places: dict[str, int]) -> None:
        for name, errors in form.errors.as_data().items():
            for error in errors:
                if error.code == "invalid_choice" and name in form.labels:
                    self._note(row, data, name, self._unknown_word(name, row.cells[places[name]] if name in places else ""))
                    continue
                for text in error.messages:
                    self._note(row, data, name, str(text))

    def _unknown_word(self, name: str, word: str) -> str:
        """Return that a word is in no list, with those most like it; the whole list is shown once, below."""
        words = [str(label) for label in self.ledger.form.labels[name].values()]
        self.outcome.words[self._column(name) or heading(self.ledger.model, name)] = words
        return _("“%(value)s” is not in the list; the nearest are: %(words)s") % {
            "value": word,
            "words": "、".join(nearest(word, words)),
        }

    def _column(self, name: str) -> str:
        return self._own.column(name) if self._own is not None else ""

    def _said(self, row: Row, data: dict[str, str], name: str) -> str:
        """Return what the sheet says in a field."""
        return (self._own.text(row, name) if self._own is not None else "") or data.get(name, "")

    def _note(self, row: Row, data: dict[str, str], name: str, message: str) -> None:
        column = self._column(name) or (heading(self.ledger.model, name) if name in data else "")
        self.outcome.faults.append(Fault(row.number, column, self._said(row, data, name), message, row.sheet))


def _says(record: Version, content: object, given: Mapping[str, object]) -> bool:
    """Tell whether a record says already what a row says; most rows of a sheet that comes again do."""
    payload = schema.decode(bytes(record.payload))
    return (payload.content, payload.valid_from, payload.valid_to) == (content, given.get("valid_from"), given.get("valid_to"))


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
            return self._page(form, kept=kept, outcome=self._run(kept, reason, None, keep=False))
        except InputError as error:
            if error.code != "platform.ui.sheet_refused":
                raise
        grids = self.grids_of(kept)
        known = mappings.recognised(self.plant, self.ledger.name, grids)
        if known is None or (known.is_exact and known.wants_month(kept.name)) or not known.is_exact:
            query = {"reason": reason, **({"mapping": str(known.mapping.uid)} if known is not None else {})}
            return redirect(self.link("map", uid=kept.uid, query=query))
        if self.words_of(kept, grids, known.layout):
            query = {"reason": reason, "mapping": str(known.mapping.uid), "words": "1"}
            return redirect(self.link("map", uid=kept.uid, query=query))
        return self.checked(form, kept, reason, known.mapping)

    def words_of(self, kept: Attachment, grids: Sequence[Grid], layout: Layout) -> list[Word]:
        """Return the words of a workbook that neither our lists nor a layout know."""
        taken = take(layout, grids, self.ledger.resource, month=month_in([kept.name]))
        return strange_words(self.ledger, self.plant, layout, taken.rows)

    def checked(
        self, form: ImportForm, kept: Attachment, reason: str, mapping: SheetMapping, *, month: str = ""
    ) -> HttpResponse:
        """Return the result of a check with a layout that was kept."""
        outcome = self._run(kept, reason, mapping, month=month, keep=False)
        return self._page(form, kept=kept, outcome=outcome, mapping=mapping, month=month)

    def _import(self, uid: str, reason: str) -> HttpResponse:
        kept = self.kept(uid)
        mapping = mappings.one(self.plant, self.ledger.name, self.request.POST.get("mapping", ""))
        month = self.request.POST.get("month", "")
        try:
            outcome = self._run(kept, reason, mapping, month=month, keep=True)
        except InputError as error:  # the layout was changed meanwhile
            messages.error(self.request, text_of(error))
            return redirect(self.link("import"))
        if outcome.faults:
            form = ImportForm(initial={"reason": reason})
            return self._page(form, kept=kept, outcome=outcome, mapping=mapping, month=month, status=409)
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

    def _run(self, kept: Attachment, reason: str, mapping: SheetMapping | None, *, keep: bool, month: str = "") -> Outcome:
        importer = Importer(self.ledger, self.plant, self.actor, reason)
        if mapping is not None:
            layout = Layout.from_json(mapping.layout)
            own = OwnSheets(self.grids_of(kept), layout, month or month_in([kept.name]))
            return importer.run_own(own, keep=keep)
        with attachments.opened(kept):  # the bytes are those that were logged
            rows = sheets.read(attachments.path_of(kept.sha256), kept.media)
        return importer.run(rows, keep=keep)

    def _page(
        self,
        form: ImportForm,
        *,
        kept: Attachment | None = None,
        outcome: Outcome | None = None,
        mapping: SheetMapping | None = None,
        month: str = "",
        status: int = 200,
    ) -> HttpResponse:
        dress(form)
        reason = str(
            form.cleaned_data.get("reason", "") if form.is_bound and form.is_valid() else form.initial.get("reason", "")
        )
        values = {"form": form, "kept": kept, "outcome": outcome, "reason": reason, "mapping": mapping, "month": month}
        if mapping is not None and kept is not None:
            values["map"] = self.link("map", uid=kept.uid, query={"mapping": str(mapping.uid), "reason": reason})
        return self.show(values, template="ui/ledger/import.html", status=status)


class TemplateFile(LedgerPage):
    """The empty sheet to fill in, with the words that may stand in each column and one example."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the workbook."""
        columns = self.ledger.resource.columns(self.ledger.form())
        heads = [f"{column.heading} *" if column.is_required else column.heading for column in columns]
        empty = Sheet(name=str(self.ledger.title), heads=heads, rows=[], words=[column.words for column in columns])
        explained = Sheet(
            name=_("Explanation"),
            heads=[_("Column"), _("Required"), _("Example"), _("May be")],
            rows=[
                [column.heading, _("yes") if column.is_required else _("no"), column.example, " / ".join(column.words)]
                for column in columns
            ],
        )
        schema = Sheet(name="tanheng", heads=["schema"], rows=[[str(getattr(self.ledger.model, "SCHEMA", ""))]])
        data = sheets.workbook([empty, explained, schema], created=self.plant.founded_at)
        answer = HttpResponse(data, content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="{self.ledger.name}-template.xlsx"'
        return answer
