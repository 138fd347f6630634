"""Tables of an inventory in the terminal."""

from __future__ import annotations

import os
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tanheng.accounting.compare import Move
from tanheng.accounting.graph import Absence
from tanheng.accounting.inventory import Figure, Inventory
from tanheng.core.messages import render
from tanheng.core.states import CheckState
from tanheng.reports.certainty import Certainty
from tanheng.reports.words import Words, earlier_texts, gap_texts

if TYPE_CHECKING:
    from tanheng.accounting.evaluation import Evaluation

MARKS = {CheckState.VERIFIED: "✓", CheckState.SECONDARY: "~", CheckState.UNVERIFIED: "?"}
ARITHMETIC_MARK = "="
GROUPS = ("emission", "total", "intensity", "enterprise", "alternative_fuel", "comparison")
WIDE = 120
"""Columns from which on the ids stand beside the titles; also the width when nobody watches."""


def _console() -> Console:
    """Return a console as wide as the terminal; a file or a pipe has no width, and gets one that folds nothing."""
    console = Console(highlight=False)
    return console if console.is_terminal or "COLUMNS" in os.environ else Console(highlight=False, width=WIDE)


def value_text(figure: Figure, lang: str) -> str:
    """Return a figure as a person reads it: grouped digits, or the reason why there is none."""
    if figure.rounded is None:
        return absence_text(figure.absence, lang)
    return f"{figure.rounded:,}"


def absence_text(absence: Absence | None, lang: str) -> str:
    """Return the words for a value that is not there."""
    return render(f"cli.absence.{absence or Absence.GAP}", lang, {})


def summary(inventory: Inventory, lang: str) -> None:
    """Print the figures of the whole account, the totals in bold, then what is unverified and what is blank."""
    console = _console()
    plant = inventory.plant
    console.print(Text(plant.title[lang], style="bold"))
    console.print(Text(f"{_stretch(plant.periods)} · {inventory.book.title[lang]}"))
    for boundary in inventory.boundaries[:1]:
        console.print(Text(boundary.title[lang]))
    if plant.constructed:
        console.print(Text(plant.constructed[lang], style="italic"))
    words = Words(lang)
    certainty = Certainty(inventory, words)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(render("cli.column.figure", lang, {}), overflow="fold")
    wide = console.width >= WIDE
    if wide:
        table.add_column("id", no_wrap=True, style="dim")  # an id that is broken cannot be copied
    table.add_column(render("cli.column.value", lang, {}), justify="right", no_wrap=True)
    table.add_column(render("cli.column.unit", lang, {}), no_wrap=True)
    table.add_column(render("cli.column.check", lang, {}), no_wrap=True)
    totals = set(inventory.book.totals)
    for group in GROUPS:
        for figure in inventory.figures.values():
            if figure.group == group and not figure.period:
                style = "bold" if figure.id in totals else None
                mark = ARITHMETIC_MARK if certainty.is_arithmetic(figure) else MARKS[figure.check]
                names = [Text(figure.title[lang]), *([Text(figure.id)] if wide else [])]
                table.add_row(*names, value_text(figure, lang), figure.unit, f"{mark} {certainty.figure(figure)}", style=style)
    console.print(table)
    _remarks(console, inventory, lang)


def _stretch(periods: Sequence[object]) -> str:
    """Return the first and the last period, or the one there is."""
    first, last = str(periods[0]), str(periods[-1])
    return first if first == last else f"{first} … {last}"


def _remarks(console: Console, inventory: Inventory, lang: str) -> None:
    if inventory.unverified:
        fields = {"count": len(inventory.unverified), "ids": ", ".join(inventory.unverified)}
        console.print(render("cli.account.unverified", lang, fields), style="yellow")
    for text in earlier_texts(inventory, Words(lang)):
        console.print(Text(text, style="yellow"))
    if inventory.gaps:
        fields = {"count": len(inventory.gaps), "ids": "; ".join(gap_texts(inventory, Words(lang)))}
        console.print(Text(render("cli.account.gaps", lang, fields), style="yellow"))
    if inventory.blank_mandatory:
        console.print(render("cli.account.blank", lang, {"ids": ", ".join(inventory.blank_mandatory)}), style="red")


def uncertainty(inventory: Inventory, evaluation: Evaluation, lang: str) -> None:
    """Print U of each evaluated figure and what contributes most to that of the first total."""
    from tanheng.reports import uncertainty as report
    from tanheng.reports.words import Words

    words, console = Words(lang), _console()
    content = report.content(inventory, evaluation, words)
    if content is None:
        console.print(render("cli.account.no_evidence", lang, {}), style="yellow")
        return
    table = Table(box=None, pad_edge=False, header_style="bold", title=words("uncertainty"))
    kept = [index for index, name in enumerate(report.HEADS) if name not in ("item", "required")]
    for index in kept:
        table.add_column(words(report.HEADS[index]), justify="right" if 1 < index < 9 else "left", no_wrap=index < 9)
    for row in content["rows"]:
        table.add_row(*(row[index] for index in kept))
    console.print(table)
    for row in content["rows"]:
        if row[-1] != "–":
            console.print(f"{row[1]}  {words('required')} {row[-1]}")
    ranked = Table(box=None, pad_edge=False, header_style="bold", title=words("contributions", name=content["first"]))
    for name in ("id", "cause", "effect", "share"):
        ranked.add_column(words(name), justify="right" if name == "share" else "left")
    for item in content["contributions"]:
        ranked.add_row(item["subject"], item["cause"], item["kind"], item["share"])
    console.print(ranked)
    if content["without"]:
        console.print(f"{words('without')}: {', '.join(content['without'])}", style="yellow")


def moves(found: Sequence[Move], lang: str) -> None:
    """Print the numbers that changed, each once, then the figures that moved with the changes behind them."""
    console = _console()
    if not found:
        console.print(render("cli.account.no_moves", lang, {}))
        return
    numbered = {cause: index for index, cause in enumerate(dict.fromkeys(c for move in found for c in move.causes), start=1)}
    console.print(render("cli.account.causes", lang, {"count": len(numbered)}), style="bold")
    for cause, index in numbered.items():
        said = " · ".join(text for text in (cause.known or "", cause.reason, cause.person) if text)
        console.print(f"  [{index}] {cause.id}: {cause.old or '–'} → {cause.new or '–'} {cause.unit}  {said}", markup=False)
    table = Table(box=None, pad_edge=False, header_style="bold", title=render("cli.account.moves", lang, {"count": len(found)}))
    for name in ("figure", "old", "new", "change", "unit", "cause"):
        right = name in ("old", "new", "change")
        table.add_column(render(f"cli.column.{name}", lang, {}), justify="right" if right else "left", no_wrap=right)
    for move in found:
        marks = " ".join(f"[{numbered[cause]}]" for cause in move.causes)
        table.add_row(move.id, *(_plain(value) for value in (move.old, move.new, move.change)), move.unit, Text(marks))
    console.print(table)


def _plain(value: Decimal | None) -> str:
    return "–" if value is None else f"{value:,.4f}"
