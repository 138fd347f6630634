"""The QR codes of printed labels, read as a camera reads them: from the PDF at its printed size."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from django.test import Client
from numpy.typing import NDArray

from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.instruments.models import Instrument
from tanheng.platform.record.models import Plant

Pixels = NDArray[np.uint8]
POINTS_AN_INCH = 72
COUNT = 25  # a whole sheet of three by eight, and one more
MM = 25.4


def drawn(data: bytes, *, dpi: int) -> list[Pixels]:
    """Return the pages in grey, drawn at their printed size with so many dots an inch."""
    document = pypdfium2.PdfDocument(data)
    try:
        return [page.render(scale=dpi / POINTS_AN_INCH, grayscale=True).to_numpy().squeeze().copy() for page in document]
    finally:
        document.close()


def read(pixels: Pixels) -> list[str]:
    return [one.text for one in zxingcpp.read_barcodes(pixels) if one.format == zxingcpp.BarcodeFormat.QRCode]


@pytest.fixture
def labels(certified: Any, login: Callable[..., Client]) -> bytes:
    """Return the labels of instruments with long and short names."""
    for number in range(COUNT):
        certified(f"JL-{number:02}", name_zh="熟料入水泥磨皮带秤" * (1 + number % 3), person="张三")
    answer = login(Role.METROLOGIST, language="zh-hans").get("/instruments/files/labels.pdf")
    assert answer.status_code == 200
    return bytes(answer.content)


def expected(plant: Plant) -> set[str]:
    with scope(all_plants()):
        subjects = Instrument.objects.filter(plant=plant).values_list("subject", flat=True)
        return {f"/instruments/{subject}/?plant={plant.code}&tab=standing" for subject in subjects}


# A label printer prints 203 dots an inch, an office printer 300 and more; 150 is a careless photograph of a whole sheet.
@pytest.mark.parametrize("dpi", [150, 203, 300])
def test_every_code_of_the_sheet_leads_to_its_instrument(labels: bytes, plant: Plant, dpi: int) -> None:
    found = [text for page in drawn(labels, dpi=dpi) for text in read(page)]
    assert len(found) == COUNT
    assert {re.sub(r"^https?://[^/]+", "", text) for text in found} == expected(plant)
    assert all(text.startswith("http") for text in found)


def test_a_code_stands_on_the_label_that_names_its_instrument(labels: bytes, plant: Plant) -> None:
    page = drawn(labels, dpi=300)[0]
    wide, high = (round(millimetres / MM * 300) for millimetres in (63 + 2.5, 34 + 1))
    left, top = (round(millimetres / MM * 300) for millimetres in (7, 8))
    with scope(all_plants()):
        codes = {str(row.subject): row.code for row in Instrument.objects.filter(plant=plant)}
    for number in range(24):  # three a line, in the order of the numbers
        row, column = divmod(number, 3)
        label = page[top + row * high : top + row * high + high, left + column * wide : left + column * wide + wide]
        (text,) = read(np.ascontiguousarray(label))
        assert codes[text.split("/")[-2]] == f"JL-{number:02}"


def test_a_code_is_printed_large_enough_to_be_scanned(labels: bytes) -> None:
    one = zxingcpp.read_barcodes(drawn(labels, dpi=300)[0])[0].position
    side = (one.top_right.x - one.top_left.x) / 300 * MM
    assert 18 < side < 26  # mm; the modules, without their quiet zone


def test_a_label_without_its_code_reads_as_nothing(labels: bytes) -> None:
    page = drawn(labels, dpi=300)[0]
    assert read(np.full_like(page, 255)) == []
    page[:, ::2] = 255  # every other column of dots is gone: what is left is no code
    page[::2, :] = 0
    assert read(page) == []
