"""The template: a folder that can be filled in, with units, words and examples beside every cell.

What it writes reads as it stands: its blank cells are gaps. Matrices become the sheets of ``activity.xlsx``, or one CSV each;
laboratory, corrections and instruments are CSV, for they grow by a row a time and come out of other programs.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Literal

from tanheng.accounting import items
from tanheng.accounting.folder.errors import FolderError
from tanheng.accounting.folder.matrix import OPTIONAL as MATRIX_OPTIONAL
from tanheng.accounting.folder.matrix import REQUIRED as MATRIX_REQUIRED
from tanheng.accounting.folder.reading import PLANT_FILE, VERSIONS, Kind
from tanheng.accounting.folder.template_events import EVENT_TABLES, EventTable
from tanheng.accounting.folder.words import BASES, COLUMNS, GROUPS, ORIGINS, PLACES, SCOPES, Vocabulary, first_word
from tanheng.core.messages import render

KINDS = ("cets", "gbt", "eu")
_VOCABULARIES: Mapping[str, Vocabulary] = {
    "scope": SCOPES,
    "group": GROUPS,
    "basis": BASES,
    "place": PLACES,
    "origin": ORIGINS,
}
_YEARLY = {"eu": "2026"}
_YEAR = "2025"


def write_template(
    path: Path | str, *, lang: str = "zh", kind: str = "cets", form: Literal["xlsx", "csv"] = "xlsx"
) -> tuple[str, ...]:
    """Write a template into a new or empty folder and return the names of its files.

    Parameters
    ----------
    path : Path or str
        The folder; it is made when it does not exist.
    lang : str
        Language of headings and words, ``zh`` or ``en``; ``plant.yaml`` speaks both.
    kind : str
        Rule book the template is for: one of :data:`KINDS`.
    form : str
        ``xlsx`` for one workbook of matrices, ``csv`` for one file each.

    Raises
    ------
    FolderError
        When the folder is not empty or cannot be written, or there is no such kind.
    """
    folder = Path(path)
    lang = "en" if lang == "en" else "zh"
    if kind not in KINDS:
        raise FolderError("folder.template_kind", value=kind, known=", ".join(KINDS))
    files = {
        PLANT_FILE: _draft(f"{kind}.plant.yaml").encode(),
        **_matrices(kind, lang, form),
        **{f"{table.name}.csv": _event_table(table, lang) for table in EVENT_TABLES},
        "README.md": explanation(lang).encode(),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = next((file.name for file in sorted(folder.iterdir())), None)
        if found is not None:
            raise FolderError("folder.not_empty", folder=str(folder), found=found)
        for name, data in files.items():
            (folder / name).write_bytes(data)
    except OSError as error:
        raise FolderError("folder.unwritable", folder=str(folder), problem=error.strerror or "") from error
    return tuple(files)


def _draft(name: str) -> str:
    return (resources.files(__package__) / "drafts" / name).read_text(encoding="utf-8")


def matrix_head(kind: str, lang: str) -> list[str]:
    """Return the headings of a matrix."""
    periods = [_YEARLY[kind]] if kind in _YEARLY else [f"{_YEAR}-{month:02d}" for month in range(1, 13)]
    return [first_word(COLUMNS, name, lang) for name in (*MATRIX_REQUIRED, *MATRIX_OPTIONAL)] + periods


def matrix_rows(kind: str, lang: str) -> dict[str, list[list[str]]]:
    """Return the rows of every matrix of a template, by the name of the table, months blank."""
    tables: dict[str, list[list[str]]] = {}
    for row in csv.DictReader(io.StringIO(_draft(f"{kind}.rows.csv"))):
        words = [_in_words(column, row, lang) for column in MATRIX_REQUIRED]
        tables.setdefault(row["table"], []).append(words)
    return tables


def _in_words(column: str, row: Mapping[str, str], lang: str) -> str:
    """Return a cell of a draft row in the words of a language."""
    if column == "source":
        return row[lang]
    value = row[column]
    if column == "item":
        return {**items.STREAMED, **items.PLAIN}[row["group"]][value].title[lang]
    vocabulary = _VOCABULARIES.get(column, {})
    return first_word(vocabulary, value, lang) if value in vocabulary else value


def _matrices(kind: str, lang: str, form: str) -> dict[str, bytes]:
    head, tables = matrix_head(kind, lang), matrix_rows(kind, lang)
    if form == "csv":
        note = render("folder.template.matrix", lang, {})
        full = {name: [row + [""] * (len(head) - len(row)) for row in rows] for name, rows in tables.items()}
        return {f"{name}.csv": _csv(Kind.MATRIX, note, [head, *rows]) for name, rows in full.items()}
    from tanheng.accounting.folder.template_workbook import render_workbook

    return {"activity.xlsx": render_workbook(head, tables, lang=lang)}


def _event_table(table: EventTable, lang: str) -> bytes:
    heads = [first_word(COLUMNS, name, lang) for name in table.columns]
    note = render(f"folder.template.{table.name}", lang, {})
    return _csv(table.kind, note, [["# " + table.example[0], *table.example[1:]], heads])


def _csv(kind: Kind, note: str, rows: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV as spreadsheets like it: UTF-8 with its mark, so that Excel shows Chinese."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([f"# schema: {VERSIONS[kind]}"])
    writer.writerow([f"# {note}"])
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def explanation(lang: str) -> str:
    """Return the README of a folder: which file holds what, and every item with its units."""
    lines = [render("folder.template.readme", lang, {}), ""]
    for group, offered in {**items.STREAMED, **items.PLAIN}.items():
        lines += [f"## {first_word(GROUPS, group, lang)} (`{group}`)", "", render("folder.template.item_head", lang, {})]
        lines.append("| --- | --- | --- | --- | --- |")
        for item in offered.values():
            marks = ["✓" if needed else "" for needed in (item.needs_basis, item.needs_place)]
            lines.append(f"| {item.title[lang]} | `{item.name}` | {', '.join(item.units)} | {marks[0]} | {marks[1]} |")
        lines.append("")
    return "\n".join(lines)
