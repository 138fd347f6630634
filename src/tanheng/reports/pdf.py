"""The printed report: Typst makes a PDF/A from a template and the inventory, with the fonts that lie in the package.

The date in the file is that of the data (the last period), never a clock's, and no font of the machine is used, so that the
same inventory under the same renderer digest gives the same bytes.
"""

from __future__ import annotations

import datetime
import itertools
import json
import tempfile
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanheng.accounting import trace
from tanheng.accounting.inventory import Figure, Inventory
from tanheng.core import canonical
from tanheng.core.states import CheckState, word
from tanheng.reports import charts
from tanheng.reports.certainty import Certainty
from tanheng.reports.errors import ReportError
from tanheng.reports.matrix import parameter_title, rows, scopes, summary
from tanheng.reports.words import (
    Words,
    boundary_notes,
    declared_none,
    earlier_note,
    gap_texts,
    share,
    source_stream_cells,
    source_streams_note,
)
from tanheng.reports.workbook import heading

if TYPE_CHECKING:
    from tanheng.accounting.evaluation import Evaluation

FONTS = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")


def render(inventory: Inventory, *, lang: str, evaluation: Evaluation | None = None) -> bytes:
    """Return the report as PDF/A-2b.

    Raises
    ------
    ReportError
        When the fonts are not in the package, or the template does not compile.
    """
    import typst  # a compiler of 40 MB: loaded only when a report is made

    root = resources.files(__package__)
    with resources.as_file(root.joinpath("fonts")) as fonts, tempfile.TemporaryDirectory() as folder:
        missing = [name for name in FONTS if not (fonts / name).is_file()]
        if missing:
            raise ReportError("reports.fonts.missing", fonts=", ".join(missing))
        work = Path(folder)
        (work / "report.typ").write_bytes(root.joinpath("templates/report.typ").read_bytes())
        (work / "data.json").write_text(
            json.dumps(content(inventory, lang, evaluation), ensure_ascii=False, sort_keys=True), encoding="utf-8"
        )
        try:
            made = typst.compile(
                str(work / "report.typ"),
                root=str(work),
                font_paths=[str(fonts)],
                ignore_system_fonts=True,
                pdf_standards="a-2b",
                timestamp=_date(inventory),
            )
        except RuntimeError as error:
            raise ReportError("reports.template", reason=str(error)) from error
    return bytes(made)


def _date(inventory: Inventory) -> datetime.datetime:
    """Return the day the data end: the first of the year after the account."""
    return datetime.datetime(inventory.plant.year + 1, 1, 1, tzinfo=datetime.UTC)


def content(inventory: Inventory, lang: str, evaluation: Evaluation | None = None) -> dict[str, Any]:
    """Return everything the template prints, as texts: the template decides nothing and adds nothing up."""
    words = Words(lang)
    plant, certainty = inventory.plant, Certainty(inventory, words)
    digest = canonical.digest(trace.dumps(inventory))
    return {
        "lang": lang,
        "labels": words.labels(),
        "year": plant.year,
        "title": plant.title[lang],
        "constructed": plant.constructed[lang] if plant.constructed else "",
        "heading": [[words(name), text] for name, text in [*heading(inventory, words), ("inventory_digest", digest)]],
        "totals": [
            [
                figure.title[lang],
                figure.id,
                words.number(figure.rounded if figure.rounded is not None else figure.absence),
                figure.unit,
                certainty.figure(figure),
            ]
            for figure in summary(inventory)
        ],
        "sources": _sources(inventory, words),
        "beside": _beside(inventory, words),
        "monthly": charts.monthly(inventory, lang),
        "flow": charts.flow(inventory, lang),
        "matrices": [_matrix(inventory, scope, words) for scope in scopes(inventory)],
        "parameters": _parameters(inventory, words),
        "unverified": words("unverified_text", count=len(inventory.unverified)) if inventory.unverified else "",
        "corrections": _corrections(inventory, words),
        "gaps": gap_texts(inventory, words),
        "unused": inventory.unused,
        "uncertainty": _uncertainty(inventory, evaluation, words),
        "declared_none": declared_none(inventory, words),
        "notes": [note[lang] for note in inventory.book.notes] + boundary_notes(inventory, words),
        "source_streams": _source_streams(inventory, words),
    }


def _sources(inventory: Inventory, words: Words) -> list[list[str]]:
    found = []
    for scope in scopes(inventory)[:-1]:
        total = inventory.figures.get(f"{scope}.total")
        for name in ("combustion", "process", "total"):
            figure = inventory.figures.get(f"{scope}.{name}")
            if figure is not None and total is not None:
                found.append([*_cells(figure, words), share(figure, total)])
    return found


def _beside(inventory: Inventory, words: Words) -> list[list[str]]:
    """Return the figures of the lines that are no part of their direct emissions."""
    names = ("intensity", "electricity", "heat", "energy_included")
    known = (inventory.figures.get(f"{scope}.{name}") for scope in scopes(inventory)[:-1] for name in names)
    return [_cells(figure, words) for figure in known if figure is not None]


def _cells(figure: Figure, words: Words) -> list[str]:
    shown = words.number(figure.rounded if figure.rounded is not None else figure.absence)
    return [figure.title[words.lang], figure.id, shown, figure.unit]


def _source_streams(inventory: Inventory, words: Words) -> dict[str, Any] | None:
    found = inventory.source_streams
    if found is None:
        return {"note": words("source_streams_blank"), "rows": []} if inventory.book.source_streams else None
    return {"note": source_streams_note(found, words), "rows": source_stream_cells(found, words)}


def _matrix(inventory: Inventory, scope: str, words: Words) -> dict[str, Any]:
    lines = {f"line.{line.id}": line.title[words.lang] for line in inventory.plant.lines}
    name = words("line", name=lines[scope]) if scope in lines else words("enterprise")
    sections: dict[str, list[dict[str, Any]]] = {}
    for row in rows(inventory, scope):
        cells = [words.number(value) for value in (*row.values, row.whole)]
        sections.setdefault(row.section, []).append(
            {
                "title": row.title[words.lang],
                "unit": row.unit,
                "cells": cells,
                "strong": row.kind == "figure",
                "check": row.check.value,
            }
        )
    return {
        "name": name,
        "periods": [*inventory.plant.periods, words("whole")],
        "sections": [{"name": words(f"section.{section}"), "rows": found} for section, found in sections.items()],
    }


def _parameters(inventory: Inventory, words: Words) -> list[dict[str, Any]]:
    lang = words.lang
    values = sorted(inventory.parameters.values(), key=lambda value: (value.id, value.describes_from))
    return [
        {
            "cells": [
                parameter_title(value)[lang],
                value.digits,
                value.unit,
                f"{value.document}, {value.place[lang]}",
                word(value.check, lang),
            ],
            "id": value.id,
            "note": value.note[lang] if value.note and value.check is CheckState.UNVERIFIED else "",
            "earlier": earlier_note(value, inventory, words),
            "warn": value.check is CheckState.UNVERIFIED,
        }
        for value in values
    ]


def _corrections(inventory: Inventory, words: Words) -> list[list[str]]:
    found = []
    for given in inventory.inputs.values():
        for old, new in itertools.pairwise([*given.replaced, given.entry]):
            known = new.known.isoformat() if new.known else "–"
            found.append(
                [
                    new.quantity,
                    new.period,
                    words.number(old.value),
                    words.number(new.value),
                    new.unit,
                    known,
                    new.reason,
                    new.person,
                ]
            )
    return found


def _uncertainty(inventory: Inventory, evaluation: Evaluation | None, words: Words) -> dict[str, Any] | None:
    if evaluation is None:
        return None
    from tanheng.reports import uncertainty  # brings the numerical libraries, which other reports do not need

    return uncertainty.content(inventory, evaluation, words)
