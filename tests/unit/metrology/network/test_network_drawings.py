"""The three drawings: every code once, the same bytes for the same plant, a style for every state, words in both languages."""

from __future__ import annotations

import dataclasses
import datetime
import random
import re
from collections import Counter
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanheng.accounting.boundaries import clinker_boundaries, production_systems
from tanheng.metrology.network.drawing import (
    Drawn,
    Standing,
    TitleBlock,
    boundary_svg,
    flow_svg,
    numbered,
    parts,
    points_sheets,
    points_svg,
)
from tanheng.metrology.network.model import (
    Edge,
    Level,
    Medium,
    Method,
    Network,
    Node,
    NodeKind,
    Point,
    Role,
    SourceStream,
)
from tanheng.standards import RulePack, load_pack

Build = Callable[..., Network]
Make = Any  # the class of the fixture lives in conftest, which cannot be imported
BLOCK = TitleBlock(plant={"zh": "某水泥厂", "en": "A works"}, edition="as_built", on=datetime.date(2026, 11, 1))

NODE_CODES = [f"N{index}" for index in range(8)]
TITLES = st.text(max_size=14).map(lambda text: {"zh": text, "en": text})


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Return a network of any shape: loops, missing ends, parents of any kind, titles of any characters."""
    codes = draw(st.lists(st.sampled_from(NODE_CODES), min_size=1, unique=True))
    nodes = tuple(
        Node(
            code=code,
            title=draw(TITLES),
            kind=draw(st.sampled_from(NodeKind)),
            level=draw(st.sampled_from(Level)),
            system=draw(st.sampled_from(["", "clinker", "raw_meal"])),
            line=draw(st.sampled_from(["", "1"])),
            in_clinker=draw(st.booleans()),
        )
        for code in codes
    )
    ends = st.sampled_from(NODE_CODES)
    edges = tuple(
        Edge(
            code=f"E{index}",
            title=draw(TITLES),
            start=draw(ends),
            end=draw(ends),
            medium=draw(st.sampled_from(Medium)),
            stream=draw(st.sampled_from(["", "coal", "unknown"])),
        )
        for index in range(draw(st.integers(0, 8)))
    )
    places = [*NODE_CODES, *(edge.code for edge in edges)]
    points = tuple(
        Point(
            code=f"P{index}",
            title=draw(TITLES),
            place=draw(st.sampled_from(places)),
            stream="",
            parameter="",
            method=Method.CALCULATED,
            role=draw(st.sampled_from(Role)),
            level=draw(st.sampled_from(Level)),
            parent=draw(st.sampled_from(["", "P0", "P1", "P2", "gone"])),
            energy=draw(st.sampled_from(["", "electricity", "water", "odd"])),
            instruments=draw(st.sampled_from([(), ("I1",), ("I1", "I2")])),
        )
        for index in range(draw(st.integers(0, 8)))
    )
    streams = (SourceStream(code="coal", title={"zh": "烟煤", "en": "Coal"}, kind="combustion"),)
    return Network(nodes=nodes, edges=edges, points=points, streams=streams)


def drawn(svg: str, kind: str) -> Counter[str]:
    """Return how often each code of a kind is drawn; the text must be well-formed XML."""
    root = ET.fromstring(svg)  # noqa: S314  # our own drawing
    return Counter(one.attrib["data-code"] for one in root.iter() if one.attrib.get("data-kind") == kind)


def mixed(network: Network, chance: random.Random) -> Network:
    shuffled = {
        name: chance.sample(getattr(network, name), len(getattr(network, name))) for name in ("nodes", "edges", "points")
    }
    return Network(streams=network.streams, **{name: tuple(items) for name, items in shuffled.items()})


@settings(max_examples=120, deadline=None)
@given(networks())
def test_every_node_edge_and_point_is_drawn_once(network: Network) -> None:
    flow, points = flow_svg(network, block=BLOCK, lang="zh"), points_svg(network, block=BLOCK, lang="en")
    ends = {code for edge in network.edges for code in (edge.start, edge.end)}
    assert drawn(flow, "node") == Counter(network.node_of.keys() | ends)
    assert drawn(flow, "edge") == Counter(network.edge_of.keys())
    assert drawn(points, "point") == Counter(network.point_of.keys())


@settings(max_examples=60, deadline=None)
@given(networks(), st.integers(0, 10**6))
def test_the_same_network_in_another_order_gives_the_same_bytes(network: Network, seed: int) -> None:
    other = mixed(network, random.Random(seed))  # noqa: S311  # an order, no secret
    judged = {"P0": Drawn(Standing.INVALID, "tag.overdue")}
    assert flow_svg(other, block=BLOCK, lang="zh") == flow_svg(network, block=BLOCK, lang="zh")
    assert points_svg(other, block=BLOCK, lang="zh", judged=judged) == points_svg(
        network, block=BLOCK, lang="zh", judged=judged
    )


@settings(max_examples=40, deadline=None)
@given(networks())
def test_the_sheets_together_hold_every_point_once(network: Network) -> None:
    sheets = points_sheets(network, block=BLOCK, lang="zh")
    total: Counter[str] = Counter()
    for sheet in sheets:
        total += drawn(sheet, "point")
    assert total == Counter(network.point_of.keys())


@pytest.mark.parametrize(
    ("drawing", "style", "word"),
    [
        (Drawn(Standing.VALID), "valid", None),
        (Drawn(Standing.VALID, "tag.beside"), "valid", "另有器具溯源失效"),
        (Drawn(Standing.DUE_SOON, "tag.due_soon"), "due_soon", "将到期"),
        (Drawn(Standing.INVALID, "tag.overdue"), "invalid", "超期"),
        (Drawn(Standing.INVALID, "tag.failed"), "invalid", "不合格"),
        (Drawn(Standing.INVALID, "tag.unconfirmed"), "invalid", "未确认"),
        (Drawn(Standing.INVALID, "tag.never"), "invalid", "无证书"),
        (Drawn(Standing.SHORT, "tag.chain_part"), "short", "缺件"),
        (Drawn(Standing.SHORT, "tag.not_in_service"), "short", "不在用"),
        (Drawn(Standing.SHORT, "tag.class"), "short", "等级不足"),
        (Drawn(Standing.SHORT, "tag.kind"), "short", "类别未定"),
        (None, "unjudged", None),
    ],
)
def test_a_state_has_a_style_and_what_is_not_valid_a_word(
    build: Build, drawing: Drawn | None, style: str, word: str | None
) -> None:
    svg = points_svg(build(), block=BLOCK, lang="zh", judged={"truck_scale": drawing} if drawing else {})
    mark = _element(svg, "truck_scale")
    assert mark.attrib["data-state"] == style
    assert word is None or any(word in (one.text or "") for one in mark.iter())


def test_a_sheet_says_how_many_points_do_not_count_and_why(build: Build, make: Make) -> None:
    points = tuple(make.point(code, "delivery", instruments=("I",)) for code in ("a", "b", "c"))
    judged = {
        "a": Drawn(Standing.SHORT, "tag.class"),
        "b": Drawn(Standing.INVALID, "tag.never"),
        "c": Drawn(Standing.SHORT, "tag.kind"),
    }
    svg = points_svg(build(points=points), block=BLOCK, lang="en", judged=judged)
    assert "0 not equipped, 1 without valid traceability, 2 not counted for another reason" in svg


def _element(svg: str, code: str) -> ET.Element:
    root = ET.fromstring(svg)  # noqa: S314  # our own drawing
    return next(one for one in root.iter() if one.attrib.get("data-code") == code)


def test_a_missing_instrument_is_a_dashed_mark_with_the_word(build: Build, make: Make) -> None:
    svg = points_svg(build(points=(make.point("gap", "delivery", instruments=()),)), block=BLOCK, lang="en")
    mark = _element(svg, "gap")
    assert mark.attrib["data-state"] == "missing"
    assert any("stroke-dasharray" in one.attrib for one in mark.iter())
    assert any("missing" in (one.text or "") for one in mark.iter())


def test_marks_carry_the_letter_of_what_is_measured_and_a_number(build: Build, make: Make) -> None:
    points = (
        make.point("b", "delivery"),
        make.point("a", "firing", energy="electricity"),
        make.point("c", "stack"),
        dataclasses.replace(make.point("d", "gas"), parameter="co2_concentration"),
        dataclasses.replace(make.point("e", "delivery"), instruments=("M-1",)),
    )
    marks = numbered(build(points=points), {"M-1": "moisture_meter"})
    assert marks == {"a": "E1", "b": "W1", "c": "A1", "d": "C1", "e": "A2"}


def test_carbon_is_solid_electricity_dashed_and_the_stack_thick(build: Build, make: Make) -> None:
    svg = flow_svg(build(more_edges=(make.edge("power", "air", "kiln", Medium.ELECTRICITY),)), block=BLOCK, lang="zh")
    lines = {
        code: next(one for one in _element(svg, code).iter() if "stroke-width" in one.attrib) for code in ("firing", "power")
    }
    stack = next(one for one in _element(svg, "emission").iter() if "stroke-width" in one.attrib)
    assert "stroke-dasharray" not in lines["firing"].attrib
    assert "stroke-dasharray" in lines["power"].attrib
    assert float(stack.attrib["stroke-width"]) > 2 * float(lines["firing"].attrib["stroke-width"])


def test_source_streams_are_named_and_points_stand_beside_their_edges(build: Build) -> None:
    words = [one.text for one in _element(flow_svg(build(), block=BLOCK, lang="zh"), "delivery").iter() if one.text]
    assert words[-2:] == ["coal", "W2"]


def test_only_one_medium_or_line_is_drawn_on_request(build: Build, make: Make) -> None:
    network = build(more_nodes=(make.node("kiln2", line="2"),), more_edges=(make.edge("firing2", "yard", "kiln2"),))
    only_gas = flow_svg(network, block=BLOCK, lang="zh", media={Medium.FLUE_GAS})
    only_two = flow_svg(network, block=BLOCK, lang="zh", line="2")
    assert drawn(only_gas, "edge") == Counter(["gas", "emission"])
    assert drawn(only_two, "edge") == Counter(["delivery", "emission", "firing2"])


def test_one_part_of_the_metering_network_is_drawn_on_request(build: Build, make: Make) -> None:
    network = build(more_points=(make.point("power", "kiln", energy="electricity"),))
    assert parts(network) == ("electricity", "fossil_fuel", "analysis")
    assert drawn(points_svg(network, block=BLOCK, lang="zh", part="electricity"), "point") == Counter(["power"])


def test_a_point_whose_parent_is_on_another_sheet_names_it(build: Build, make: Make) -> None:
    children = tuple(make.point(f"c{index:02d}", "firing", level=Level.SYSTEM, parent="truck_scale") for index in range(30))
    network = build(points=(make.point("truck_scale", "delivery"), *children))
    sheets = points_sheets(network, block=BLOCK, lang="zh")
    assert len(sheets) > 1
    assert "W31 →" in sheets[-1]


def test_an_empty_network_says_that_there_is_nothing_to_draw() -> None:
    nothing = Network(nodes=(), edges=(), points=(), streams=())
    assert "没有可画的内容" in flow_svg(nothing, block=BLOCK, lang="zh")
    assert "Nothing to draw" in points_svg(nothing, block=BLOCK, lang="en")
    assert len(points_sheets(nothing, block=BLOCK, lang="zh")) == 1


@pytest.mark.parametrize(("edition", "word"), [("designed", "设计版"), ("as_built", "现状版"), ("working", "编制中")])
def test_the_title_block_names_plant_edition_and_days(build: Build, edition: str, word: str) -> None:
    block = dataclasses.replace(BLOCK, edition=edition, walked_on=datetime.date(2026, 10, 20))
    svg = flow_svg(build(), block=block, lang="zh")
    assert all(text in svg for text in ("某水泥厂", word, "2026-11-01", "2026-10-20", "未核实"))


def test_a_drawing_that_nobody_walked_and_constructed_data_say_so(build: Build) -> None:
    block = dataclasses.replace(BLOCK, constructed={"zh": "数据为构造", "en": "constructed"})
    svg = points_svg(build(), block=block, lang="zh")
    assert "未核对" in svg
    assert "数据为构造" in svg


def test_ways_from_a_place_to_itself_lie_under_each_other_beside_it(build: Build, make: Make) -> None:
    media = list(Medium)
    network = build(more_edges=tuple(make.edge(f"ring {medium}", "kiln", "kiln", medium) for medium in media))
    svg = flow_svg(network, block=BLOCK, lang="zh")
    box = next(one for one in _element(svg, "kiln").iter() if one.tag.endswith("rect"))
    top, high = float(box.attrib["y"]), float(box.attrib["height"])
    ways = [next(one.attrib["d"] for one in _element(svg, f"ring {medium}").iter() if "d" in one.attrib) for medium in media]
    starts = [float(re.split("[ c]", way)[1]) for way in ways]  # M<x> <y>c…
    assert len(set(starts)) == len(media)
    assert top <= min(starts)
    assert max(starts) + 6 <= top + high


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_drawing_has_title_description_and_language_and_text_is_text(build: Build, lang: str) -> None:
    root = ET.fromstring(flow_svg(build(), block=BLOCK, lang=lang))  # noqa: S314  # our own drawing
    names = {one.attrib.get("id") for one in root.iter()}
    assert set(root.attrib["aria-labelledby"].split()) <= names
    assert root.attrib["lang"] == {"zh": "zh-CN", "en": "en"}[lang]
    assert any(one.tag.endswith("text") for one in root.iter())


def test_ink_follows_the_page_and_no_style_sheet_is_needed(build: Build) -> None:
    svg = flow_svg(build(), block=BLOCK, lang="zh") + points_svg(build(), block=BLOCK, lang="zh")
    assert "<style" not in svg
    assert not re.search(r"(?:fill|stroke)=\"(?:#000|#fff|black|white)", svg)


@pytest.fixture(scope="module")
def pack() -> RulePack:
    return load_pack()


@pytest.mark.parametrize("used", ["cooler", "silo"])
def test_the_boundaries_show_every_system_and_stage_once_in_the_picture(pack: RulePack, used: str) -> None:
    boundaries = clinker_boundaries(pack, used, ("cooler", "silo"))
    svg = boundary_svg(boundaries, production_systems(pack), block=BLOCK, lang="zh")
    assert drawn(svg, "system") == Counter(system.id for system in production_systems(pack))
    assert drawn(svg, "stage") == Counter(stage.id for stage in boundaries[0].systems)


def test_the_stages_outside_the_definition_in_use_are_dashed_and_the_table_says_out(pack: RulePack) -> None:
    # DB50/T explanation, 4.1.1: preheater, calciner, kiln, cooler, kiln exhaust are the boundary; the other four lie outside
    svg = boundary_svg(clinker_boundaries(pack, "cooler", ("cooler", "silo")), production_systems(pack), block=BLOCK, lang="zh")
    root = ET.fromstring(svg)  # noqa: S314  # our own drawing
    stages = [one for one in root.iter() if one.attrib.get("data-kind") == "stage"]
    dashed = {one.attrib["data-code"] for one in stages if any("stroke-dasharray" in part.attrib for part in one.iter())}
    assert dashed == {"material_homogenisation", "raw_mill", "coal_mill", "clinker_silo"}
    assert sum(one.text == "外" for one in root.iter()) == 4


def test_titles_with_any_characters_are_escaped(build: Build, make: Make) -> None:
    odd = dataclasses.replace(make.node("a<b>&\"'"), title={"zh": "<script>&\"'\x00", "en": "]]>"})
    root = ET.fromstring(flow_svg(build(more_nodes=(odd,)), block=BLOCK, lang="zh"))  # noqa: S314  # our own drawing
    assert any(one.attrib.get("data-code") == "a<b>&\"'" for one in root.iter())


def test_small_parts_share_a_sheet_and_its_title_names_them(build: Build, make: Make) -> None:
    network = build(more_points=(make.point("power", "kiln", energy="electricity"),))
    (sheet,) = points_sheets(network, block=BLOCK, lang="zh")
    assert "范围 电力、化石燃料、化验与烟气分析" in sheet
    assert "第 1 张" not in sheet
