"""Parts of a drawing as SVG text, and the sheet around them: title block, drawing, legend and the state of the rule.

Lines and letters take ``currentColor``, grounds are thin layers of it, so that a drawing is dark on light or light on dark as
its page is; no style sheet is needed, and a strict content policy, a browser and the PDF show the same. Text stays text.
Colours only repeat what a shape, a line style or a word already says.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from tanheng.accounting.plant import Words
from tanheng.metrology.network.text import plain, width, wrap
from tanheng.metrology.network.words import Say

FONT = "Noto Sans SC, system-ui, sans-serif"
MARGIN = 24.0
_NARROWEST = 860.0
_TITLE, _SMALL = 18.0, 11.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleBlock:
    """What the sheet says of itself.

    Attributes
    ----------
    edition : str
        ``designed``, ``as_built`` or ``working`` (not yet frozen as an edition).
    edition_title : str
        The plant's own name of the edition; empty for none.
    on : date
        The day whose state is shown.
    walked_on : date or None
        Day of the walk-down (现场核对); None while nobody walked.
    part : Words or None
        What part of the plant the sheet shows; None for the whole.
    constructed : Words or None
        The sentence that says the data are made up, where they are.
    """

    plant: Words
    edition: str
    on: datetime.date
    edition_title: str = ""
    walked_on: datetime.date | None = None
    part: Words | None = None
    sheet: int = 1
    sheets: int = 1
    constructed: Words | None = None


def number(value: float) -> str:
    """Return a coordinate with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def attribute(text: str) -> str:
    """Return a text as a quoted attribute."""
    return quoteattr(plain(text))


def text(
    x: float,
    y: float,
    content: str,
    *,
    size: float,
    anchor: str = "start",
    bold: bool = False,
    faint: bool = False,
    colour: str = "currentColor",
) -> str:
    """Return one line of text whose baseline is at ``y``."""
    marks = [f'x="{number(x)}" y="{number(y)}" font-size="{number(size)}" fill="{colour}"']
    if anchor != "start":
        marks.append(f'text-anchor="{anchor}"')
    if bold:
        marks.append('font-weight="700"')
    if faint:
        marks.append('fill-opacity="0.72"')
    return f"<text {' '.join(marks)}>{escape(plain(content))}</text>"


def lines(
    x: float,
    y: float,
    content: Sequence[str],
    *,
    size: float,
    anchor: str = "start",
    bold: bool = False,
    faint: bool = False,
    colour: str = "currentColor",
) -> list[str]:
    """Return lines of text under each other, the first with its baseline at ``y``."""
    step = leading(size)
    return [
        text(x, y + index * step, line, size=size, anchor=anchor, bold=bold, faint=faint, colour=colour)
        for index, line in enumerate(content)
    ]


def leading(size: float) -> float:
    """Return the distance of baselines."""
    return size * 1.3


def group(code: str, kind: str, title: str, parts: Sequence[str], *, extra: str = "") -> str:
    """Return the parts as one element of the model: ``data-kind`` and ``data-code`` say which, a page links it."""
    head = f'<g class="tn-{kind}" data-kind="{kind}" data-code={attribute(code)}{extra}>'
    return f"{head}<title>{escape(plain(title))}</title>{''.join(parts)}</g>"


@dataclass(frozen=True, slots=True)
class Sample:
    """One entry of a legend: a drawing in a field of 44 by 18, and what it means."""

    drawing: str
    meaning: str


def sheet(
    kind: str,
    *,
    say: Say,
    block: TitleBlock,
    desc: str,
    rule: str,
    body: Sequence[str],
    size: tuple[float, float],
    legend: Sequence[Sample],
) -> str:
    """Return the whole drawing: title block above, ``body`` of the given size, legend and rule below."""
    room = max(size[0], _NARROWEST)
    title = say(f"{kind}.title")
    parts: list[str] = []
    y = _title_block(parts, say, block, title, room)
    shift = (room - size[0]) / 2
    parts.append(f'<g transform="translate({number(MARGIN + shift)} {number(y)})">{"".join(body)}</g>')
    y = _legend(parts, say, legend, y + size[1] + MARGIN, room)
    for line in wrap(f"{say('rule')}：{rule}" if say.lang == "zh" else f"{say('rule')}: {rule}", size=_SMALL, room=room):
        y += leading(_SMALL)
        parts.append(text(MARGIN, y, line, size=_SMALL, faint=True))
    wide, high = number(room + 2 * MARGIN), number(y + MARGIN)
    name = f"{title} {say.of(block.plant)}"
    mark = f"tn-{kind}" if block.sheets == 1 else f"tn-{kind}-{block.sheet}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="tn-drawing" role="graphics-document document" lang="{_tag(say)}" '
        f'aria-labelledby="{mark}-title {mark}-desc" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
        f'font-family="{FONT}" fill="none">'
        f'<title id="{mark}-title">{escape(plain(name))}</title><desc id="{mark}-desc">{escape(plain(desc))}</desc>'
        f"{''.join(parts)}</svg>\n"
    )


def _tag(say: Say) -> str:
    return "zh-CN" if say.lang == "zh" else "en"


def _title_block(parts: list[str], say: Say, block: TitleBlock, title: str, room: float) -> float:
    y = MARGIN + _TITLE
    parts.append(text(MARGIN, y, title, size=_TITLE, bold=True))
    edition = say(f"edition.{block.edition}")
    facts = [
        (say("plant"), say.of(block.plant)),
        (say("part"), say.of(block.part) if block.part else say("whole")),
        (say("edition"), f"{edition} {block.edition_title}".strip()),
        (say("date"), block.on.isoformat()),
        (say("walked"), block.walked_on.isoformat() if block.walked_on else say("never_walked")),
    ]
    if block.sheets > 1:
        facts.append(("", say("sheet", sheet=block.sheet, sheets=block.sheets)))
    stated = " | ".join(f"{name} {value}".strip() for name, value in facts)
    y = _stated(parts, stated, y + 4, room)
    if block.constructed:
        y = _stated(parts, say.of(block.constructed), y, room)
    y += 10
    parts.append(f'<path d="M{number(MARGIN)} {number(y)}h{number(room)}" stroke="currentColor" stroke-opacity="0.5"/>')
    return y + MARGIN


def _stated(parts: list[str], stated: str, y: float, room: float) -> float:
    for line in wrap(stated, size=_SMALL, room=room):
        y += leading(_SMALL) + 2
        parts.append(text(MARGIN, y, line, size=_SMALL))
    return y


def _legend(parts: list[str], say: Say, legend: Sequence[Sample], y: float, room: float) -> float:
    parts.append(f'<path d="M{number(MARGIN)} {number(y)}h{number(room)}" stroke="currentColor" stroke-opacity="0.5"/>')
    if not legend:
        return y
    y += leading(_SMALL) + 4
    parts.append(text(MARGIN, y, say("legend"), size=_SMALL, bold=True))
    x = left = MARGIN + width(say("legend"), size=_SMALL, bold=True) + 20
    for sample in legend:
        wide = 50 + width(plain(sample.meaning), size=_SMALL) + 22
        if x > left and x + wide > MARGIN + room:
            x, y = left, y + 22
        parts.append(f'<g transform="translate({number(x)} {number(y - 13)})">{sample.drawing}</g>')
        parts.append(text(x + 50, y, sample.meaning, size=_SMALL))
        x += wide
    return y + 8
