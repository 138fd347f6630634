"""Layouts of a plant's own sheets that were kept under a name, and how a workbook is recognised."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from tanheng.core.errors import InputError
from tanheng.platform.record import audit
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant
from tanheng.platform.ui.heads import heads_of, plain
from tanheng.platform.ui.layouts import Layout, changes, fits, sheets_of
from tanheng.platform.ui.models import SheetMapping
from tanheng.platform.ui.named_days import day_in, month_in
from tanheng.platform.ui.sheets import Grid

_ALIKE = 0.5  # share of headings from which on a workbook is taken for a changed one of a known shape


@dataclass(frozen=True, slots=True)
class Known:
    """A layout that fits a workbook, or did before its headings changed."""

    mapping: SheetMapping
    layout: Layout
    grids: Sequence[Grid]
    is_exact: bool

    def wants_month(self, file: str) -> bool:
        """Tell whether a person must say of which month the sheets are."""
        if not self.layout.sheet_day:
            return False
        month = month_in([file])
        return any(day_in(grid.name, month) is None for grid in sheets_of(self.layout, self.grids))

    def changes(self) -> list[InputError]:
        """Return where the headings differ from those that were kept, in the sheet that is most alike."""
        return min((changes(self.layout, grid) for grid in self.grids), key=len)


def recognised(plant: Plant, ledger: str, grids: Sequence[Grid]) -> Known | None:
    """Return the layout kept last that fits a workbook, else the one most alike; None where none is."""
    best: tuple[float, Known] | None = None
    for mapping in SheetMapping.objects.filter(plant=plant, ledger=ledger):
        layout = Layout.from_json(mapping.layout)
        if any(fits(layout, grid) for grid in grids):
            return Known(mapping, layout, grids, is_exact=True)
        share = max(_share(layout, grid) for grid in grids)
        if share >= _ALIKE and (best is None or share > best[0]):
            best = (share, Known(mapping, layout, grids, is_exact=False))
    return best[1] if best is not None else None


def _share(layout: Layout, grid: Grid) -> float:
    before = {plain(head) for head in layout.heads if head}
    now = {plain(head) for head in heads_of(grid, layout.first, layout.last) if head}
    return len(before & now) / len(before | now) if before | now else 0.0


def one(plant: Plant, ledger: str, uid: str) -> SheetMapping | None:
    """Return a layout that was kept; None for none, or one that is not there."""
    try:
        return SheetMapping.objects.filter(plant=plant, ledger=ledger, uid=uuid.UUID(uid)).first()
    except ValueError:
        return None


def keep(plant: Plant, ledger: str, name: str, layout: Layout, *, actor: Actor) -> SheetMapping:
    """Keep a layout under a name; one of the same name is replaced, and the audit trail says by whom.

    Raises
    ------
    InputError
        The name is empty or too long.
    """
    if not 1 <= len(name) <= 60:
        raise InputError("platform.ui.mapping_name", field="name")
    said = {"layout": layout.as_json(), "actor": actor.uid, "saved_at": timezone.now()}
    mapping, _made = SheetMapping.objects.update_or_create(plant=plant, ledger=ledger, name=name, defaults=said)
    audit.note(
        "ui.keep_mapping", actor=actor, plant=plant.pk, subject=str(mapping.uid), detail={"ledger": ledger, "name": name}
    )
    return mapping
