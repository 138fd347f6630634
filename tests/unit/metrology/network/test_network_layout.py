"""Properties of layout and loops on networks of all kinds: nothing overlaps, order does not matter, loops are found."""

from __future__ import annotations

import itertools
import struct
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tanheng.reports
from tanheng.metrology.network.graph import arrows_of, components, loops
from tanheng.metrology.network.layers import Box, Wire, forward_arcs, ranks
from tanheng.metrology.network.layout import Plan, Rect, place
from tanheng.metrology.network.ordering import settle
from tanheng.metrology.network.text import plain, width, wrap

KEYS = st.sampled_from([f"k{index:02d}" for index in range(14)])
PAIRS = st.lists(st.tuples(KEYS, KEYS), max_size=30)


@st.composite
def drawings(draw: st.DrawFn) -> tuple[list[Box], list[Wire], dict[str, float]]:
    """Return boxes in a few groups, wires among them with labels, and which groups have frames."""
    keys = draw(st.lists(KEYS, min_size=1, max_size=12, unique=True))
    groups = [draw(st.sampled_from(["a", "b", "c", f"own {key}"])) for key in keys]
    sizes = st.floats(10, 120)
    boxes = [Box(key=key, group=name, width=draw(sizes), height=draw(sizes)) for key, name in zip(keys, groups, strict=True)]
    ends = st.sampled_from(keys)
    labels = st.sampled_from([(0.0, 0.0), (60.0, 14.0), (90.0, 28.0)])
    wires = [
        Wire(
            key=f"w{index:02d}",
            start=draw(ends),
            end=draw(ends),
            priority=draw(st.sampled_from([0, 1, 12])),
            at_start=draw(labels),
            at_end=draw(labels),
        )
        for index in range(draw(st.integers(0, 16)))
    ]
    framed = {name: 20.0 for name in sorted(set(groups)) if not name.startswith("own")}
    return boxes, wires, framed


def apart(rects: dict[str, Rect]) -> bool:
    return not any(one.overlaps(other) for one, other in itertools.combinations(rects.values(), 2))


@settings(max_examples=150, deadline=None)
@given(drawings())
def test_boxes_frames_and_labels_never_overlap(given_: tuple[list[Box], list[Wire], dict[str, float]]) -> None:
    plan = place(given_[0], given_[1], framed=given_[2])
    labels = {
        f"{key} {index}": rect
        for key, route in plan.routes.items()
        for index, rect in enumerate((route.at_start, route.at_end))
        if rect is not None
    }
    assert apart(plan.boxes)
    assert apart(plan.frames)
    assert apart({**plan.boxes, **labels})
    assert plan.boxes.keys() == {box.key for box in given_[0]}
    assert plan.routes.keys() == {wire.key for wire in given_[1]}


@settings(max_examples=150, deadline=None)
@given(drawings())
def test_no_straight_stretch_runs_through_a_box_and_every_wire_meets_its_boxes(
    given_: tuple[list[Box], list[Wire], dict[str, float]],
) -> None:
    plan = place(given_[0], given_[1], framed=given_[2])
    for wire in given_[1]:
        if wire.start == wire.end:
            continue
        route = plan.routes[wire.key]
        for x, y, to, level in route.stretches:
            stretch = Rect(min(x, to) + 0.01, min(y, level), max(abs(to - x) - 0.02, 0), 0.001)
            assert not any(stretch.overlaps(rect) for rect in plan.boxes.values())
        assert _touches(plan.boxes[wire.start], route.stretches[0][:2])
        assert _touches(plan.boxes[wire.end], route.stretches[-1][2:])


def _touches(rect: Rect, at: tuple[float, float]) -> bool:
    beside = min(abs(at[0] - rect.x), abs(at[0] - rect.x - rect.w)) < 1e-6
    return beside and rect.y - 1e-6 <= at[1] <= rect.y + rect.h + 1e-6


@settings(max_examples=80, deadline=None)
@given(drawings(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_move_anything(
    given_: tuple[list[Box], list[Wire], dict[str, float]], chance: object
) -> None:
    boxes, wires, framed = given_
    mixed = [list(boxes), list(wires)]
    for items in mixed:
        chance.shuffle(items)  # type: ignore[attr-defined]  # a random.Random of hypothesis
    assert _numbers(place(boxes, wires, framed=framed)) == _numbers(place(mixed[0], mixed[1], framed=framed))  # type: ignore[arg-type]


def _numbers(plan: Plan) -> tuple[object, ...]:
    return (sorted(plan.boxes.items()), sorted(plan.frames.items()), sorted(plan.routes.items()), plan.width, plan.height)


@given(PAIRS)
def test_a_loop_is_found_exactly_where_a_vertex_reaches_itself(pairs: list[tuple[str, str]]) -> None:
    reached = set(pairs)  # the transitive closure, by brute force
    while True:
        more = {(one, other) for one, middle in reached for begin, other in reached if middle == begin} - reached
        if not more:
            break
        reached |= more
    looping = {one for one, other in reached if one == other}
    found = loops(arrows_of(pairs))
    assert bool(found) == bool(looping)
    assert {vertex for way in found for vertex in way} <= looping
    assert all((start, end) in set(pairs) for way in found for start, end in itertools.pairwise((*way, way[0])))


@given(PAIRS)
def test_every_vertex_is_in_one_component(pairs: list[tuple[str, str]]) -> None:
    counted = Counter(vertex for component in components(arrows_of(pairs)) for vertex in component)
    assert set(counted) == {vertex for pair in pairs for vertex in pair}
    assert set(counted.values()) <= {1}


def test_a_chain_of_ten_thousand_vertices_needs_no_deep_stack() -> None:
    arrows = arrows_of((f"{index:05d}", f"{index + 1:05d}") for index in range(10_000))
    assert len(components(arrows)) == 10_001


@given(st.lists(st.tuples(KEYS, KEYS).filter(lambda pair: pair[0] != pair[1]), max_size=30))
def test_cut_loops_leave_an_order(pairs: list[tuple[str, str]]) -> None:
    arcs = forward_arcs((pair, 0) for pair in pairs)
    assert loops(arrows_of(arcs)) == []
    assert {frozenset(arc) for arc in arcs} == {frozenset(pair) for pair in pairs}
    rank = ranks({vertex for pair in pairs for vertex in pair}, arcs)
    assert all(rank[start] < rank[end] for start, end in arcs)


def test_the_least_important_arc_runs_backwards() -> None:
    ring = [(("a", "b"), 0), (("b", "c"), 9), (("c", "a"), 0)]
    assert forward_arcs(ring) == {("a", "b"), ("c", "a"), ("c", "b")}


@given(st.lists(st.tuples(st.floats(-500, 500), st.floats(1, 50)), min_size=1, max_size=12))
def test_things_settle_in_order_and_apart(items: list[tuple[float, float]]) -> None:
    tops = settle([top for top, _ in items], [size for _, size in items], gap=5, low=-1e9)
    ends = [top + size + 5 for top, (_, size) in zip(tops, items, strict=True)]
    assert all(after >= end - 1e-6 for end, after in zip(ends, tops[1:], strict=False))


def test_things_that_have_room_settle_where_they_want_to() -> None:
    assert settle([0, 40, 90], [10, 10, 10], gap=5, low=0) == [0, 40, 90]


def test_two_that_want_one_place_share_the_way() -> None:
    # by hand: both want 20 with size 10 and gap 5: least squares puts them at 12.5 and 27.5
    assert settle([20, 20], [10, 10], gap=5, low=0) == [12.5, 27.5]


FONTS = Path(str(tanheng.reports.__file__)).parent / "fonts"


def _advances(name: str) -> dict[int, int]:
    """Return the advance widths of ASCII, read from the tables cmap (format 4) and hmtx of a TrueType font."""
    data = (FONTS / name).read_bytes()
    tables = {data[12 + 16 * i : 16 + 16 * i]: struct.unpack_from(">II", data, 20 + 16 * i) for i in range(data[5])}
    metrics = struct.unpack_from(">H", data, tables[b"hhea"][0] + 34)[0]
    cmap = tables[b"cmap"][0]
    subtables = [struct.unpack_from(">HHI", data, cmap + 4 + 8 * i) for i in range(struct.unpack_from(">H", data, cmap + 2)[0])]
    at = next(cmap + place for *_, place in subtables if struct.unpack_from(">H", data, cmap + place)[0] == 4)
    count = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    starts = struct.unpack_from(f">{count}H", data, at + 16 + 2 * count)
    deltas = struct.unpack_from(f">{count}H", data, at + 16 + 4 * count)
    offsets = struct.unpack_from(f">{count}H", data, at + 16 + 6 * count)
    found = {}
    for code in range(32, 127):
        i = next(index for index, end in enumerate(ends) if end >= code)
        glyph = code + deltas[i]
        if offsets[i]:
            glyph = (
                struct.unpack_from(">H", data, at + 16 + 6 * count + 2 * i + offsets[i] + 2 * (code - starts[i]))[0] + deltas[i]
            )
        found[code] = struct.unpack_from(">H", data, tables[b"hmtx"][0] + 4 * min(glyph % 65536, metrics - 1))[0]
    return found


@pytest.mark.parametrize(("name", "bold"), [("NotoSansSC-Regular.ttf", False), ("NotoSansSC-Bold.ttf", True)])
def test_widths_are_those_of_the_shipped_font(name: str, bold: bool) -> None:
    expected = _advances(name)
    assert {code: width(chr(code), size=1000, bold=bold) for code in expected} == expected


@given(st.text(max_size=60), st.floats(12, 200))
def test_a_wrapped_text_keeps_all_its_characters_and_fits(text: str, room: float) -> None:
    rows = wrap(text, size=12, room=room)
    assert "".join(rows).replace(" ", "") == plain(text).replace(" ", "")
    assert all(width(row, size=12) <= room or len(row) == 1 for row in rows)


@pytest.mark.parametrize(
    ("text", "room", "rows"),
    [
        ("供电（含余热发电）", 60, ("供电（含余", "热发电）")),
        ("石灰石，进厂", 48, ("石灰石，", "进厂")),
        ("coal to the kiln", 60, ("coal to the", "kiln")),
        ("", 60, ("",)),
    ],
)
def test_lines_break_where_a_reader_expects_it(text: str, room: float, rows: tuple[str, ...]) -> None:
    assert wrap(text, size=12, room=room) == rows


def test_what_xml_cannot_carry_is_left_out_and_lowered_digits_stand_level() -> None:
    assert plain("CO₂\x00\n 浓度\ud800") == "CO2 浓度"


# Unicode, UAX 9: explicit directional formatting; in one name they would turn round the rest of a title block.
@pytest.mark.parametrize("mark", ["\u202a", "\u202e", "\u202c", "\u2066", "\u2069", "\u200f", "\u200b", "\ufeff"])
def test_a_name_cannot_turn_round_what_stands_beside_it(mark: str) -> None:
    assert plain(f"{mark}湖北水泥{mark}有限公司") == "湖北水泥有限公司"
