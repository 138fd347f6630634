"""Drawings as PDF: the same bytes each time, the shipped font, a page that keeps the letters readable."""

from __future__ import annotations

import datetime
import io
from typing import Any

import pypdf
import pytest

from tanheng.accounting.boundaries import clinker_boundaries, production_systems
from tanheng.metrology.network.drawing import TitleBlock, boundary_svg
from tanheng.reports.diagram import diagram_pdf
from tanheng.reports.errors import ReportError
from tanheng.standards import load_pack

DAY = datetime.date(2026, 11, 1)
BLOCK = TitleBlock(plant={"zh": "某水泥厂", "en": "A works"}, edition="designed", on=DAY)


@pytest.fixture(scope="module")
def drawing() -> str:
    pack = load_pack()
    boundaries = clinker_boundaries(pack, "silo", ("cooler", "silo"))
    return boundary_svg(boundaries, production_systems(pack), block=BLOCK, lang="zh")


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def small(words: str, *, wide: float = 400, high: float = 200) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-family="Noto Sans SC">'
    return f'{head}<text x="10" y="40" font-size="20">{words}</text></svg>'


def test_a_drawing_printed_twice_is_the_same_file(drawing: str) -> None:
    first = diagram_pdf([drawing], title="碳计量边界示意图", lang="zh", on=DAY)
    assert diagram_pdf([drawing], title="碳计量边界示意图", lang="zh", on=DAY) == first


def test_the_text_can_be_read_from_the_file_in_the_shipped_font(drawing: str) -> None:
    page = read(diagram_pdf([drawing], title="碳计量边界示意图", lang="zh", on=DAY)).pages[0]
    resources: Any = page["/Resources"]  # Any: PDF objects
    fonts = {str(font.get_object()["/BaseFont"]) for font in resources["/Font"].values()}
    assert "熟料煅烧" in page.extract_text()
    assert {name.partition("+")[2].partition("-")[0] for name in fonts} == {"NotoSansSC"}


def test_each_drawing_has_a_page_in_a3_landscape() -> None:
    pages = read(diagram_pdf([small("一"), small("二")], title="图", lang="zh", on=DAY)).pages
    # A3: 420 mm by 297 mm; 420 / 25.4 * 72 = 1190.6 pt
    assert [(round(float(page.mediabox.width)), round(float(page.mediabox.height))) for page in pages] == [(1191, 842)] * 2


@pytest.mark.parametrize(("wide", "points"), [(2000, 1191), (2400, 1684), (4300, 2384), (6000, 3370), (20000, 3370)])
def test_a_wide_drawing_takes_the_first_format_that_keeps_letters_readable(wide: float, points: int) -> None:
    # by hand: letters of 9.5 px on w mm of paper are 9.5 * (w - 20) / 25.4 * 72 / wide points: A3 gives 5.39 for 2000 px,
    # 4.49 for 2400 (A2: 6.44), A2 3.59 for 4300 (A1: 5.14), A1 3.69 for 6000 (A0: 5.25); nothing is larger than A0
    page = read(diagram_pdf([small("宽", wide=wide)], title="图", lang="zh", on=DAY)).pages[0]
    assert round(float(page.mediabox.width)) == points


def test_a_character_that_the_font_lacks_is_set_as_a_geta() -> None:
    page = read(diagram_pdf([small("窑\u1234尾\U0001f600")], title="图\u1234", lang="zh", on=DAY)).pages[0]
    assert page.extract_text().strip() == "窑〓尾〓"


def test_too_many_strange_characters_are_refused() -> None:
    with pytest.raises(ReportError, match="too many characters"):
        diagram_pdf([small("".join(chr(0x1200 + index) for index in range(60)))], title="图", lang="zh", on=DAY)


def test_nothing_to_print_is_refused() -> None:
    with pytest.raises(ReportError, match="no drawing to print"):
        diagram_pdf([], title="图", lang="zh", on=DAY)


def test_a_text_that_is_no_drawing_is_refused() -> None:
    with pytest.raises(ReportError, match="viewBox"):
        diagram_pdf(["<p>no drawing</p>"], title="图", lang="zh", on=DAY)


def test_a_drawing_that_typst_cannot_read_is_refused() -> None:
    with pytest.raises(ReportError, match="does not compile"):
        diagram_pdf(['<svg viewBox="0 0 10 10"><g></svg>'], title="图", lang="zh", on=DAY)
