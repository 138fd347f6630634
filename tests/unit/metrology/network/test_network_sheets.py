"""Properties of a flow diagram on sheets: everything once, marks that pair up, rows that lie beside and below each other."""

from __future__ import annotations

import datetime
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanheng.metrology.network.drawing import TitleBlock, flow_sheets, flow_svg
from tanheng.metrology.network.layout import Rect
from tanheng.metrology.network.model import Edge, Level, Medium, Network, Node, NodeKind
from tanheng.metrology.network.sheets import Size, packed, room

Ends = defaultdict[str, list[tuple[int, dict[str, str]]]]
BLOCK = TitleBlock(plant={"zh": "某水泥厂", "en": "A works"}, edition="as_built", on=datetime.date(2026, 11, 1))


def node(code: str, *, system: str = "", line: str = "") -> Node:
    kind = NodeKind.EQUIPMENT if system else NodeKind.OUTSIDE
    return Node(code=code, title={"zh": f"{code}设备", "en": code}, kind=kind, level=Level.EQUIPMENT, system=system, line=line)


def edge(code: str, start: str, end: str, medium: Medium = Medium.RAW_MATERIAL) -> Edge:
    return Edge(code=code, title={"zh": "物料", "en": "material"}, start=start, end=end, medium=medium)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Return a network of several systems of several lines, with any ways between their places."""
    count = draw(st.integers(1, 24))
    systems, lines = st.sampled_from(["", "quarry", "raw_meal", "clinker", "cement"]), st.sampled_from(["", "1", "2"])
    nodes = tuple(node(f"N{index:02d}", system=draw(systems), line=draw(lines)) for index in range(count))
    ends = st.sampled_from([one.code for one in nodes] + ["gone"])
    edges = tuple(
        edge(f"E{index:02d}", draw(ends), draw(ends), draw(st.sampled_from(Medium)))
        for index in range(draw(st.integers(0, 40)))
    )
    return Network(nodes=nodes, edges=edges, points=(), streams=())


def chain(systems: int, *, machines: int = 3) -> Network:
    """Return systems behind each other, each with machines behind each other, and a grid that feeds all."""
    nodes = [node("GRID"), *(node(f"S{s:02d}-{m}", system=f"s{s:02d}") for s in range(systems) for m in range(machines))]
    way = [edge(f"F{there.code}", here.code, there.code) for here, there in itertools.pairwise(nodes[1:])]
    feeds = [edge(f"P{one.code}", "GRID", one.code, Medium.ELECTRICITY) for one in nodes[1:]]
    return Network(nodes=tuple(nodes), edges=(*way, *feeds), points=(), streams=())


def parts(svg: str, kind: str) -> list[dict[str, str]]:
    return [one.attrib for one in ET.fromstring(svg).iter() if one.get("data-kind") == kind]  # noqa: S314  # our own drawing


def codes(sheets: Sequence[str], kind: str) -> Counter[str]:
    return Counter(one["data-code"] for svg in sheets for one in parts(svg, kind))


@settings(max_examples=60, deadline=None)
@given(networks())
def test_every_node_and_edge_is_drawn_once_on_one_of_the_sheets(network: Network) -> None:
    sheets = flow_sheets(network, block=BLOCK, lang="zh")
    ends = {code for one in network.edges for code in (one.start, one.end)}
    assert codes(sheets, "node") == Counter(network.node_of.keys() | ends)
    assert codes(sheets, "edge") == Counter(network.edge_of.keys())


@settings(max_examples=60, deadline=None)
@given(networks())
def test_continuation_marks_pair_up_and_name_each_others_sheets(network: Network) -> None:
    sheets = flow_sheets(network, block=BLOCK, lang="en")
    leaves: Ends = defaultdict(list)
    enters: Ends = defaultdict(list)
    for number, svg in enumerate(sheets, 1):
        for one in parts(svg, "mark"):
            {"leaves": leaves, "enters": enters}[one["data-end"]][one["data-code"]].append((number, one))
    assert leaves.keys() == enters.keys()
    for name, ends in leaves.items():
        ((here, said),) = ends
        assert {int(sheet) for sheet in said["data-enters"].split()} == {number for number, _ in enters[name]}
        assert {int(one["data-leaves"]) for _, one in enters[name]} == {here}


@settings(max_examples=30, deadline=None)
@given(networks(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_move_anything_on_the_sheets(network: Network, chance: object) -> None:
    nodes, edges = list(network.nodes), list(network.edges)
    chance.shuffle(nodes)  # type: ignore[attr-defined]  # a random.Random of hypothesis
    chance.shuffle(edges)  # type: ignore[attr-defined]  # as above
    other = Network(nodes=tuple(nodes), edges=tuple(edges), points=(), streams=())
    assert flow_sheets(other, block=BLOCK, lang="zh") == flow_sheets(network, block=BLOCK, lang="zh")


def on_paper(svg: str) -> float:
    """Return the size of the smallest letters in points where the sheet fills A3 landscape within 10 mm of margin."""
    found = re.search(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"', svg)
    assert found is not None
    scale = min(400 / float(found[1]), 277 / float(found[2])) * 72 / 25.4
    return min(float(size) for size in re.findall(r'font-size="([0-9.]+)"', svg)) * scale


@pytest.mark.parametrize("systems", [2, 5, 14])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_letters_have_seven_points_on_a3(systems: int, lang: str) -> None:
    sheets = flow_sheets(chain(systems), block=BLOCK, lang=lang)
    assert min(on_paper(svg) for svg in sheets) >= 7


def test_a_long_way_is_cut_in_the_order_of_the_material() -> None:
    sheets = flow_sheets(chain(14), block=BLOCK, lang="zh")
    sheet_of = {one["data-code"]: number for number, svg in enumerate(sheets, 1) for one in parts(svg, "node")}
    order = [sheet_of[f"S{system:02d}-0"] for system in range(14)]
    assert order == sorted(order)
    assert len(sheets) == order[-1] > 1


def test_one_mark_stands_for_all_that_a_place_sends_elsewhere() -> None:
    sheets = flow_sheets(chain(14), block=BLOCK, lang="zh")
    sent = [one for svg in sheets for one in parts(svg, "mark") if one["data-end"] == "leaves"]
    from_grid = [one for one in sent if len(one["data-enters"].split()) > 1]
    assert len(from_grid) == 1


def test_a_network_that_fits_is_one_sheet_without_marks() -> None:
    network = chain(1)
    assert flow_sheets(network, block=BLOCK, lang="zh") == (flow_svg(network, block=BLOCK, lang="zh"),)


def test_an_empty_network_is_one_sheet_that_says_so() -> None:
    nothing = Network(nodes=(), edges=(), points=(), streams=())
    (sheet,) = flow_sheets(nothing, block=BLOCK, lang="en")
    assert "Nothing to draw" in sheet


def test_sheets_are_numbered_and_their_names_differ() -> None:
    sheets = flow_sheets(chain(14), block=BLOCK, lang="zh")
    assert all(f"第 {number} 张，共 {len(sheets)} 张" in svg for number, svg in enumerate(sheets, 1))
    names = [name for svg in sheets for name in re.findall(r' id="([^"]+)"', svg)]
    assert len(names) == len(set(names))


SIZES = st.tuples(st.floats(1, 150), st.floats(1, 150))
LIMIT = (100.0, 100.0)


@given(st.lists(SIZES, min_size=1, max_size=20))
def test_rows_never_overlap_and_keep_their_order(sizes: list[Size]) -> None:
    spots = packed(sizes, LIMIT)
    rects = [(spot.sheet, Rect(spot.x, spot.y, *size)) for spot, size in zip(spots, sizes, strict=True)]
    assert not any(one[0] == other[0] and one[1].overlaps(other[1]) for one, other in itertools.combinations(rects, 2))
    assert [spot.sheet for spot in spots] == sorted(spot.sheet for spot in spots)
    assert {spot.sheet for spot in spots} == set(range(1, spots[-1].sheet + 1))


@given(st.lists(SIZES, min_size=1, max_size=20))
def test_only_a_row_that_is_itself_too_large_leaves_its_sheet(sizes: list[Size]) -> None:
    for spot, (wide, high) in zip(packed(sizes, LIMIT), sizes, strict=True):
        assert spot.x + wide <= LIMIT[0] or (spot.x == 0 and wide > LIMIT[0])
        assert spot.y + high <= LIMIT[1] or (spot.y == 0 and high > LIMIT[1])


def test_rows_stand_beside_each_other_then_below_then_on_the_next_sheet() -> None:
    # by hand: 36 px apart: 30 + 36 + 30 = 96 fit beside each other; 30 more do not, and stand below 20 + 36; 60 high do not
    # fit below that any more (56 + 20 + 36 + 60 > 100)
    spots = packed([(30, 20), (30, 10), (30, 20), (30, 60)], LIMIT)
    assert [(spot.sheet, spot.x, spot.y) for spot in spots] == [(1, 0, 0), (1, 66, 0), (1, 0, 56), (2, 0, 0)]


def test_a_sheet_of_a3_has_room_for_letters_of_seven_points() -> None:
    # by hand: 400 mm are 400 / 25.4 * 72 = 1133.86 pt; letters of 10.5 px at 7 pt make 1 px 2/3 pt: 1700.8 px; 277 mm: 1177.8
    assert room(10.5) == pytest.approx((1700.79, 1177.80), abs=0.01)
