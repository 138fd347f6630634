"""The page on which a person says which column of the plant's own workbook is which field; it proposes, the person decides."""

from __future__ import annotations

import dataclasses
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from tanheng.core.errors import InputError, TanhengError
from tanheng.platform.record.actor import require
from tanheng.platform.record.models import Attachment
from tanheng.platform.ui import heads, layouts, mappings
from tanheng.platform.ui.import_pages import ImportForm, ImportPage
from tanheng.platform.ui.language import text_of
from tanheng.platform.ui.layouts import Layout
from tanheng.platform.ui.ledger import heading
from tanheng.platform.ui.resources import DAYS
from tanheng.platform.ui.sheets import Grid, letter
from tanheng.platform.ui.strange_words import Word, strange_words

_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the workbook, as the page shows it."""

    index: int
    cell: str
    head: str
    unit: str
    examples: Sequence[str]
    field: str
    likeness: int | None
    parts: str
    faults: Sequence[str]


class MapPage(ImportPage):
    """Laying a workbook out."""

    template = "ui/ledger/map.html"

    def get(self, request: HttpRequest, uid: uuid.UUID) -> HttpResponse:  # type: ignore[override]  # the file
        """Return the page with what is proposed, or with what was kept before."""
        require(self.actor, self.ledger.write, self.plant.pk)
        kept = self.kept(str(uid))
        grids = self.grids_of(kept)
        mapping = mappings.one(self.plant, self.ledger.name, request.GET.get("mapping", ""))
        before = Layout.from_json(mapping.layout) if mapping is not None else None
        changed: list[InputError] = []
        words: list[Word] = []
        if before is not None:
            fitting = layouts.sheets_of(before, grids)
            changed = [] if fitting else min((layouts.changes(before, grid) for grid in grids), key=len)
            layout = self._again(before, fitting[0] if fitting else _most_alike(before, grids))
            words = self.words_of(kept, grids, before) if fitting and "words" in request.GET else []
        else:
            layout = self._proposed(grids[0])
        name = mapping.name if mapping is not None else _name_of(kept)
        return self._map(kept, grids, layout, name=name, faults=changed, words=words, reason=request.GET.get("reason", ""))

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
        layout = self._said(grid, first, last, now)
        faults = layouts.faults(layout, self.ledger.resource, self._required)
        if faults:
            return self._map(kept, grids, layout, faults=faults, status=400, **more)
        try:
            taken = layouts.take(layout, grids, self.ledger.resource, month=month or layouts.month_in([kept.name]))
            words = strange_words(self.ledger, self.plant, layout, taken.rows)
            answered = set(zip(said.getlist("of"), said.getlist("said"), strict=False))
            if any((word.field, word.text) not in answered for word in words):
                return self._map(kept, grids, layout, words=words, **more)
            mapping = mappings.keep(self.plant, self.ledger.name, name, layout, actor=self.actor)
            return self.checked(ImportForm(initial={"reason": reason}), kept, reason, mapping, month=month)
        except InputError as error:
            return self._map(kept, grids, layout, faults=[error, *error.findings], status=400, **more)

    @cached_property
    def _form(self) -> Any:  # Any: a ledger's form
        return self.ledger.form(prefix="fixed", offers=self.ledger.form.offers(self.plant))

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
        fields = tuple(guesses[column].field if column in guesses else "" for column in range(len(found)))
        return Layout(sheet=grid.name, every_sheet=True, first=first, last=last, heads=found, fields=fields)

    def _again(self, before: Layout, grid: Grid) -> Layout:
        """Return a layout kept before for a sheet whose headings may have changed: fields go with their headings."""
        proposed = self._proposed(grid, before.first, min(before.last, len(grid.rows)))
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
        return dataclasses.replace(before, sheet=grid.name, heads=proposed.heads, fields=fields, also=also)

    def _said(self, grid: Grid, first: int, last: int, now: tuple[str, ...]) -> Layout:
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
        )

    def _saved_words(self) -> dict[str, dict[str, str]]:
        """Return what was said of words before: it holds until something else is said of the same word."""
        before = mappings.one(self.plant, self.ledger.name, self.request.GET.get("mapping", ""))
        words = Layout.from_json(before.layout).words if before is not None else {}
        return {name: dict(meanings) for name, meanings in words.items()}

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
        words: Sequence[Word] = (),
        status: int = 200,
    ) -> HttpResponse:
        grid = next(grid for grid in grids if grid.name == layout.sheet)
        names = (*self.ledger.resource.fields(), *DAYS)
        model = self.ledger.model
        unmapped = [one for one in names if one not in layout.fields]
        required = set(self._required)
        self._form.initial = {**self._form.initial, **layout.fixed}
        values = {
            "kept": kept,
            "grids": grids,
            "grid": grid,
            "layout": layout,
            "columns": self._columns(layout, grid, faults),
            "fields": [(one, heading(model, one), one in required) for one in names],
            "needed": [(self._control(one), layout.also.get(one)) for one in unmapped if one in required],
            "optional": [(self._control(one), layout.also.get(one)) for one in unmapped if one not in required],
            "days": [(one, heading(model, one)) for one in names if self._is_day(one)],
            "faults": [text_of(fault) for fault in faults],
            "words": words,
            "name": name,
            "reason": reason,
            "month": month or layouts.month_in([kept.name]),
        }
        return self.show(values, template="ui/ledger/map.html", status=status)

    def _columns(self, layout: Layout, grid: Grid, faults: Sequence[TanhengError]) -> list[Column]:
        guesses = heads.guesses(layout.heads, heads.names_of(self.ledger.resource))
        found = []
        for index, head in enumerate(layout.heads):
            below = (grid.text(row, index) for row in range(layout.last + 1, len(grid.rows) + 1))
            examples = list(dict.fromkeys(text for text in below if text))[:_EXAMPLES]
            guess = guesses.get(index)
            is_guess = guess is not None and guess.field == layout.fields[index]
            cell = layout.cell(index)
            found.append(
                Column(
                    index,
                    letter(index),
                    head,
                    heads.unit_in(head),
                    examples,
                    layout.fields[index],
                    round(guess.likeness * 100) if guess is not None and is_guess else None,
                    self._parts(layout, layout.fields[index]),
                    [text_of(fault) for fault in faults if cell in (fault.fields.get("cell"), fault.fields.get("other"))],
                )
            )
        return found

    def _parts(self, layout: Layout, name: str) -> str:
        """Return the fields that one column is split into; empty for a column that says one field."""
        parts = self.ledger.resource.splits.get(name, ())
        if any(part in layout.fields for part in parts if part != name):
            return ""
        return _(", ").join(heading(self.ledger.model, part) for part in parts)

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
