"""The page on which a person says which column of the plant's own workbook is which field; it proposes, the person decides."""

from __future__ import annotations

import dataclasses
import re
import uuid
from collections.abc import Sequence
from typing import Any

from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property

from tanheng.core.errors import InputError, TanhengError
from tanheng.platform.record.actor import require
from tanheng.platform.record.models import Attachment
from tanheng.platform.ui import heads, layouts, mappings
from tanheng.platform.ui.import_pages import ImportForm, ImportPage
from tanheng.platform.ui.language import text_of
from tanheng.platform.ui.layouts import Layout
from tanheng.platform.ui.ledger import heading
from tanheng.platform.ui.mapped_columns import columns, naming_columns
from tanheng.platform.ui.named_days import day_in, month_in
from tanheng.platform.ui.questions import Question
from tanheng.platform.ui.resources import DAYS
from tanheng.platform.ui.sheets import Grid
from tanheng.platform.ui.strange_words import Look, Word, said_before

_SOME_MONTH = "2000-01"  # with it the name of a sheet is looked at for a day


class MapPage(ImportPage):
    """Laying a workbook out."""

    template = "ui/ledger/map.html"

    def get(self, request: HttpRequest, uid: uuid.UUID) -> HttpResponse:  # type: ignore[override]  # the file
        """Return the page with what is proposed, or with what was kept before."""
        require(self.actor, self.ledger.write, self.plant.pk)
        kept = self.kept(str(uid))
        grids = self.grids_of(kept)
        mapping = mappings.one(self.plant, self.ledger.name, request.GET.get("mapping", ""))
        before = Layout.from_json(mapping.layout).for_file(kept.sha256) if mapping is not None else None
        changed: list[InputError] = []
        found: Look | None = None
        if before is not None:
            fitting = layouts.sheets_of(before, grids)
            changed = [] if fitting else min((layouts.changes(before, grid) for grid in grids), key=len)
            layout = self._again(before, fitting[0] if fitting else _most_alike(before, grids))
            found = self.look_at(kept, grids, before) if fitting and "words" in request.GET else None
        else:
            layout = self._proposed(grids[0])
        name = mapping.name if mapping is not None else _name_of(kept)
        reason, month = (request.GET.get(part, "") for part in ("reason", "month"))
        return self._map(kept, grids, layout, name=name, faults=changed, found=found, reason=reason, month=month)

    def post(self, request: HttpRequest, uid: uuid.UUID) -> HttpResponse:  # type: ignore[override]  # as above
        """Read the headings again, or keep the layout and check the rows."""
        require(self.actor, self.ledger.write, self.plant.pk)
        kept = self.kept(str(uid))
        grids = self.grids_of(kept)
        said = request.POST
        grid = next((grid for grid in grids if grid.name == said.get("sheet", "")), grids[0])
        name, reason, month = (said.get(part, "").strip() for part in ("name", "reason", "month"))
        more: dict[str, Any] = {"name": name, "reason": reason, "month": month}  # Any: texts
        try:
            first, last = self._rows(grid)
        except InputError as error:
            return self._map(kept, grids, self._proposed(grid), faults=[error], status=400, **more)
        now = heads.heads_of(grid, first, last)
        if said.get("do") == "read" or len(now) != len(said.getlist("column")):
            return self._map(kept, grids, self._proposed(grid, first, last), **more)
        layout = self._said(kept, grid, first, last, now)
        faults = layouts.faults(layout, self.ledger.resource, self._required)
        if faults:
            return self._map(kept, grids, layout, faults=faults, status=400, **more)
        try:
            found = self.look_at(kept, grids, layout, month)
            answered = set(zip(said.getlist("of"), said.getlist("said"), strict=False))
            is_open = any((word.field, word.text) not in answered for word in found.words)
            if is_open or any(one.name not in said.getlist("question") for one in found.questions):
                return self._map(kept, grids, layout, found=found, **more)
            mapping = mappings.keep(self.plant, self.ledger.name, name, layout, actor=self.actor)
            return self.checked(ImportForm(initial={"reason": reason}), kept, reason, mapping, month=month)
        except InputError as error:
            return self._map(kept, grids, layout, faults=[error, *error.findings], status=400, **more)

    @cached_property
    def _form(self) -> Any:  # Any: a ledger's form
        form = self.ledger.form(prefix="fixed", offers=self.ledger.form.offers(self.plant))
        form.leave_open()  # what holds for all rows is said by a person, and by no default
        return form

    @property
    def _required(self) -> list[str]:
        return [name for name in self.ledger.resource.fields() if self._form.fields[name].required]

    def _rows(self, grid: Grid) -> tuple[int, int]:
        """Return the rows of the headings that were typed."""
        texts = [self.request.POST.get(name, "") for name in ("first", "last")]
        if not all(text.isdecimal() for text in texts) or not 1 <= int(texts[0]) <= int(texts[1]) <= min(len(grid.rows), 50):
            raise InputError("platform.ui.mapping_rows", first=texts[0][:10], last=texts[1][:10], most=min(len(grid.rows), 50))
        return int(texts[0]), int(texts[1])

    def _proposed(self, grid: Grid, first: int = 0, last: int = 0) -> Layout:
        names = heads.names_of(self.ledger.resource)
        if not first:
            first, last = heads.head_rows(grid, names)
        found = heads.heads_of(grid, first, last)
        guesses = heads.guesses(found, names)
        fields = [guesses[column].field if column in guesses else "" for column in range(len(found))]
        for name, column in naming_columns(self.ledger, self.plant, grid, last).items():
            if column not in guesses or guesses[column].likeness < 1 or fields[column] == name:
                fields = [("" if field == name else field) for field in fields]
                fields[column] = name
        return Layout(sheet=grid.name, every_sheet=True, first=first, last=last, heads=found, fields=tuple(fields))

    def _again(self, before: Layout, grid: Grid) -> Layout:
        """Return a layout kept before for a sheet whose headings may have changed: fields go with their headings."""
        there = layouts.adapted(before, grid) or before
        proposed = self._proposed(grid, there.first, min(there.last, len(grid.rows)))
        known = {heads.plain(head): name for head, name in zip(before.heads, before.fields, strict=True) if head}
        held = [known.get(heads.plain(head)) for head in proposed.heads]
        fields = tuple(
            name if name is not None else (proposed.fields[column] if proposed.fields[column] not in held else "")
            for column, name in enumerate(held)
        )
        also: dict[str, int] = {}
        for name, column in before.also.items():  # it goes with its heading too
            now = [place for place, head in enumerate(proposed.heads) if heads.plain(head) == heads.plain(before.heads[column])]
            also |= {name: now[0]} if now and name not in fields else {}
        return dataclasses.replace(
            before, sheet=grid.name, first=proposed.first, last=proposed.last, heads=proposed.heads, fields=fields, also=also
        )

    def _said(self, kept: Attachment, grid: Grid, first: int, last: int, now: tuple[str, ...]) -> Layout:
        """Return the layout that was chosen on the page."""
        said = self.request.POST
        allowed = {*self.ledger.resource.fields(), *DAYS}
        fields = tuple(name if name in allowed else "" for name in said.getlist("column"))
        fixed = {
            name: said[f"fixed-{name}"] for name in allowed if said.get(f"fixed-{name}", "").strip() and name not in fields
        }
        fixed = {name: "yes" if value == "on" else value for name, value in fixed.items()}
        also = {name: int(said[f"from-{name}"]) for name in allowed - set(fields) if said.get(f"from-{name}", "").isdecimal()}
        also = {name: column for name, column in also.items() if column < len(now)}
        words = self._saved_words()
        for name, text, meaning in zip(said.getlist("of"), said.getlist("said"), said.getlist("meaning"), strict=False):
            if name in allowed and meaning:
                words.setdefault(name, {})[text.casefold()] = meaning
            else:
                words.get(name, {}).pop(text.casefold(), None)
        parts = (said.getlist(f"guess-{part}") for part in ("of", "said", "code", "meaning"))
        for name, text, code, meaning in zip(*parts, strict=False):
            if name in allowed and meaning not in ("", code):
                words.setdefault(name, {})[text.casefold()] = meaning
        day = said.get("sheet_day", "")
        return Layout(
            sheet=grid.name,
            every_sheet=bool(said.get("every_sheet")),
            first=first,
            last=last,
            heads=now,
            fields=fields,
            fixed=fixed,
            also=also,
            words=words,
            sheet_day=day if day in allowed else "",
            answers=self._answers(kept),
            file=kept.sha256,
        )

    def _answers(self, kept: Attachment) -> dict[str, str]:
        """Return what was said of the questions, now and before; of single cells what was said of this file."""
        said = self.request.POST
        answers = dict(self._saved.for_file(kept.sha256).answers)
        for name in said.getlist("question"):
            question, answer = self.ledger.resource.question(name), said.get(f"answer-{name}", "")
            answers.pop(name, None)
            if question is not None and answer in dict(question.options):
                answers[name] = answer
        for name in self.ledger.resource.asked:
            answers.pop(f"{layouts.NONE}{name}", None)
            if said.get(f"{layouts.NONE}{name}"):
                answers[f"{layouts.NONE}{name}"] = "on"
        return answers

    def _saved_words(self) -> dict[str, dict[str, str]]:
        """Return what was said of words before: it holds until something else is said of the same word."""
        return {name: dict(meanings) for name, meanings in self._saved.words.items()}

    @cached_property
    def _saved(self) -> Layout:
        """Return the layout that the page began with; an empty one where none was kept."""
        before = mappings.one(self.plant, self.ledger.name, self.request.GET.get("mapping", ""))
        return Layout.from_json(before.layout) if before is not None else Layout()

    def _map(
        self,
        kept: Attachment,
        grids: Sequence[Grid],
        layout: Layout,
        *,
        name: str,
        reason: str,
        month: str = "",
        faults: Sequence[TanhengError] = (),
        found: Look | None = None,
        status: int = 200,
    ) -> HttpResponse:
        grid = next(grid for grid in grids if grid.name == layout.sheet)
        names = (*self.ledger.resource.fields(), *DAYS)
        model = self.ledger.model
        asked = set(self.ledger.resource.asked)
        unmapped = [one for one in names if one not in layout.fields]
        required = set(self._required)
        self._form.initial = {**self._form.initial, **layout.fixed}
        values = {
            "kept": kept,
            "grids": grids,
            "grid": grid,
            "layout": layout,
            "columns": columns(self.ledger, layout, grid, faults),
            "fields": [(one, heading(model, one), one in required) for one in names],
            "needed": [(self._control(one), layout.also.get(one)) for one in unmapped if one in required],
            "asked": [
                (self._control(one), layout.also.get(one), f"{layouts.NONE}{one}", f"{layouts.NONE}{one}" in layout.answers)
                for one in unmapped
                if one in asked
            ],
            "optional": [(self._control(one), layout.also.get(one)) for one in unmapped if one not in required | asked],
            "together": [one.name for one in layouts.sheets_of(dataclasses.replace(layout, every_sheet=True), grids)],
            "is_daily": bool(layout.sheet_day) or any(day_in(one.name, _SOME_MONTH) is not None for one in grids),
            "days": [(one, heading(model, one)) for one in names if self._is_day(one)],
            "faults": [text_of(fault) for fault in faults],
            "words": found.words if found is not None else (),
            "questions": found.questions if found is not None else (),
            "guesses": self._guesses(kept, grids, layout, month, found),
            "before": said_before(self.ledger, self.plant, layout, grids),
            "answers": self._answered(layout),
            "name": name,
            "reason": reason,
            "month": month or month_in([kept.name]),
        }
        return self.show(values, template="ui/ledger/map.html", status=status)

    def _guesses(
        self, kept: Attachment, grids: Sequence[Grid], layout: Layout, month: str, found: Look | None
    ) -> Sequence[Word]:
        """Return the words that are read as ours, as far as the layout says by now."""
        try:
            return (found or self.look_at(kept, grids, layout, month)).guesses
        except TanhengError:  # units that do not convert, no day in the name of a sheet: said when the rows are checked
            return ()

    def _answered(self, layout: Layout) -> list[tuple[Question, str]]:
        """Return the questions that were answered, and how."""
        questions = ((self.ledger.resource.question(name), answer) for name, answer in layout.answers.items())
        return [(question, answer) for question, answer in questions if question is not None]

    def _control(self, name: str) -> BoundField:
        found: BoundField = self._form[name]
        return found

    def _is_day(self, name: str) -> bool:
        return name in DAYS or self.ledger.model._meta.get_field(name).get_internal_type() == "DateField"


def _most_alike(before: Layout, grids: Sequence[Grid]) -> Grid:
    return min(grids, key=lambda grid: len(layouts.changes(before, grid)))


def _name_of(kept: Attachment) -> str:
    """Return a name for the layout of a file: the file's, without what changes from month to month."""
    stem = kept.name.rsplit(".", 1)[0]
    return re.sub(r"[\d年月日.\-_（）()\s]+", " ", stem).strip()[:60] or stem[:60]
