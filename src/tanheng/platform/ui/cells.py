"""The rows of a table as HTML, drawn in one pass.

django-tables2 looks at each column anew for each cell: what its ``render`` takes, which attributes it has, whether the model
has a word for the value. Here that is found out once a column, which makes a page of 100 rows several times as fast. Columns
keep the library's interface: ``render`` takes any of ``value``, ``record``, ``column``, ``bound_column``, ``bound_row`` and
``table``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_tables2
from django.core.exceptions import FieldDoesNotExist
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django_tables2.utils import signature

from tanheng.platform.ui.ledger import shown

Draw = Callable[[Any], str]  # Any: rows of django-tables2, which has no types


def body(table: Any, *, before: Draw | None = None) -> SafeString:  # Any: as above
    """Return the rows of the page that a table is at, as ``<tr>`` elements.

    Parameters
    ----------
    before : callable, optional
        Draws a first cell of a record.
    """
    draws = [_cell(bound, table) for bound in table.columns]
    lines = []
    for row in table.paginated_rows:
        first = before(row.record) if before is not None else ""
        lines.append(f"<tr>{first}{''.join([draw(row) for draw in draws])}</tr>")
    return mark_safe("\n".join(lines))  # noqa: S308  # each cell is escaped below


def _cell(bound: Any, table: Any) -> Draw:  # Any: as above
    """Return what draws the cells of one column."""
    content = (
        _by_the_library(bound) if bound.link or "." in bound.accessor or "__" in bound.accessor else _content(bound, table)
    )
    opened = f"<td {bound.attrs['td'].as_html()}>".replace("<td >", "<td>")
    return lambda row: f"{opened}{content(row)}</td>"


def _by_the_library(bound: Any) -> Draw:  # Any: as above
    return lambda row: conditional_escape(row.get_cell(bound.name))


def _content(bound: Any, table: Any) -> Draw:  # Any: as above
    read = _reader(bound, table)
    empty, blank = bound.column.empty_values, conditional_escape(bound.default)
    plain = type(bound.column).render is django_tables2.Column.render and not hasattr(table, f"render_{bound.name}")
    if plain:
        return lambda row: blank if (value := read(row.record)) in empty else conditional_escape(shown(value))
    names, rest = signature(bound.render)
    given = ("value", "record", "column", "bound_column", "bound_row", "table")
    wanted = given if rest else tuple(name for name in given if name in names)

    def content(row: Any) -> str:  # Any: as above
        value = read(row.record)
        if value in empty:
            return blank
        every = {
            "value": value,
            "record": row.record,
            "column": bound.column,
            "bound_column": bound,
            "bound_row": row,
            "table": table,
        }
        return conditional_escape(bound.render(**{name: every[name] for name in wanted}))

    return content


def _reader(bound: Any, table: Any) -> Callable[[Any], object]:  # Any: as above
    """Return what reads the value of a record: a word of the model's own where it has one."""
    name = str(bound.accessor)
    try:
        has_words = bool(getattr(table.Meta.model._meta.get_field(name), "choices", ()))
    except FieldDoesNotExist:
        has_words = False
    if has_words:
        return lambda record: getattr(record, f"get_{name}_display")()
    return lambda record: _resolved(getattr(record, name, None))


def _resolved(value: Any) -> object:  # Any: what a record has
    return value() if callable(value) else value
