"""Parameters and tables from their files: a cell of a table is a parameter like any other."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tanheng.core.identifiers import ParameterId
from tanheng.core.states import CheckState
from tanheng.standards._draft import Draft, ParameterDraft, Raw, TableDraft, choices, text, text_or_none
from tanheng.standards._files import Kind, RawFile
from tanheng.standards.values import Column, Layer, ParameterValue, RuleStatus, Text, TextValue, WordValue

_OF_ROW = ("title", "unit", "check", "source", "note")
_NO_VALUE = "-"


def read_head(draft: Draft, file: RawFile) -> None:
    """Declare the parameter or table of a file that has an ``id``."""
    raw = file.content
    if "id" not in raw or not _is_new(draft, file, raw["id"]):
        return
    if file.kind is Kind.PARAMETER:
        column = _column(raw["id"], raw)
        _declare(draft, file, ParameterId(raw["id"]), column.title, column.unit, column, draft.required(file, raw))
        return
    draft.tables[raw["id"]] = TableDraft(
        id=raw["id"],
        title=text(raw["title"]),
        document=raw["source"]["document"],
        columns={key: _column(key, column) for key, column in raw["columns"].items()},
        required=draft.required(file, raw),
        layer=file.layer,
        file=file.name,
    )


def _is_new(draft: Draft, file: RawFile, identifier: str) -> bool:
    earlier = draft.tables.get(identifier) or draft.parameters.get(identifier)
    if earlier is None:
        return True
    edits = file.layer is Layer.OVERLAY and earlier.layer is Layer.SHIPPED
    code = "standards.overlay.edit" if edits else "standards.file.duplicate_id"
    draft.fault(code, file, id=identifier, other=earlier.file)
    return False


def _declare(
    draft: Draft,
    file: RawFile,
    identifier: ParameterId,
    title: Text,
    unit: str | None,
    kind: Column,
    required: Any,
    table: str | None = None,
) -> None:
    """Declare a parameter of a column's kind; a number whose unit is none is a fault, and not declared."""
    if not kind.numeric or draft.unit(file, identifier, unit):
        draft.parameters[identifier] = ParameterDraft(
            identifier, title, unit if kind.numeric else None, dict(kind.choices), required, file.layer, file.name, table
        )


def _column(key: str, raw: Raw) -> Column:
    return Column(key, text(raw["title"]), raw.get("unit"), choices(raw), textual="content" in raw)


def read_values(draft: Draft, file: RawFile) -> None:
    """Add the values of a parameter or table file to what is declared."""
    raw = file.content
    identifier = raw.get("extends") or raw["id"]
    if file.kind is Kind.PARAMETER:
        _read_parameter(draft, file, identifier)
    elif (table := draft.tables.get(identifier)) is None:
        draft.fault("standards.file.extends", file, id=identifier)
    elif "extends" in raw or table.file == file.name:
        _read_table(draft, file, table)


def _read_parameter(draft: Draft, file: RawFile, identifier: str) -> None:
    raw = file.content
    parameter = draft.parameters.get(identifier)
    if parameter is None:
        if "extends" in raw:
            draft.fault("standards.file.extends", file, id=identifier)
        return
    if "id" in raw and parameter.file != file.name:
        return
    if "extends" in raw and raw.get("unit") != parameter.unit:
        draft.fault("standards.file.extends_unit", file, id=identifier, unit=raw.get("unit") or "–", expected=parameter.unit)
        return
    for entry in raw["values"]:
        _add_value(draft, file, parameter, entry["value"], entry, entry)


def _read_table(draft: Draft, file: RawFile, table: TableDraft) -> None:
    raw = file.content
    if "extends" in raw and not _same_columns(draft, file, table):
        return
    for key, row in raw["rows"].items():
        if _row(draft, file, table, key, row):
            for column, cell in _cells(draft, file, table, key, row):
                _read_cell(draft, file, table, key, row, column, cell)


def _same_columns(draft: Draft, file: RawFile, table: TableDraft) -> bool:
    """Say whether an addition names the table's columns with the table's units."""
    named = {key: column.get("unit") for key, column in file.content["columns"].items()}
    strange = sorted(set(named) - set(table.columns))
    if strange:
        draft.fault("standards.file.columns", file, id=table.id, columns=", ".join(strange), known=", ".join(table.columns))
        return False
    for key, unit in named.items():
        expected = table.columns[key].unit
        if unit != expected:
            draft.fault("standards.file.extends_unit", file, id=f"{table.id}.*.{key}", unit=unit, expected=expected)
    return all(unit == table.columns[key].unit for key, unit in named.items())


def _row(draft: Draft, file: RawFile, table: TableDraft, key: str, row: Raw) -> bool:
    """Say whether a row may stand: a new one brings its title, a known one does not."""
    if key not in table.rows:
        if "title" not in row:
            draft.fault("standards.file.row_unknown", file, id=table.id, row=key)
            return False
        table.rows[key] = text(row["title"])
    elif "title" in row:
        draft.fault("standards.file.row_titled", file, id=table.id, row=key)
        return False
    return True


def _cells(draft: Draft, file: RawFile, table: TableDraft, key: str, row: Raw) -> Iterator[tuple[Column, Raw]]:
    """Yield each filled cell of a row; a cell that is neither filled nor marked ``-`` is a fault."""
    named = file.content["columns"]
    strange = sorted(set(row) - set(named) - set(_OF_ROW))
    if strange:
        draft.fault("standards.file.columns", file, id=f"{table.id}.{key}", columns=", ".join(strange), known=", ".join(named))
    for column in named:
        cell = row.get(column)
        if cell is None:
            draft.fault("standards.file.cell", file, id=table.cell(key, column))
        elif cell != _NO_VALUE:
            yield table.columns[column], cell if isinstance(cell, dict) else {"value": cell}


def _read_cell(draft: Draft, file: RawFile, table: TableDraft, key: str, row: Raw, column: Column, cell: Raw) -> None:
    identifier = table.cell(key, column.key)
    unit = cell.get("unit") or row.get("unit") or column.unit
    parameter = draft.parameters.get(identifier)
    if parameter is None:
        title = _cell_title(table.rows[key], column)
        required = None if "extends" in file.content else table.required  # a row added later begins when it begins
        _declare(draft, file, identifier, title, unit, column, required, table.id)
        parameter = draft.parameters.get(identifier)
    elif parameter.table != table.id:
        draft.fault("standards.file.duplicate_id", file, id=identifier, other=parameter.file)
        return
    elif unit != parameter.unit and column.numeric:
        draft.fault("standards.file.extends_unit", file, id=identifier, unit=unit, expected=parameter.unit)
        return
    if parameter is not None:
        _add_value(draft, file, parameter, cell["value"], file.content, {**row, **cell})


def _cell_title(row: Text, column: Column) -> Text:
    return Text(f"{row.zh}：{column.title.zh}", f"{row.en}: {column.title.en}")


def _add_value(draft: Draft, file: RawFile, parameter: ParameterDraft, printed: Any, dates: Raw, detail: Raw) -> None:
    """Add one value: when it is about from ``dates``, the rest from ``detail`` or, failing that, from ``dates``.

    ``printed`` is a string; for a text it may be one in two languages.
    """
    own = detail.get("source")
    source = own or dates["source"]
    described = draft.period(file, dates["describes"])
    common: dict[str, Any] = {  # the fields every dated value has; each is given its type by the class below
        "id": parameter.id,
        "title": parameter.title,
        "document": draft.document(file, parameter.id if own else "source", source["document"]),
        "place": text(source["place"]),
        "describes_from": described[0],
        "describes_to": described[1],
        "known_since": draft.day(file, dates["known_since"]),
        "check": CheckState(detail.get("check") or dates["check"]),
        "status": RuleStatus(dates.get("status", "final")),
        "note": text_or_none(detail.get("note") or dates.get("note")),
        "reason": text_or_none(dates.get("reason")),
        "layer": file.layer,
        "file": file.name,
    }
    if parameter.unit is None and not parameter.choices:
        parameter.values.append(TextValue(**common, text=text(printed)))
    elif not isinstance(printed, str):
        draft.fault("standards.file.two_languages", file, id=parameter.id)
    elif parameter.choices:
        if printed not in parameter.choices:
            draft.fault("standards.file.word", file, id=parameter.id, value=printed, known=", ".join(parameter.choices))
        else:
            parameter.values.append(WordValue(**common, word=printed, meaning=parameter.choices[printed]))
    elif draft.digits(file, parameter.id, printed):
        parameter.values.append(ParameterValue(**common, value=Decimal(printed), digits=printed, unit=parameter.unit or ""))
