"""The columns of a workbook as the page shows them on which a person says what each means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tanheng.core.errors import TanhengError
from tanheng.platform.record.models import Plant
from tanheng.platform.ui import heads
from tanheng.platform.ui.language import text_of
from tanheng.platform.ui.layouts import Layout
from tanheng.platform.ui.ledger import LedgerPages, heading
from tanheng.platform.ui.resources import faults_heads
from tanheng.platform.ui.sheets import Grid, letter

_EXAMPLES = 3
_BY_NAME = 0.9  # a name may change, and another record may get the same
_MOST = 0.5  # of the contents of a column that name records, for it to be proposed


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


def columns(ledger: LedgerPages, layout: Layout, grid: Grid, faults: Sequence[TanhengError]) -> list[Column]:
    """Return the columns of a sheet, each with what stands below it and with the faults that name its cell."""
    guesses = heads.guesses(layout.heads, heads.names_of(ledger.resource))
    found = []
    for index, said in enumerate(layout.heads):
        is_ours = said in faults_heads()  # the column of faults of a marked workbook is not shown
        head, last = ("", len(grid.rows)) if is_ours else (said, layout.last)
        below = (grid.text(row, index) for row in range(last + 1, len(grid.rows) + 1))
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
                _parts(ledger, layout, layout.fields[index]),
                [text_of(fault) for fault in faults if cell in (fault.fields.get("cell"), fault.fields.get("other"))],
            )
        )
    return found


def naming_columns(ledger: LedgerPages, plant: Plant, grid: Grid, last: int) -> dict[str, int]:
    """Return for each field that names another record the column most of whose contents do name one; none for a field without.

    Parameters
    ----------
    last : int
        Row of the lowest headings.
    """
    found = {}
    for name, reference in ledger.form.references.items():
        known = reference.meanings(plant)
        shares = {}
        for column in range(grid.width if known else 0):
            texts = {text.casefold() for row in range(last + 1, len(grid.rows) + 1) if (text := grid.text(row, column))}
            shares[column] = sum(_named(text, known) for text in texts) / len(texts) if texts else 0.0
        best = max(shares, key=lambda column: shares[column], default=0)
        if shares.get(best, 0.0) >= _MOST:
            found[name] = best
    return found


def _named(text: str, known: Mapping[str, str]) -> float:
    """Return how well a text names a record: by what the field holds, by another name of it, or not."""
    return 0.0 if text not in known else 1.0 if known[text].casefold() == text else _BY_NAME


def _parts(ledger: LedgerPages, layout: Layout, name: str) -> str:
    """Return the fields that one column is split into; empty for a column that says one field."""
    parts = ledger.resource.splits.get(name, ())
    if any(part in layout.fields for part in parts if part != name):
        return ""
    return _(", ").join(heading(ledger.model, part) for part in parts)
