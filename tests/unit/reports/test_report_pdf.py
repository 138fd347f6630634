"""The printed report: what it says, that it is PDF/A, and that no character is without a glyph."""

from __future__ import annotations

import io
import json
import re
import struct
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pypdf
import pytest

from tanheng.accounting.inventory import Inventory
from tanheng.core.messages import catalogue
from tanheng.reports import pdf

FONTS = resources.files("tanheng.reports") / "fonts"
TEMPLATE = (resources.files("tanheng.reports") / "templates" / "report.typ").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def printed(hubei: Inventory) -> dict[str, bytes]:
    return {lang: pdf.render(hubei, lang=lang) for lang in ("zh", "en")}


def text_of(data: bytes, folder: Path) -> str:
    file = folder / "report.pdf"
    file.write_bytes(data)
    return subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True, text=True, timeout=60
    ).stdout


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_total_is_printed_with_its_unit(printed: dict[str, bytes], hubei: Inventory, lang: str, tmp_path: Path) -> None:
    text = text_of(printed[lang], tmp_path)
    for name in hubei.book.totals:
        figure = hubei.figure(name)
        assert re.search(rf"{re.escape(name)}\s+{figure.rounded:,}\s+tCO2", text), name


def test_the_report_says_that_it_is_provisional_constructed_and_by_which_boundary(
    printed: dict[str, bytes], tmp_path: Path
) -> None:
    text = text_of(printed["zh"], tmp_path)
    for words in ("待核定", "本示例为构造数据", "均化至熟料库", "预热器至冷却机", "未核实", "碳源流分类", "主要源流"):
        assert words in text


def test_a_correction_is_printed_with_both_values_and_its_reason(printed: dict[str, bytes], tmp_path: Path) -> None:
    text = text_of(printed["en"], tmp_path)
    assert re.search(r"2025-04\s+2,437\.52\s+2,396\.26\s+t\s+2026-02-06", text)


def test_no_character_is_lost(printed: dict[str, bytes], tmp_path: Path) -> None:
    for lang, data in printed.items():
        text = text_of(data, tmp_path)
        assert "\ufffd" not in text, lang
        assert ".notdef" not in text


def test_a_blank_is_printed_as_a_blank(blank: Inventory, tmp_path: Path) -> None:
    text = text_of(pdf.render(blank, lang="zh"), tmp_path)
    assert "site.fuel.coal.consumption (2025-05)" in text
    assert re.search(r"ets\.direct\s+缺", text)


def test_an_account_of_one_year_prints_too(commission: Inventory, tmp_path: Path) -> None:
    assert "1,037,310.00" in text_of(pdf.render(commission, lang="en"), tmp_path)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_file_claims_pdf_a_2b_and_names_itself(printed: dict[str, bytes], lang: str) -> None:
    document = pypdf.PdfReader(io.BytesIO(printed[lang]))
    assert document.xmp_metadata is not None
    metadata = document.xmp_metadata.stream.get_data().decode()
    assert re.search(r"pdfaid:part>2<", metadata)
    assert re.search(r"pdfaid:conformance>B<", metadata)
    assert document.metadata is not None
    assert str(document.metadata.title).startswith({"zh": "温室气体排放核算报告", "en": "Greenhouse gas"}[lang])
    assert "/OutputIntents" in document.root_object


def test_every_font_is_embedded_and_ours(printed: dict[str, bytes], tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(printed["zh"])
    command = ["pdffonts", str(file)]
    listed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout.splitlines()[2:]
    assert listed
    for line in listed:
        assert "NotoSansSC" in line
        assert line.split()[-5] == "yes"  # emb sub uni object


# -- glyphs: read from the fonts themselves ---------------------------------------------------------------------------------


@cache
def characters_of(font: str) -> frozenset[int]:
    """Return the code points a TrueType font maps to a glyph other than .notdef (OpenType cmap, formats 4 and 12)."""
    data = (FONTS / font).read_bytes()
    tables = {data[12 + 16 * n : 16 + 16 * n]: struct.unpack_from(">II", data, 20 + 16 * n) for n in range(_u16(data, 4))}
    start, _ = tables[b"cmap"]
    found: set[int] = set()
    for number in range(_u16(data, start + 2)):
        (offset,) = struct.unpack_from(">I", data, start + 8 + 8 * number)
        subtable = start + offset
        match _u16(data, subtable):
            case 4:
                found.update(_segments(data, subtable))
            case 12:
                found.update(_groups(data, subtable))
    return frozenset(found)


def _u16(data: bytes, at: int) -> int:
    return int(struct.unpack_from(">H", data, at)[0])


def _segments(data: bytes, at: int) -> Iterator[int]:
    count = _u16(data, at + 6) // 2
    ends, starts, deltas, ranges = (at + 14, at + 16 + 2 * count, at + 16 + 4 * count, at + 16 + 6 * count)
    for n in range(count):
        first, last = _u16(data, starts + 2 * n), _u16(data, ends + 2 * n)
        shift = _u16(data, ranges + 2 * n)
        for code in range(first, min(last, 0xFFFE) + 1):
            place = ranges + 2 * n + shift + 2 * (code - first)
            glyph = _u16(data, place) if shift else code
            if glyph and (glyph + _u16(data, deltas + 2 * n)) % 0x10000:
                yield code


def _groups(data: bytes, at: int) -> Iterator[int]:
    (count,) = struct.unpack_from(">I", data, at + 12)
    for n in range(count):
        first, last, glyph = struct.unpack_from(">III", data, at + 16 + 12 * n)
        yield from range(first if glyph else first + 1, last + 1)


def texts(value: Any) -> Iterator[str]:  # nested JSON
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


@pytest.mark.parametrize("font", pdf.FONTS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_character_of_a_report_has_a_glyph(hubei: Inventory, lang: str, font: str) -> None:
    content = json.loads(json.dumps(pdf.content(hubei, lang)))
    used = {char for text in [*texts(content), *re.findall(r'"([^"]*)"', TEMPLATE)] for char in text}
    used -= {"₂", "\n"}  # the template sets CO₂ with a lowered digit of the font
    missing = {char for char in used if ord(char) not in characters_of(font)}
    assert missing == set()


@pytest.mark.parametrize("font", pdf.FONTS)
def test_every_character_of_the_messages_has_a_glyph(font: str) -> None:
    reports = {code: entry for code, entry in catalogue().items() if code.startswith(("reports.", "cli."))}
    used = {char for entry in reports.values() for text in entry.values() for char in text} - {"₂", "\n"}
    assert {char for char in used if ord(char) not in characters_of(font)} == set()


def test_the_reader_of_fonts_knows_what_is_not_there() -> None:
    assert ord("碳") in characters_of(pdf.FONTS[0])
    assert 0x1F600 not in characters_of(pdf.FONTS[0])  # a smiling face
