"""No table has a head without words, and what stands on the page of somebody outside lies in a landmark.

Both are rules of axe-core (``empty-table-header``, ``region``) that it calls minor or moderate.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from tanheng.platform import ui

TEMPLATES = sorted(Path(ui.__file__).parents[1].rglob("templates/**/*.html"))
LANDMARKS = re.compile(r"<(header|main|footer|nav|aside)\b.*?</\1>", re.DOTALL)


def test_no_head_of_a_table_is_empty() -> None:
    assert len(TEMPLATES) > 50
    empty = [path.name for path in TEMPLATES if re.search(r"<th\b[^>]*>\s*</th>", path.read_text(encoding="utf-8"))]
    assert empty == []


@pytest.mark.parametrize("address", ["/accounts/login/", "/nowhere/", "/join/not-a-secret"])
def test_all_of_a_page_for_somebody_outside_lies_in_landmarks(address: str, database: str) -> None:
    page = Client().get(address).content.decode()
    body = page.split("<body>")[1].split("</body>")[0]
    assert 'class="brand"' in body
    assert re.sub(r"<[^>]+>|\s", "", LANDMARKS.sub("", body)) == ""
    assert 'class="brand"' not in LANDMARKS.sub("", body)
