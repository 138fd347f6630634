"""A network that comes as sheets: in both languages of the headings, with each fault by its row and column."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tanheng.platform.accounts.roles import Role as Post
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.plant.models import Edge

HEADS = "编号,名称,英文名称,起点,终点,介质,源流,备注"


def sheet(*rows: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("流向.csv", "\n".join((HEADS, *rows)).encode(), "text/csv")


def words(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_edges_are_imported_by_the_codes_and_the_names_of_their_nodes(desk: Any, login: Callable[..., Any]) -> None:
    desk.node("mill", name_zh="生料磨")
    desk.node("kiln", name_zh="回转窑")
    client = login(Post.CARBON_MANAGER, language="zh-hans")
    checked = client.post("/edges/import/", {"file": sheet("e-1,生料,,生料磨,kiln,原料、生料,,")})
    kept = re.search(r'name="kept" value="([^"]+)"', checked.content.decode())
    assert kept is not None, words(checked)
    assert client.post("/edges/import/", {"kept": kept[1], "reason": ""}).status_code == 302
    with scope(all_plants()):
        row = Edge.objects.get(plant=desk.plant, code="e-1")
    assert (row.start, row.end, row.medium) == ("mill", "kiln", "raw_material")


def test_bad_rows_are_named_with_their_cure_and_nothing_is_kept(desk: Any, login: Callable[..., Any]) -> None:
    desk.node("mill")
    desk.node("kiln")
    client = login(Post.CARBON_MANAGER, language="zh-hans")
    rows = (
        "e-1,好,,mill,kiln,熟料,,",
        "e-2,无此节点,,mill,nowhere,熟料,,",
        "e-3,成环,,kiln,mill,石油,,",
        "mill,重号,,mill,kiln,熟料,,",
    )
    text = words(client.post("/edges/import/", {"file": sheet(*rows)}))
    assert "没有编号为“nowhere”的节点" in text
    assert "石油" in text
    assert "已被另一条记录使用" in text
    with scope(all_plants()):
        assert not Edge.objects.filter(plant=desk.plant).exists()
