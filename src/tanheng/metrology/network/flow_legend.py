"""The legend of the carbon-flow diagram: an entry for what a drawing shows, no more."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tanheng.metrology.network.layout import Rect
from tanheng.metrology.network.model import Medium, Node, NodeKind
from tanheng.metrology.network.shapes import LINES, STACK_LINE, flag, line_sample, outline
from tanheng.metrology.network.svg import Sample, text
from tanheng.metrology.network.words import Say, medium_word

_LETTERS = 10.5
_BOX = Rect(4, 1, 36, 16)


def samples(
    say: Say, *, nodes: Sequence[Node], media: Collection[Medium], stacks: bool, continued: bool, point: str
) -> list[Sample]:
    """Return the entries.

    Parameters
    ----------
    nodes : sequence of Node
        Those that the network knows.
    media : collection of Medium
        What the drawn lines carry, those of stack gas apart.
    stacks, continued : bool
        Whether there is stack gas, and a continuation mark.
    point : str
        The mark of a metering point; empty where there is none.
    """
    return [*_lines(say, media, stacks=stacks), *_shapes(say, nodes, continued=continued, point=point)]


def _lines(say: Say, media: Collection[Medium], *, stacks: bool) -> list[Sample]:
    found = []
    if {Medium.RAW_MATERIAL, Medium.CLINKER, Medium.CEMENT} & set(media):
        found.append(line_sample(LINES[Medium.RAW_MATERIAL], say("legend.material")))
    fuels = (medium for medium in (Medium.FOSSIL_FUEL, Medium.ALTERNATIVE_FUEL) if medium in media)
    found += [line_sample(LINES[medium], say.of(medium_word(medium))) for medium in fuels]
    if Medium.DUST in media:
        found.append(line_sample(LINES[Medium.DUST], say("legend.dust")))
    if Medium.FLUE_GAS in media:
        found.append(line_sample(LINES[Medium.FLUE_GAS], say("legend.gas")))
    if stacks:
        found.append(line_sample(STACK_LINE, say("legend.stack")))
    if Medium.ELECTRICITY in media:
        found.append(line_sample(LINES[Medium.ELECTRICITY], say("legend.electricity")))
    if {Medium.HEAT, Medium.WATER} & set(media):
        found.append(line_sample(LINES[Medium.HEAT], say("legend.heat")))
    return found


def _shapes(say: Say, nodes: Sequence[Node], *, continued: bool, point: str) -> list[Sample]:
    found = []
    for kind in NodeKind:
        example = next((one for one in nodes if one.kind is kind), None)
        if example is not None:
            word = "legend.stack_node" if kind is NodeKind.STACK else f"legend.{kind}"
            found.append(Sample(outline(example, _BOX, known=True), say(word)))
    if any(one.in_clinker for one in nodes):
        found.append(Sample('<path d="M20 1v16" stroke="#b45309" stroke-width="3"/>', say("legend.in_clinker")))
    if continued:
        found.append(Sample(flag(_BOX, enters=False), say("legend.mark")))
    if point:
        found.append(Sample(text(22, 13, point, size=_LETTERS, anchor="middle"), say("legend.point")))
    return found
