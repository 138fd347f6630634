"""The workbook of the template: a sheet a matrix, lists to choose from, frozen heads, and a hidden version.

The bytes are the same for the same template: the workbook carries no clock.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from typing import Any

from tanheng.accounting.folder.grid import letters
from tanheng.accounting.folder.matrix import OPTIONAL, REQUIRED
from tanheng.accounting.folder.reading import VERSIONS, Kind
from tanheng.accounting.folder.words import BASES, ORIGINS, PLACES, Vocabulary, first_word
from tanheng.accounting.folder.workbook import VERSION_SHEET
from tanheng.core.messages import render

_CREATED = datetime.datetime(2025, 1, 1)  # noqa: DTZ001  # the format has no zone
_CHOICES: Mapping[str, Vocabulary] = {"basis": BASES, "place": PLACES, "origin": ORIGINS}
_WIDTHS = {"scope": 12, "group": 14, "stream": 16, "item": 26, "unit": 11, "basis": 9, "place": 10, "origin": 10, "source": 26}
_FURTHER_ROWS = 500


def render_workbook(head: Sequence[str], tables: Mapping[str, Sequence[Sequence[str]]], *, lang: str) -> bytes:
    """Return the bytes of the workbook: ``head`` on every sheet, ``tables`` by the name of the sheet."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "Tanheng", "created": _CREATED})
    style = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True, "valign": "top"})
    for name, rows in tables.items():
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, head, style)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, row)
        sheet.freeze_panes(1, REQUIRED.index("unit") + 1)
        _format(sheet, len(rows), lang)
    notes = book.add_worksheet("说明" if lang == "zh" else "README")
    notes.set_column(0, 0, 120)
    for number, line in enumerate(render("folder.template.readme", lang, {}).splitlines()):
        notes.write_string(number, 0, line)
    version = book.add_worksheet(VERSION_SHEET)
    version.write_string(0, 0, f"schema: {VERSIONS[Kind.MATRIX]}")
    version.very_hidden()
    book.close()
    return out.getvalue()


def _format(sheet: Any, rows: int, lang: str) -> None:  # the library has no types
    """Set widths and the lists to choose from."""
    for index, name in enumerate((*REQUIRED, *OPTIONAL)):
        column = letters(index)
        sheet.set_column(f"{column}:{column}", _WIDTHS.get(name, 16))
        if name in _CHOICES:
            words = [first_word(_CHOICES[name], key, lang) for key in _CHOICES[name]]
            source = {"validate": "list", "source": words, "ignore_blank": True}
            sheet.data_validation(1, index, rows + _FURTHER_ROWS, index, source)
