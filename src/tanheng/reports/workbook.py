"""The workbook of an inventory: summary, monthly matrices of the lines and the enterprise, parameters, inputs, trace, notes."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import xlsxwriter

from tanheng.accounting.graph import Absence, Argument, Operand
from tanheng.accounting.inventory import Inventory
from tanheng.core.canonical import plain
from tanheng.core.rounding import round_to
from tanheng.core.states import CheckState, word
from tanheng.reports.certainty import Certainty
from tanheng.reports.digest import renderer_digest
from tanheng.reports.matrix import Row, Value, parameter_title, rows, scopes, summary
from tanheng.reports.words import (
    Words,
    boundary_name,
    boundary_notes,
    declared_none,
    earlier_note,
    gap_texts,
    share,
    source_stream_cells,
    source_streams_note,
)

if TYPE_CHECKING:
    from tanheng.accounting.evaluation import Evaluation

_CREATED = datetime.datetime(2000, 1, 1)  # noqa: DTZ001  # a workbook has no zone; a clock here would change the bytes
_INVALID = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))


def render(inventory: Inventory, *, lang: str, evaluation: Evaluation | None = None) -> bytes:
    """Return the workbook as bytes, the same for the same inventory and renderer digest."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": Words(lang)("title"), "author": "Tanheng 碳衡", "created": _CREATED})
    writer = _Writer(book, inventory, lang)
    writer.write()
    if evaluation is not None:
        writer.uncertainty(evaluation)
    book.close()
    return buffer.getvalue()


class _Writer:
    def __init__(self, book: Any, inventory: Inventory, lang: str) -> None:
        self.book, self.inventory, self.lang = book, inventory, lang
        self.words = Words(lang)
        self.certainty = Certainty(inventory, self.words)
        self.bold = book.add_format({"bold": True})
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#EEF2F6"})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.band = book.add_format({"bold": True, "bg_color": "#DCE6F1"})
        self.gap = book.add_format({"align": "right", "italic": True, "font_color": "#B45309"})
        self.warn = book.add_format({"text_wrap": True, "valign": "top", "font_color": "#B45309"})
        self._numbers: dict[tuple[int, bool], Any] = {}

    def write(self) -> None:
        self._summary()
        for scope in scopes(self.inventory):
            self._matrix(scope)
        self._source_streams()
        self._parameters()
        self._inputs()
        self._trace()
        self._notes()

    # -- sheets -------------------------------------------------------------------------------------------------------

    def _summary(self) -> None:
        sheet = self._sheet(self.words("summary"), [34, 34, 20, 12, 12, 16])
        inventory, lang = self.inventory, self.lang
        line = 0
        sheet.write_string(line, 0, self.words("title"), self.bold)
        if inventory.plant.constructed:
            line += 1
            sheet.write_string(line, 0, inventory.plant.constructed[lang], self.warn)
        for name, value in self._heading():
            line += 1
            sheet.write_string(line, 0, self.words(name))
            sheet.write_string(line, 1, value)
        line += 2
        sheet.write_string(line, 0, self.words("totals"), self.bold)
        line = self._header(sheet, line + 1, ["item", "id", "value", "unit", "check"])
        for figure in summary(inventory):
            sheet.write_string(line, 0, figure.title[lang])
            sheet.write_string(line, 1, figure.id)
            self._number(sheet, line, 2, figure.rounded if figure.rounded is not None else figure.absence, figure.decimals)
            sheet.write_string(line, 3, figure.unit)
            sheet.write_string(line, 4, self.certainty.figure(figure))
            line += 1
        self._shares(sheet, line + 1)

    def _shares(self, sheet: Any, line: int) -> None:
        sheet.write_string(line, 0, self.words("sources"), self.bold)
        line = self._header(sheet, line + 1, ["source", "id", "emission", "unit", "share_of_line"])
        for scope in scopes(self.inventory)[:-1]:
            total = self.inventory.figures.get(f"{scope}.total")
            for name in ("combustion", "process"):
                figure = self.inventory.figures.get(f"{scope}.{name}")
                if figure is None or total is None:
                    continue
                sheet.write_string(line, 0, figure.title[self.lang])
                sheet.write_string(line, 1, figure.id)
                self._number(sheet, line, 2, figure.rounded if figure.rounded is not None else figure.absence, figure.decimals)
                sheet.write_string(line, 3, figure.unit)
                sheet.write_string(line, 4, share(figure, total))
                line += 1

    def _matrix(self, scope: str) -> None:
        inventory, lang = self.inventory, self.lang
        lines = {f"line.{line.id}": line.title[lang] for line in inventory.plant.lines}
        name = self.words("line", name=lines[scope]) if scope in lines else self.words("enterprise")
        periods = list(inventory.plant.periods)
        sheet = self._sheet(name, [40, 40, 14, *([13] * len(periods)), 15, 10, 30, 14])
        heads = [self.words("item"), self.words("id"), self.words("unit"), *periods]
        heads += [self.words(key) for key in ("whole", "origin", "origin_source", "check")]
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, self.head)
        sheet.freeze_panes(1, 3)
        line, section = 1, ""
        for row in rows(inventory, scope):
            if row.section != section:
                section = row.section
                for column in range(len(heads)):
                    sheet.write_blank(line, column, None, self.band)
                sheet.write_string(line, 0, self.words(f"section.{section}"), self.band)
                line += 1
            self._row(sheet, line, row)
            line += 1
        sheet.autofilter(0, 0, max(line - 1, 1), len(heads) - 1)

    def _row(self, sheet: Any, line: int, row: Row) -> None:
        strong = row.kind == "figure"
        style = self.bold if strong else None
        sheet.write_string(line, 0, row.title[self.lang], style)
        sheet.write_string(line, 1, row.id, style)
        sheet.write_string(line, 2, row.unit, style)
        for column, value in enumerate([*row.values, row.whole], start=3):
            self._number(sheet, line, column, value, row.decimals, strong=strong)
        column = 4 + len(row.values)
        sheet.write_string(line, column, word(row.origin, self.lang))
        sheet.write_string(line, column + 1, row.source)
        sheet.write_string(line, column + 2, self.certainty.row(row))

    def _source_streams(self) -> None:
        found = self.inventory.source_streams
        if found is None and not self.inventory.book.source_streams:
            return
        heads = ["source_stream", "id", "emission", "share_of_streams", "by_tonnes", "by_share", "class", "other_reading"]
        sheet = self._table(self.words("source_streams"), heads, [34, 44, 16, 10, 14, 14, 14, 16])
        if found is None:
            sheet.write_string(1, 0, self.words("source_streams_blank"), self.warn)
            return
        for line, (item, cells) in enumerate(zip(found.streams, source_stream_cells(found, self.words), strict=True), start=1):
            for column, text in enumerate(cells):
                sheet.write_string(line, column, text)
            sheet.write_number(line, 2, float(round_to(item.stream.emission, 2)), self._format(2, strong=False))
        sheet.write_string(len(found.streams) + 2, 0, source_streams_note(found, self.words))

    def _parameters(self) -> None:
        heads = [
            "parameter",
            "id",
            "value",
            "unit",
            "document",
            "place",
            "describes",
            "known_since",
            "check",
            "note",
            "confirmations",
        ]
        sheet = self._table(self.words("parameters"), heads, [34, 44, 12, 14, 26, 30, 24, 14, 14, 60, 30])
        values = sorted(self.inventory.parameters.values(), key=lambda value: (value.id, value.describes_from))
        for line, value in enumerate(values, start=1):
            until = value.describes_to.isoformat() if value.describes_to else "…"
            confirmed = "; ".join(
                f"{item.date} {' / '.join(person.name for person in item.persons)}" for item in value.confirmations
            )
            earlier = earlier_note(value, self.inventory, self.words)
            cells = [
                parameter_title(value)[self.lang],
                value.id,
                value.digits,
                value.unit,
                value.document,
                value.place[self.lang],
                f"{value.describes_from} – {until}",
                value.known_since.isoformat(),
                word(value.check, self.lang),
                " ".join(text for text in (value.note[self.lang] if value.note else "", earlier) if text),
                confirmed,
            ]
            style = self.warn if value.check is CheckState.UNVERIFIED else self.text
            for column, text in enumerate(cells):
                sheet.write_string(line, column, text, style)

    def _inputs(self) -> None:
        heads = [
            "id",
            "period",
            "written",
            "written_unit",
            "value",
            "unit",
            "origin",
            "basis",
            "measured_at",
            "cell",
            "known",
            "reason",
            "person",
            "replaced",
        ]
        sheet = self._table(self.words("inputs"), heads, [52, 10, 14, 12, 16, 12, 10, 8, 10, 34, 12, 30, 12, 24])
        for line, given in enumerate(self.inventory.inputs.values(), start=1):
            entry = given.entry
            replaced = "; ".join(
                f"{'' if old.value is None else plain(old.value)} {old.unit} ({old.cell})" for old in given.replaced
            )
            cells = [
                entry.quantity,
                entry.period,
                "" if entry.value is None else plain(entry.value),
                entry.unit,
                "" if given.value is None else plain(given.value),
                given.unit,
                word(entry.origin, self.lang),
                entry.basis.value if entry.basis else "",
                entry.place.value if entry.place else "",
                str(entry.cell),
                entry.known.isoformat() if entry.known else "",
                entry.reason,
                entry.person,
                replaced,
            ]
            for column, text in enumerate(cells):
                sheet.write_string(line, column, text)

    def _trace(self) -> None:
        heads = [
            "id",
            "period",
            "item",
            "precise",
            "rounded",
            "unit",
            "formula",
            "equation",
            "document",
            "clause",
            "check",
            "arguments",
        ]
        sheet = self._table(self.words("trace"), heads, [48, 10, 36, 26, 18, 12, 30, 34, 28, 16, 14, 120])
        for line, figure in enumerate(self.inventory.figures.values(), start=1):
            arguments = "; ".join(f"{role} = {_shown(argument)}" for role, argument in figure.arguments.items())
            cells = [
                figure.quantity,
                figure.period,
                figure.title[self.lang],
                plain(figure.value) if figure.value is not None else self.words.absence(figure.absence or Absence.GAP),
                plain(figure.rounded) if figure.rounded is not None else "",
                figure.unit,
                figure.formula,
                figure.equation,
                self.certainty.document(figure),
                self.certainty.clause(figure),
                self.certainty.figure(figure),
                arguments[:32000],
            ]
            for column, text in enumerate(cells):
                sheet.write_string(line, column, text)

    def _notes(self) -> None:
        inventory, lang = self.inventory, self.lang
        sheet = self._sheet(self.words("notes"), [40, 110])
        lines: list[tuple[str, str]] = [
            (self.words("rounding"), f"{inventory.book.rounding} {inventory.book.rounding_note[lang]}")
        ]
        lines += [(self.words("notes"), note[lang]) for note in inventory.book.notes]
        lines += [(self.words("boundary"), note) for note in boundary_notes(inventory, self.words)]
        lines += [(self.words("declared_none"), f"{row}: {why}") for row, why in declared_none(inventory, self.words)]
        lines += [(self.words("unverified"), self.words("unverified_text", count=len(inventory.unverified)))]
        lines += [(self.words("unverified"), name) for name in inventory.unverified]
        lines += [(self.words("gaps"), text) for text in gap_texts(inventory, self.words)] or [
            (self.words("gaps"), self.words("gaps_none"))
        ]
        lines += [(self.words("unused"), name) for name in inventory.unused]
        for line, (name, text) in enumerate(lines):
            sheet.write_string(line, 0, name, self.text)
            sheet.write_string(line, 1, text, self.text)

    def uncertainty(self, evaluation: Evaluation) -> None:
        """Add the sheet of uncertainties: a row a figure, then the ranked contributions to the first total."""
        from tanheng.reports import uncertainty  # brings the numerical libraries, which other workbooks do not need

        content = uncertainty.content(self.inventory, evaluation, self.words)
        if content is None:
            return
        sheet = self._sheet(self.words("uncertainty"), [40, 30, 18, 18, 10, 8, 10, 12, 12, 30, 24])
        line = self._header(sheet, 0, uncertainty.HEADS)
        for row in content["rows"]:
            self._strings(sheet, line, row)
            line += 1
        sheet.write_string(line + 1, 0, self.words("contributions", name=content["first"]), self.bold)
        line = self._header(sheet, line + 2, ["id", "cause", "effect", "share"])
        for item in content["contributions"]:
            self._strings(sheet, line, [item[key] for key in ("subject", "cause", "kind", "share")])
            line += 1
        sheet.write_string(line + 1, 0, self.words("run", trials=content["trials"], seed=content["seed"]))
        for offset, name in enumerate(content["without"], start=2):
            self._strings(sheet, line + offset, [self.words("without"), name])

    def _strings(self, sheet: Any, line: int, texts: Sequence[str]) -> None:
        for column, text in enumerate(texts):
            sheet.write_string(line, column, text)

    # -- cells --------------------------------------------------------------------------------------------------------

    def _heading(self) -> list[tuple[str, str]]:
        return heading(self.inventory, self.words)

    def _sheet(self, name: str, widths: Sequence[int]) -> Any:
        sheet = self.book.add_worksheet(name.translate(_INVALID)[:31])
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def _table(self, name: str, heads: Sequence[str], widths: Sequence[int]) -> Any:
        sheet = self._sheet(name, widths)
        self._header(sheet, 0, heads)
        sheet.freeze_panes(1, 1)
        return sheet

    def _header(self, sheet: Any, line: int, heads: Sequence[str]) -> int:
        for column, head in enumerate(heads):
            sheet.write_string(line, column, self.words(head), self.head)
        return line + 1

    def _number(self, sheet: Any, line: int, column: int, value: Value, decimals: int, *, strong: bool = False) -> None:
        if isinstance(value, Decimal):
            sheet.write_number(line, column, float(value), self._format(decimals, strong=strong))
        else:
            sheet.write_string(line, column, self.words.number(value), self.gap)

    def _format(self, decimals: int, *, strong: bool) -> Any:
        key = (decimals, strong)
        if key not in self._numbers:
            pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
            self._numbers[key] = self.book.add_format({"num_format": pattern, "bold": strong})
        return self._numbers[key]


def heading(inventory: Inventory, words: Words) -> list[tuple[str, str]]:
    """Return what a report says of itself: label and text, in order."""
    plant, book, lang = inventory.plant, inventory.book, words.lang
    return [
        ("plant", plant.title[lang]),
        ("credit_code", plant.credit_code or "–"),
        ("period", f"{plant.periods[0]} – {plant.periods[-1]}" if len(plant.periods) > 1 else plant.periods[0]),
        ("known", inventory.known.isoformat() if inventory.known else words("known_all")),
        ("rulebook", book.title[lang]),
        *[("boundary", boundary_name(boundary, words)) for boundary in inventory.boundaries[:1]],
        ("rounding", book.rounding_note[lang]),
        ("rulebook_digest", book.digest),
        ("pack_digest", inventory.pack_digest),
        ("renderer_digest", renderer_digest()),
    ]


def _shown(argument: Argument) -> str:
    if isinstance(argument, Operand):
        return argument.id
    return "[" + ", ".join(_shown(item) for item in argument) + "]"
