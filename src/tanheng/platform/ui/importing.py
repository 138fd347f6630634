"""Importing a sheet into a ledger: all of it or nothing, checked by the form and the service that one record would meet.

A check is an import that is taken back.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tanheng.core.errors import InputError, TanhengError
from tanheng.platform.errors import ConflictError
from tanheng.platform.record import schema
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant, Version
from tanheng.platform.ui.dropped_zero import as_written
from tanheng.platform.ui.forms import LedgerForm
from tanheng.platform.ui.layouts import Layout, adapted, places
from tanheng.platform.ui.ledger import LedgerPages, heading
from tanheng.platform.ui.outcome import Fault, Outcome
from tanheng.platform.ui.references import SUBJECT
from tanheng.platform.ui.resources import DAYS
from tanheng.platform.ui.sheets import Grid, Row
from tanheng.platform.ui.strange_words import nearest
from tanheng.platform.ui.taking import take

_NAMES = frozenset({"code", "number"})  # of the fields of a key the one that a person would change


@dataclass(frozen=True, slots=True)
class _New:
    """A row that is a new record."""

    row: Row
    data: dict[str, str]
    content: Any  # Any: of whichever payload schema
    faulty: frozenset[str]


@dataclass(frozen=True)
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

    @functools.cached_property
    def _layouts(self) -> dict[str, Layout]:
        return {grid.name: adapted(self.layout, grid) or self.layout for grid in self.grids}

    def column(self, row: Row, name: str) -> str:
        """Return what a field is called in the sheet of a row."""
        return self._layouts[row.sheet].column(name)

    def index(self, row: Row, name: str) -> int | None:
        """Return the column that says a field in the sheet of a row, from 0; None where none does."""
        return self._layouts[row.sheet].index(name)

    def text(self, row: Row, name: str) -> str:
        """Return what stands in the workbook where a row says a field."""
        index = self.index(row, name)
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
        self._places: dict[str, int] = {}
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
        self._places = places
        with transaction.atomic():
            for row in rows:
                self._take(row, places)
            for valid_from, entries in self._new.items():
                self._enter(valid_from, entries)
            if self.outcome.faults or self.outcome.unreasoned or not keep:
                transaction.set_rollback(True)
        return self.outcome

    def _take(self, row: Row, places: dict[str, int]) -> None:
        data, faults = self.ledger.resource.cells(row, places)
        if self._own is not None and self._own.layout.answers:
            self.ledger.resource.settle(data, self._own.layout.answers)
        faults += self._resolve(data)
        identity = self.ledger.resource.identity_in(data)
        record = self._known.get(identity)
        form = self._form(data, record, places)
        self._refuse(row, data, faults)
        first = self._seen.setdefault(identity, row)
        if first is not row:
            self._refuse(row, data, [self._twice(row, data, first)])
        if not form.is_valid():
            self._refuse_form(row, data, form)
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
        correction = (
            {"subject": record.subject, "seen": record.version, "reason": self.reason or "-"} if record is not None else {}
        )
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
            return
        is_same = saved.version == record.version
        self.outcome.counts["unchanged" if is_same else "corrected"] += 1
        self.outcome.unreasoned += not (is_same or self.reason)  # with one missing all is taken back, and it is asked for

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
                self._note(row, data, name, form.refusal(finding, column=self._column(row, name)), finding.code)

    def _refuse_form(self, row: Row, data: dict[str, str], form: LedgerForm) -> None:
        for name, errors in form.errors.as_data().items():
            for error in errors:
                if error.code == "invalid_choice" and name in form.labels:
                    self._note(row, data, name, self._unknown_word(row, name), "invalid_choice")
                    continue
                for text in error.messages:
                    self._note(row, data, name, str(text), str(error.code or ""))

    def _unknown_word(self, row: Row, name: str) -> str:
        """Return that a word is in no list, with those most like it; the whole list is shown once, below."""
        word = row.cells[self._places[name]] if name in self._places else ""
        words = [str(label) for label in self.ledger.form.labels[name].values()]
        self.outcome.words[self._column(row, name) or heading(self.ledger.model, name)] = words
        return _("“%(value)s” is not in the list; the nearest are: %(words)s") % {
            "value": word,
            "words": "、".join(nearest(word, words)),
        }

    def _column(self, row: Row, name: str) -> str:
        return self._own.column(row, name) if self._own is not None else ""

    def _said(self, row: Row, data: dict[str, str], name: str) -> str:
        """Return what the sheet says in a field."""
        return (self._own.text(row, name) if self._own is not None else "") or as_written(data.get(name, ""))

    def _note(self, row: Row, data: dict[str, str], name: str, message: str, code: str) -> None:
        column = self._column(row, name) or (heading(self.ledger.model, name) if name in data else "")
        index = self._own.index(row, name) if self._own is not None else self._places.get(name)
        said = self._said(row, data, name)
        self.outcome.faults.append(
            Fault(row=row.number, column=column, value=said, message=message, sheet=row.sheet, code=code, index=index)
        )


def _says(record: Version, content: object, given: Mapping[str, object]) -> bool:
    """Tell whether a record says already what a row says; most rows of a sheet that comes again do."""
    payload = schema.decode(bytes(record.payload))
    return (payload.content, payload.valid_from, payload.valid_to) == (content, given.get("valid_from"), given.get("valid_to"))
