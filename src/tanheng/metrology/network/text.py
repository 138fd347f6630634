"""How wide a text is in Noto Sans SC, and where it breaks: so that no label of a drawing lies on another.

The advance widths of ASCII are those of the shipped fonts, in thousandths of the font size; every other character counts as a
full square, which is what Chinese characters are and what no other one exceeds.
"""

from __future__ import annotations

import functools
import re

_FIRST = 32
_REGULAR = (
    *(224, 323, 474, 555, 555, 921, 680, 278, 338, 338, 467, 555, 278, 347, 278, 392, 555, 555, 555, 555, 555, 555, 555, 555),
    *(555, 555, 278, 278, 555, 555, 555, 474, 946, 608, 657, 638, 688, 589, 552, 689, 728, 293, 535, 646, 543, 812, 723, 742),
    *(633, 742, 635, 596, 599, 721, 575, 878, 573, 531, 603, 338, 392, 338, 555, 559, 606, 563, 618, 510, 620, 554, 325, 564),
    *(607, 275, 275, 552, 284, 926, 610, 606, 620, 620, 388, 468, 377, 607, 521, 802, 498, 521, 475, 338, 270, 338, 555),
)
_BOLD = (
    *(227, 370, 574, 590, 590, 963, 740, 325, 378, 378, 507, 590, 325, 370, 325, 387, 590, 590, 590, 590, 590, 590, 590, 590),
    *(590, 590, 325, 325, 590, 590, 590, 514, 1007, 641, 681, 656, 714, 615, 585, 717, 757, 330, 568, 686, 578, 853, 749, 770),
    *(667, 770, 682, 624, 625, 748, 619, 915, 627, 580, 613, 378, 387, 378, 590, 567, 626, 591, 644, 527, 644, 581, 372, 597),
    *(640, 304, 306, 604, 315, 964, 641, 626, 644, 644, 437, 495, 421, 637, 576, 863, 562, 574, 511, 378, 296, 378, 590),
)
_SQUARE = 1000
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")  # no width, or turn the order of what follows
_LEVEL = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_NOT_FIRST = "，。、；：！？）》」』〕】％%)]},.;:!?"
_NOT_LAST = "（《「『〔【([{"


def width(text: str, *, size: float, bold: bool = False) -> float:
    """Return how wide a line of text is, in the unit of ``size``."""
    table = _BOLD if bold else _REGULAR
    return sum(_advance(character, table) for character in text) * size / _SQUARE


def _advance(character: str, table: tuple[int, ...]) -> int:
    place = ord(character) - _FIRST
    return table[place] if 0 <= place < len(table) else _SQUARE


@functools.lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Return the text in one line, without what XML cannot carry and what is not seen.

    Lowered digits, which the font lacks, stand level.
    """
    return " ".join(_UNPRINTABLE.sub(" ", _UNSEEN.sub("", text.translate(_LEVEL))).split())


@functools.lru_cache(maxsize=4096)
def wrap(text: str, *, size: float, room: float, bold: bool = False) -> tuple[str, ...]:
    """Return the lines of a text, none wider than ``room``; nothing is left out.

    Chinese breaks between any two characters except before closing and behind opening punctuation, other words at blanks and
    behind hyphens; a word wider than the room breaks where it must.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(plain(text)):
        if not line or width(line + piece.rstrip(), size=size, bold=bold) <= room:
            line += piece
        else:
            lines.append(line.rstrip())
            line = piece
        while width(line.rstrip(), size=size, bold=bold) > room and len(line.rstrip()) > 1:
            head = _fitting(line, size=size, room=room, bold=bold)
            lines.append(head)
            line = line[len(head) :]
    return (*lines, line.rstrip()) if line.rstrip() or not lines else tuple(lines)


def _fitting(line: str, *, size: float, room: float, bold: bool) -> str:
    """Return the longest beginning of a line that fits, at least one character."""
    for end in range(2, len(line) + 1):
        if width(line[:end], size=size, bold=bold) > room:
            return line[: end - 1]
    return line


def _pieces(text: str) -> list[str]:
    """Return the parts between which a line may break; a blank belongs to the part before it."""
    pieces: list[str] = []
    for character in text:
        if pieces and not _breaks(pieces[-1][-1], character):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _breaks(before: str, after: str) -> bool:
    if after == " " or after in _NOT_FIRST or before in _NOT_LAST:
        return False
    return before in " -/·" or _wide(before) or _wide(after)


def _wide(character: str) -> bool:
    return ord(character) >= 0x2E80
