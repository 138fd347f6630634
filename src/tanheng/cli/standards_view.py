"""How ``tanheng standards`` shows parameters, tables, documents, a summary and faults: on a terminal, or as JSON."""

from __future__ import annotations

import datetime
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table as Grid

from tanheng.core import canonical
from tanheng.core.messages import render
from tanheng.core.states import CheckState, word
from tanheng.standards import (
    Dated,
    Document,
    Layer,
    PackRefusedError,
    Parameter,
    RulePack,
    RuleStatus,
    Table,
    TextValue,
    ValueMissingError,
    WordValue,
    document_id,
)

_STYLE = {CheckState.VERIFIED: "green", CheckState.SECONDARY: "yellow", CheckState.UNVERIFIED: "red"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of the pack with the values its cells have on one day, or their newest."""

    table: Table
    cells: dict[str, Dated]


Shown = Parameter | Dated | Sheet | Document


def find(pack: RulePack, identifier: str, *, on: datetime.date | None, known: datetime.date | None, latest: bool) -> Shown:
    """Return what an id names: a parameter or its value of a day, a table, a document.

    Raises
    ------
    ValueMissingError
        When nothing has the id, or no value describes the day.
    """
    if identifier in pack.parameters:
        parameter = pack.parameter(identifier)
        if on is None:
            return _as_known(parameter, known)
        return _of_day(pack, parameter, on=on, known=known, latest=latest)
    if identifier in pack.tables:
        return _sheet(pack, pack.table(identifier), on=on, known=known, latest=latest)
    if document_id(identifier) in pack.documents:
        return pack.document(identifier)
    return pack.parameter(identifier)  # refuses, and names near ids


def titled(pack: RulePack, text: str) -> list[str]:
    """Return the ids whose Chinese or English title holds a text; those whose title is the text itself, if there are any."""
    wanted = text.casefold().strip()
    if not wanted:
        return []
    every: dict[str, Parameter | Table | Document] = {**pack.documents, **pack.tables, **pack.parameters}
    titles = {key: [item.title[lang].casefold() for lang in ("zh", "en")] for key, item in every.items()}
    exact = [key for key, names in titles.items() if wanted in names]
    return exact or [key for key, names in titles.items() if any(wanted in name for name in names)]


def has(pack: RulePack, identifier: str) -> bool:
    """Return whether a parameter, a table or a document has the id."""
    return identifier in pack.parameters or identifier in pack.tables or document_id(identifier) in pack.documents


def titles_of(pack: RulePack, ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the titles of parameters, tables and documents by id."""
    every: dict[str, Parameter | Table | Document] = {**pack.documents, **pack.tables, **pack.parameters}
    return {key: {lang: every[key].title[lang] for lang in ("zh", "en")} for key in ids}


def print_titles(titles: Mapping[str, Mapping[str, str]], lang: str) -> None:
    """Print one line an id: id and title."""
    grid = _grid(lang, "id", "title")
    for key, title in titles.items():
        grid.add_row(key, _plain(title[lang]))
    _console().print(grid)


def _as_known(parameter: Parameter, known: datetime.date | None) -> Parameter:
    return Parameter(
        id=parameter.id,
        title=parameter.title,
        unit=parameter.unit,
        choices=parameter.choices,
        required=parameter.required,
        values=parameter.known(known),
        layer=parameter.layer,
    )


def _of_day(pack: RulePack, parameter: Parameter, *, on: datetime.date, known: datetime.date | None, latest: bool) -> Dated:
    if parameter.choices:
        return pack.word(parameter.id, on=on, known=known)
    if parameter.unit is None:
        return pack.text(parameter.id, on=on, known=known)
    ask = pack.latest if latest else pack.value
    return ask(parameter.id, on=on, known=known)


def _sheet(pack: RulePack, table: Table, *, on: datetime.date | None, known: datetime.date | None, latest: bool) -> Sheet:
    cells: dict[str, Dated] = {}
    for identifier in (table.cell(row, column) for row in table.rows for column in table.columns):
        parameter = pack.parameters.get(identifier)
        if parameter is None:
            continue
        if on is None:
            newest = parameter.known(known)[-1:]
            cells.update((value.id, value) for value in newest)
            continue
        try:
            cells[identifier] = _of_day(pack, parameter, on=on, known=known, latest=latest)
        except ValueMissingError:
            continue  # a cell that says nothing about the day stays blank
    return Sheet(table, cells)


def print_json(content: object) -> None:
    """Print canonical JSON: decimals as text, keys sorted."""
    sys.stdout.write(canonical.pretty(content).decode())


def print_shown(shown: Shown, lang: str) -> None:
    """Print what :func:`find` found."""
    match shown:
        case Parameter():
            _print_history(shown, lang)
        case Dated():
            _print_card(_card_of_value(shown, lang), lang)
        case Sheet():
            _print_sheet(shown, lang)
        case Document():
            _print_card(_card_of_document(shown, lang), lang)


def print_parameters(parameters: Sequence[Parameter], lang: str) -> None:
    """Print one line a parameter: id, title, newest value, unit, state, time it describes."""
    grid = _grid(lang, "id", "title", "value", "unit", "check", "describes", numeric=("value",))
    for parameter in parameters:
        newest = parameter.values[-1]
        printed, unit = _printed(newest, lang), parameter.unit or ""
        grid.add_row(parameter.id, parameter.title[lang], printed, unit, _check(newest, lang), _period(newest))
    _console().print(grid)


def summary(pack: RulePack) -> dict[str, Any]:
    """Return the counts of a pack and its digest, for people and for JSON."""
    values = [value for parameter in pack.parameters.values() for value in parameter.values]
    states = Counter(value.check for value in values)
    return {
        "digest": pack.digest,
        "documents": len(pack.documents),
        "parameters": len(pack.parameters),
        "tables": len(pack.tables),
        "rulebooks": len(pack.rulebooks),
        "values": len(values),
        "check": {state.value: states[state] for state in CheckState},
        "confirmed": sum(bool(value.confirmations) for value in values),
    }


def print_summary(pack: RulePack, lang: str) -> None:
    """Print the counts of a pack without faults."""
    counts = summary(pack)
    rows = [(name, str(counts[name])) for name in ("documents", "parameters", "tables", "rulebooks", "values", "confirmed")]
    grid = Grid(box=None, show_header=False)
    for name, count in rows:
        grid.add_row(_label(name, lang), count)
    for state in CheckState:
        grid.add_row(f"  {word(state, lang)}", str(counts["check"][state.value]), style=_STYLE[state])
    grid.add_row(_label("digest", lang), str(counts["digest"]))
    console = _console()
    console.print(_label("sound", lang), style="bold green")
    console.print(grid)


def print_faults(refused: PackRefusedError, lang: str) -> None:
    """Print the faults of a refused pack, one a line, on standard error."""
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    console.print(refused.text(lang))


def _print_history(parameter: Parameter, lang: str) -> None:
    console = _console()
    console.print(f"{parameter.id}  {parameter.title[lang]}", style="bold")
    grid = _grid(lang, "value", "unit", "describes", "known_since", "check", "status", "document", "layer", numeric=("value",))
    for value in parameter.values:
        grid.add_row(
            _printed(value, lang),
            parameter.unit or "",
            _period(value),
            str(value.known_since),
            _check(value, lang),
            _status(value.status, lang),
            value.document,
            render(_WORDS[value.layer], lang, {}),
        )
    console.print(grid)
    for text, periods in _sources(parameter.values, lang).items():
        _print_card((("describes", ", ".join(periods)), *text), lang)


def _sources(values: Iterable[Dated], lang: str) -> dict[tuple[tuple[str, str], ...], list[str]]:
    """Return place, note and file of values, each once, with the periods that have them."""
    found: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for value in values:
        card = tuple((name, text) for name, text in _card_of_value(value, lang) if name in ("place", "note", "layer"))
        found.setdefault(card, []).append(_period(value))
    return found


def _print_sheet(sheet: Sheet, lang: str) -> None:
    console = _console()
    table = sheet.table
    console.print(f"{table.id}  {table.title[lang]}  ({table.document})", style="bold")
    grid = Grid(header_style="bold")
    grid.add_column(_label("id", lang), no_wrap=True)
    grid.add_column(_label("title", lang))
    for column in table.columns.values():
        unit = f" [{column.unit}]" if column.unit else ""
        grid.add_column(_plain(column.title[lang] + unit), justify="right")
    for row, title in table.rows.items():
        cells = [_cell(sheet.cells.get(table.cell(row, column.key)), column.unit, lang) for column in table.columns.values()]
        grid.add_row(row, title[lang], *cells)
    console.print(grid)


def _cell(value: Dated | None, unit: str | None, lang: str) -> str:
    if value is None:
        return ""
    own = getattr(value, "unit", unit)
    suffix = f" {own}" if own != unit else ""
    return f"[{_STYLE[value.check]}]{_plain(_printed(value, lang) + suffix)}[/]"


def _card_of_value(value: Dated, lang: str) -> Iterable[tuple[str, str]]:
    yield "id", value.id
    yield "title", value.title[lang]
    yield "value", f"{_printed(value, lang)} {getattr(value, 'unit', '')}".strip()
    yield "check", word(value.check, lang)
    yield "status", _status(value.status, lang)
    yield "document", value.document
    yield "place", value.place[lang]
    yield "describes", _period(value)
    yield "known_since", str(value.known_since)
    if value.note:
        yield "note", value.note[lang]
    if value.reason:
        yield "reason", value.reason[lang]
    for confirmation in value.confirmations:
        persons = ", ".join(f"{person.name} ({person.role})" for person in confirmation.persons)
        yield "confirmed", f"{confirmation.date}: {persons}; {confirmation.place[lang]}"
    yield "layer", f"{render(_WORDS[value.layer], lang, {})}: {value.file}"


def _card_of_document(document: Document, lang: str) -> Iterable[tuple[str, str]]:
    yield "id", document.id
    if document.number:
        yield "number", document.number
    yield "title", document.title[lang]
    if document.issuer:
        yield "issuer", document.issuer[lang]
    yield "status", _status(document.status, lang)
    if document.issued:
        yield "issued", str(document.issued)
    if document.in_force:
        yield "in_force", str(document.in_force)
    yield "check", word(document.check, lang)
    yield "known", document.known[lang]
    for source in document.sources:
        yield "source", source
    yield "layer", f"{render(_WORDS[document.layer], lang, {})}: {document.file}"


def _print_card(card: Iterable[tuple[str, str]], lang: str) -> None:
    grid = Grid(box=None, show_header=False, pad_edge=False)
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, text in card:
        grid.add_row(_label(name, lang), _plain(text))
    _console().print(grid)


def _grid(lang: str, *columns: str, numeric: tuple[str, ...] = ()) -> Grid:
    grid = Grid(header_style="bold")
    for name in columns:
        grid.add_column(_label(name, lang), justify="right" if name in numeric else "left", overflow="fold")
    return grid


def _printed(value: Dated, lang: str) -> str:
    if isinstance(value, TextValue):
        return value.text[lang]
    return f"{value.word} ({value.meaning[lang]})" if isinstance(value, WordValue) else value.printed


def _check(value: Dated, lang: str) -> str:
    confirmed = " ✓" if value.confirmations else ""
    return f"[{_STYLE[value.check]}]{word(value.check, lang)}{confirmed}[/]"


def _period(value: Dated) -> str:
    return f"{value.describes_from} – {value.describes_to or '…'}"


def _plain(text: str) -> str:
    """Return text that is printed as it is, brackets included."""
    return text.replace("[", "\\[")


_LABELS = {
    "id": "standards.label.id",
    "title": "standards.label.title",
    "value": "standards.label.value",
    "unit": "standards.label.unit",
    "check": "standards.label.check",
    "status": "standards.label.status",
    "document": "standards.label.document",
    "documents": "standards.label.documents",
    "place": "standards.label.place",
    "describes": "standards.label.describes",
    "known_since": "standards.label.known_since",
    "note": "standards.label.note",
    "reason": "standards.label.reason",
    "confirmed": "standards.label.confirmed",
    "layer": "standards.label.layer",
    "number": "standards.label.number",
    "issuer": "standards.label.issuer",
    "issued": "standards.label.issued",
    "in_force": "standards.label.in_force",
    "known": "standards.label.known",
    "source": "standards.label.source",
    "parameters": "standards.label.parameters",
    "tables": "standards.label.tables",
    "rulebooks": "standards.label.rulebooks",
    "values": "standards.label.values",
    "digest": "standards.label.digest",
    "sound": "standards.label.sound",
}


_WORDS: dict[RuleStatus | Layer, str] = {
    RuleStatus.FINAL: "standards.status.final",
    RuleStatus.DRAFT: "standards.status.draft",
    RuleStatus.SCENARIO: "standards.status.scenario",
    Layer.SHIPPED: "standards.layer.shipped",
    Layer.OVERLAY: "standards.layer.overlay",
}


def _status(status: RuleStatus, lang: str) -> str:
    return render(_WORDS[status], lang, {})


def _label(name: str, lang: str) -> str:
    return render(_LABELS[name], lang, {})


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=200)
