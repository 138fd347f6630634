"""Workbooks other programs write: prefixes of namespaces, cells without a reference, strings in place (ECMA-376)."""

from __future__ import annotations

import io
import zipfile

import pytest

from tanheng.accounting.folder.errors import Faults
from tanheng.accounting.folder.grid import Odd, Oddity
from tanheng.accounting.folder.marks import Marks, PackageError, marks_of
from tanheng.accounting.folder.workbook import read_workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
)
ROOT = (
    f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{RELATIONS}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>'
)
BOOK = (
    f'<x:workbook xmlns:x="{MAIN}" xmlns:r="{RELATIONS}"><x:sheets><x:sheet name="活动" sheetId="1" r:id="rId7"/></x:sheets>'
    "</x:workbook>"
)
LINKS = (
    f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId7" Type="{RELATIONS}/worksheet" '
    'Target="{target}"/></Relationships>'
)
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="170" formatCode="0.00&quot;%&quot;"/>'
    '<numFmt numFmtId="171" formatCode="0.0\\ %"/></numFmts><cellStyleXfs><xf numFmtId="10"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="171"/><xf numFmtId="9"/></cellXfs></styleSheet>'
)


def package(rows: str, *, target: str = "worksheets/one.xml", styles: str = STYLES) -> bytes:
    """A workbook of one sheet made of raw rows, with prefixes throughout."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr("[Content_Types].xml", TYPES)
        parts.writestr("_rels/.rels", ROOT)
        parts.writestr("xl/workbook.xml", BOOK)
        parts.writestr("xl/_rels/workbook.xml.rels", LINKS.format(target=target))
        if styles:
            parts.writestr("xl/styles.xml", styles)
        parts.writestr(
            "xl/worksheets/one.xml", f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
        )
    return out.getvalue()


def marks(rows: str) -> Marks:
    return marks_of(package(rows))["活动"]


def test_an_error_is_marked_behind_a_prefix_too() -> None:
    found = marks('<x:row r="2"><x:c r="C2" t="e"><x:f>1/0</x:f><x:v>#DIV/0!</x:v></x:c></x:row>')
    assert found.cells == {(1, 2): Odd(Oddity.ERROR, "#DIV/0!")}
    assert (found.rows, found.columns) == (2, 3)


def test_cells_without_a_reference_stand_side_by_side() -> None:
    found = marks(
        '<x:row><x:c><x:v>1</x:v></x:c><x:c t="e"><x:v>#N/A</x:v></x:c></x:row><x:row><x:c t="e"><x:v>#REF!</x:v></x:c></x:row>'
    )
    assert sorted(found.cells) == [(0, 1), (1, 0)]


def test_a_formula_without_a_result_is_marked_and_one_with_a_result_is_not() -> None:
    found = marks('<x:row r="1"><x:c r="A1"><x:f>1+1</x:f></x:c><x:c r="B1"><x:f>1+1</x:f><x:v>2</x:v></x:c></x:row>')
    assert found.cells == {(0, 0): Odd(Oddity.UNCALCULATED, "")}


def test_a_formula_that_yields_an_empty_text_is_a_blank() -> None:
    assert marks('<x:row r="1"><x:c r="A1" t="str"><x:f>""</x:f><x:v></x:v></x:c></x:row>').cells == {}


@pytest.mark.parametrize(("style", "percent"), [("0", False), ("1", False), ("2", True), ("3", True), ("9", False)])
def test_a_percentage_is_known_by_its_format_not_by_quoted_words(style: str, percent: bool) -> None:
    found = marks(f'<x:row r="1"><x:c r="A1" s="{style}"><x:v>0.94</x:v></x:c></x:row>')
    assert bool(found.cells) == percent


def test_a_formatted_cell_without_content_is_no_cell() -> None:
    assert marks('<x:row r="1"><x:c r="XFD1" s="3"/></x:row>').columns == 0


def test_a_workbook_without_styles_and_with_an_absolute_target_is_read() -> None:
    data = package('<x:row r="1"><x:c r="A1" t="e"><x:v>#N/A</x:v></x:c></x:row>', target="/xl/worksheets/one.xml", styles="")
    assert marks_of(data)["活动"].cells


def test_numbers_of_a_foreign_workbook_are_read_with_their_marks() -> None:
    rows = (
        '<x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>unit</x:t></x:is></x:c><x:c r="B1"><x:v>23.076</x:v></x:c>'
        '<x:c r="C1" t="e"><x:v>#N/A</x:v></x:c><x:c r="D1" t="b"><x:v>1</x:v></x:c></x:row>'
    )
    (grid,) = read_workbook(package(rows), file="a.xlsx", faults=Faults())
    assert grid.rows == [["unit", "23.076", Odd(Oddity.ERROR, "#N/A"), Odd(Oddity.TRUTH, "TRUE")]]


@pytest.mark.parametrize("row", ["100001", "9999999"])
def test_a_cell_far_away_is_refused_before_anything_is_loaded(row: str) -> None:
    with pytest.raises(PackageError, match="extent"):
        marks(f'<x:row r="{row}"><x:c r="A{row}"><x:v>1</x:v></x:c></x:row>')


def test_a_link_that_leads_nowhere_leaves_no_sheet() -> None:
    faults = Faults()
    assert read_workbook(package("", target="worksheets/two.xml"), file="a.xlsx", faults=faults) == []
    assert len(faults) == 1
