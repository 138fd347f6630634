"""A workbook of the platform is read on the screen and printed: columns as wide as what they hold, pages with their head."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from typing import Any

import openpyxl

from tanheng.platform.ui.sheets import Sheet, workbook


def page_of(heads: Sequence[str], *rows: Sequence[object]) -> Any:  # Any: openpyxl has no types
    data = workbook([Sheet(name="表B.1", heads=heads, rows=rows)], created=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    return openpyxl.load_workbook(io.BytesIO(data))["表B.1"]


def width(page: Any, column: str) -> float:  # Any: as above
    return float(page.column_dimensions[column].width)


def test_a_chinese_character_takes_the_place_of_two_letters() -> None:
    page = page_of(("名称", "Name"), ("1#线窑尾排风机", "line 1 fan"))
    assert int(width(page, "A")) == 2 + 2 * 6 + 2  # 1#, six characters, room beside them
    assert int(width(page, "B")) == len("line 1 fan") + 2


def test_a_long_text_is_wrapped_in_a_column_of_bounded_width() -> None:
    page = page_of(("备注",), ("很长的说明" * 40,))
    assert int(width(page, "A")) == 36
    assert page["A2"].alignment.wrap_text


def test_a_narrow_table_is_printed_on_a4_one_page_wide_with_its_head_on_each() -> None:
    page = page_of(("序号", "名称"), (1, "电子皮带秤"), (2,))
    assert (page.page_setup.orientation, int(page.page_setup.paperSize)) == ("landscape", 9)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.page_setup.fitToHeight == 0  # as many pages as there are rows for
    assert page.print_title_rows == "$1:$1"
    assert page.oddHeader.center.text == "&A"


def test_a_table_too_wide_to_be_read_on_one_page_takes_two_beside_each_other() -> None:
    page = page_of([f"列{number}" for number in range(20)], ["很长的说明" * 10] * 20)
    assert int(page.page_setup.paperSize) == 8
    assert page.page_setup.fitToWidth == 2  # 20 columns of 36 letters; 440 letters a page
