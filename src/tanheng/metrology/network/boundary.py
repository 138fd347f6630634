"""The boundaries of carbon metering (碳计量边界示意图): three layers, and beside them the two tables they are drawn from.

The enterprise, its production systems, and in clinker firing the stages of clinker production with the line of the definition
in use. Picture and tables are drawn from the same rows of the rule pack, so they cannot differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from tanheng.accounting.boundaries import Boundary, ProductionSystem, System
from tanheng.core.states import CheckState, word
from tanheng.metrology.network.layout import Rect
from tanheng.metrology.network.svg import Sample, TitleBlock, group, leading, lines, number, sheet, text
from tanheng.metrology.network.text import width, wrap
from tanheng.metrology.network.words import Say

_NAME, _TINY, _HEAD = 12.0, 9.5, 12.5
_WIDE, _INNER = 114.0, 118.0
_PAD, _GAP = 14.0, 10.0
_COLUMNS, _STAGES = 6, 5
_ACCENT = "#c2630b"
_KINDS = ("combustion", "process", "electricity", "heat")
_STATE_SIGN = {CheckState.VERIFIED: "✓", CheckState.SECONDARY: "△", CheckState.UNVERIFIED: "?"}


def boundary_svg(
    boundaries: Sequence[Boundary],
    systems: Sequence[ProductionSystem],
    *,
    block: TitleBlock,
    lang: str,
) -> str:
    """Return the picture of the boundaries with its two tables as SVG.

    Parameters
    ----------
    boundaries : sequence of Boundary
        The definition in use, then the others, as :func:`tanheng.accounting.boundaries.clinker_boundaries` gives them.
    systems : sequence of ProductionSystem
        As :func:`tanheng.accounting.boundaries.production_systems` gives them.
    """
    drawing = _Drawing(Say(lang), boundaries, systems)
    body, size = drawing.body()
    used, say = boundaries[0], Say(lang)
    inside = sum(one.inside for one in used.systems)
    return sheet(
        "boundary",
        say=say,
        block=block,
        desc=say("boundary.desc", systems=len(systems), stages=len(used.systems), inside=inside),
        rule=say(
            "boundary.rule", document=say.of(used.document_title), place=say.of(used.place), check=word(used.check, say.lang)
        ),
        body=body,
        size=size,
        legend=drawing.legend(),
    )


class _Drawing:
    def __init__(self, say: Say, boundaries: Sequence[Boundary], systems: Sequence[ProductionSystem]) -> None:
        self.say, self.boundaries, self.systems = say, boundaries, systems
        self.parts: list[str] = []

    def body(self) -> tuple[list[str], tuple[float, float]]:
        """Return picture and tables with their common size."""
        wide, high = self._picture()
        table_x = wide + 28
        table_wide, table_high = self._tables(table_x)
        return self.parts, (table_x + table_wide, max(high, table_high))

    def legend(self) -> list[Sample]:
        """Return what the small words and frames mean."""
        say = self.say
        chips = [Sample(_chip(4, 3, say(f"emission.{kind}"))[0], self._kind(kind)) for kind in _KINDS]
        states = [
            Sample(text(22, 13, sign, size=_NAME, anchor="middle", bold=True), word(state, say.lang))
            for state, sign in _STATE_SIGN.items()
        ]
        frame = f'<rect x="4" y="2" width="36" height="14" stroke="{_ACCENT}" stroke-width="2.5"/>'
        return [Sample(frame, say("legend.in_clinker")), *chips, *states]

    def _kind(self, kind: str) -> str:
        return self.say(f"emission_long.{kind}")

    def _picture(self) -> tuple[float, float]:
        """Draw the enterprise with its systems by group; the firing system holds the stages; return the size."""
        groups: dict[str, list[ProductionSystem]] = defaultdict(list)
        for system in self.systems:
            groups[system.group].append(system)
        room = max(_COLUMNS * (_WIDE + _GAP) - _GAP, _STAGES * (_INNER + _GAP) - _GAP + 4 * _PAD) + 2 * _PAD
        drawn: list[str] = []
        y = self._frame_head(self.say("layer.enterprise"), room)
        for index, systems in enumerate(groups.values()):
            y = self._group(drawn, systems, y)
            if index == 0:
                y = self._clinker(drawn, y, room)
        height = y + _PAD - _GAP
        outline = f'<rect x="0" y="0" width="{number(room)}" height="{number(height)}" rx="8"'
        self.parts.append(f'{outline} stroke="currentColor" stroke-width="2" fill="currentColor" fill-opacity="0.03"/>')
        self.parts += lines(
            _PAD, 20, wrap(self.say("layer.enterprise"), size=_HEAD, room=room - 2 * _PAD, bold=True), size=_HEAD, bold=True
        )
        self.parts += drawn
        return room, height

    def _frame_head(self, title: str, room: float) -> float:
        return 12 + len(wrap(title, size=_HEAD, room=room - 2 * _PAD, bold=True)) * leading(_HEAD) + 6

    def _group(self, drawn: list[str], systems: Sequence[ProductionSystem], y: float) -> float:
        """Draw one group of systems from ``y`` on; return where the next begins."""
        drawn.append(text(_PAD, y + 14, self.say.of(systems[0].group_title), size=11, bold=True, faint=True))
        y += 22
        for start in range(0, len(systems), _COLUMNS):
            row = systems[start : start + _COLUMNS]
            high = max(self._system_height(one) for one in row)
            for index, one in enumerate(row):
                drawn.append(self._system(one, Rect(_PAD + index * (_WIDE + _GAP), y, _WIDE, high)))
            y += high + _GAP
        return y + 4

    def _system_height(self, system: ProductionSystem) -> float:
        names = wrap(self.say.of(system.title), size=_NAME, room=_WIDE - 12)
        return len(names) * leading(_NAME) + 14 + 17 * len(self._chip_rows(system))

    def _chip_rows(self, system: ProductionSystem) -> list[list[str]]:
        """Return the words for the kinds of emission, in as many rows as they need."""
        rows: list[list[str]] = []
        room = 0.0
        for kind in (one for one in _KINDS if one in system.emissions):
            label = self.say(f"emission.{kind}")
            room -= _chip(0, 0, label)[1] + 4
            if room < 0:
                rows.append([])
                room = _WIDE - 12 - _chip(0, 0, label)[1] - 4
            rows[-1].append(label)
        return rows

    def _system(self, system: ProductionSystem, rect: Rect) -> str:
        names = wrap(self.say.of(system.title), size=_NAME, room=_WIDE - 12)
        box = f'<rect x="{number(rect.x)}" y="{number(rect.y)}" width="{number(rect.w)}" height="{number(rect.h)}" rx="3"'
        parts = [f'{box} stroke="currentColor" fill="currentColor" fill-opacity="0.06"/>']
        parts += lines(rect.x + rect.w / 2, rect.y + 17, names, size=_NAME, anchor="middle")
        rows = self._chip_rows(system)
        for index, row in enumerate(rows):
            x, y = rect.x + 8, rect.y + rect.h - 17 * (len(rows) - index) - 1
            for label in row:
                drawing, wide = _chip(x, y, label)
                parts.append(drawing)
                x += wide + 4
        return group(system.id, "system", self.say.of(system.title), parts)

    def _clinker(self, drawn: list[str], y: float, room: float) -> float:
        """Draw the stages of clinker production and, around those inside the definition in use, its boundary."""
        used = self.boundaries[0]
        left, wide = _PAD, room - 2 * _PAD
        inside = [one for one in used.systems if one.inside]
        outside = [one for one in used.systems if not one.inside]
        parts: list[str] = []
        names = wrap(self.say("layer.stages"), size=_NAME, room=wide - 20, bold=True)
        parts += lines(left + 10, y + 18, names, size=_NAME, bold=True)
        top = y + 12 + len(names) * leading(_NAME)
        if outside:
            top = self._stages(parts, outside, left + 2 * _PAD, top) + _GAP
        title = self.say("layer.clinker", title=self.say.of(used.title))
        rows = wrap(title, size=11, room=wide - 4 * _PAD, bold=True)
        inner_top = top + 8 + len(rows) * leading(11) + 4
        bottom = self._stages(parts, inside, left + 2 * _PAD, inner_top) + 8
        parts += lines(left + 2 * _PAD, top + 18, rows, size=11, bold=True, colour=_ACCENT)
        shape = f'<rect x="{number(left + _PAD)}" y="{number(top)}" width="{number(wide - 2 * _PAD)}"'
        parts.append(f'{shape} height="{number(bottom - top)}" rx="6" stroke="{_ACCENT}" stroke-width="2.5"/>')
        end = bottom + 10
        box = f'<rect x="{number(left)}" y="{number(y)}" width="{number(wide)}" height="{number(end - y)}" rx="4"'
        ground = f'{box} stroke="currentColor" fill="currentColor" fill-opacity="0.06"/>'
        drawn += [ground, *parts]
        return end + _GAP

    def _stages(self, parts: list[str], stages: Sequence[System], left: float, y: float) -> float:
        """Draw stages in rows of five; return where they end."""
        for start in range(0, len(stages), _STAGES):
            row = stages[start : start + _STAGES]
            names = [wrap(self.say.of(one.title), size=11, room=_INNER - 12) for one in row]
            high = max(len(lines_) for lines_ in names) * leading(11) + 14
            for index, (one, named) in enumerate(zip(row, names, strict=True)):
                x = left + index * (_INNER + _GAP)
                dashes = "" if one.inside else ' stroke-dasharray="4 3"'
                box = f'<rect x="{number(x)}" y="{number(y)}" width="{number(_INNER)}" height="{number(high)}" rx="2"'
                drawing = [f'{box} stroke="currentColor"{dashes} fill="currentColor" fill-opacity="0.06"/>']
                drawing += lines(x + _INNER / 2, y + 18, named, size=11, anchor="middle")
                parts.append(group(one.id, "stage", self.say.of(one.title), drawing))
            y += high + _GAP
        return y - _GAP

    def _tables(self, left: float) -> tuple[float, float]:
        """Draw the two tables under each other; return their common width and height."""
        say = self.say
        heads = [say("head.stage"), *(say.of(one.title) for one in self.boundaries), say("head.check")]
        rows = []
        for stage in self.boundaries[0].systems:
            cells = [_position(say, boundary, stage.id) for boundary in self.boundaries]
            rows.append([say.of(stage.title), *cells, _STATE_SIGN[_worst(self.boundaries, stage.id)]])
        wide, y = self._table(left, 0, say("table.stages"), heads, rows, first=150.0, other=104.0)
        heads = [say("head.system"), *(say(f"emission.{kind}") for kind in _KINDS), say("head.check")]
        rows = [
            [
                f"{number_} {say.of(one.title)}",
                *("●" if kind in one.emissions else "–" for kind in _KINDS),
                _STATE_SIGN[one.check] + _STATE_SIGN[one.emissions_check],
            ]
            for number_, one in enumerate(self.systems, start=1)
        ]
        other, y = self._table(left, y + 22, say("table.systems"), heads, rows, first=166.0, other=52.0)
        return max(wide, other), y

    def _table(
        self, x: float, y: float, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *, first: float, other: float
    ) -> tuple[float, float]:
        """Draw one table; return its width and its lower edge."""
        widths = [first, *[other] * (len(heads) - 2), 46.0]
        wide = sum(widths)
        named = wrap(title, size=_HEAD, room=wide, bold=True)
        self.parts += lines(x, y + 14, named, size=_HEAD, bold=True)
        y += 10 + len(named) * leading(_HEAD)
        for index, row in enumerate([heads, *rows]):
            y = self._table_row(x, y, widths, row, bold=index == 0)
        return wide, y

    def _table_row(self, x: float, y: float, widths: Sequence[float], row: Sequence[str], *, bold: bool) -> float:
        cells = [wrap(cell, size=10.5, room=wide - 8, bold=bold) for cell, wide in zip(row, widths, strict=True)]
        high = max(len(cell) for cell in cells) * leading(10.5) + 7
        for index, (cell, wide) in enumerate(zip(cells, widths, strict=True)):
            anchor, at = ("start", x) if index == 0 else ("middle", x + wide / 2)
            self.parts += lines(at, y + 14, cell, size=10.5, anchor=anchor, bold=bold)
            x += wide
        start, strength = number(x - sum(widths)), "0.8" if bold else "0.25"
        rule = f'<path d="M{start} {number(y + high)}h{number(sum(widths))}"'
        self.parts.append(f'{rule} stroke="currentColor" stroke-opacity="{strength}"/>')
        return y + high


def _position(say: Say, boundary: Boundary, stage: str) -> str:
    found = next((one for one in boundary.systems if one.id == stage), None)
    return "–" if found is None else say("inside" if found.inside else "outside")


def _worst(boundaries: Sequence[Boundary], stage: str) -> CheckState:
    states = [one.check for boundary in boundaries for one in boundary.systems if one.id == stage]
    return max(states, key=lambda state: state.rank)


def _chip(x: float, y: float, label: str) -> tuple[str, float]:
    """Return a small frame with a word, and its width."""
    wide = width(label, size=_TINY) + 8
    box = f'<rect x="{number(x)}" y="{number(y)}" width="{number(wide)}" height="13" rx="3" stroke="currentColor"'
    drawing = f'{box} stroke-opacity="0.5"/>' + text(x + wide / 2, y + 10, label, size=_TINY, anchor="middle")
    return drawing, wide
