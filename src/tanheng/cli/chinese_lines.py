"""Lines of Chinese for the help on a terminal.

Chinese has no spaces, and a line ends between any two characters, but not before a closing mark nor behind an opening one.
Rich breaks at spaces alone and would cut off what is left of a sentence without any.
"""

from __future__ import annotations

from typing import Any

from rich.cells import cell_len
from rich.containers import Lines
from rich.text import Text
from typer.rich_utils import OptionHighlighter

_CLOSING = frozenset("，。；：、！？）》」』”’…")
_OPENING = frozenset("（《「『“‘")


def breaks(text: str, *, width: int) -> list[int]:
    """Return the places where a text is broken into lines of at most ``width`` columns; a wide character takes two.

    A word without Chinese that is longer than a line is broken where the line ends.

    Examples
    --------
    >>> breaks("密钥、缓存和指令的文件夹。", width=12)
    [6, 11]
    >>> breaks("写入 backup.json 指定的文件夹", width=12)
    [3, 15]
    """
    places: list[int] = []
    start = allowed = 0
    for place, character in enumerate(text):
        if place > start and _may_break(text[place - 1], character):
            allowed = place
        while character != " " and start < place and cell_len(text[start : place + 1]) > width:
            start = allowed if allowed > start else place
            places.append(start)
    return places


def _may_break(before: str, after: str) -> bool:
    if before in _OPENING or after in _CLOSING or after == " ":
        return False
    return before == " " or cell_len(before) == 2 or cell_len(after) == 2


class ChineseLines(OptionHighlighter):
    """Highlights options in a text, as typer does, and breaks it into lines as Chinese is broken."""

    def __call__(self, text: str | Text) -> Text:
        """Return the text highlighted."""
        found = super().__call__(text)
        return _Text(style=found.style).append_text(found)


class _Text(Text):
    def wrap(self, console: Any, width: int, **options: Any) -> Lines:  # noqa: ARG002  # the signature is the base class's
        lines = Lines()
        for line in self.split(allow_blank=True):
            for piece in line.divide(breaks(line.plain, width=width)):
                piece.rstrip_end(width)
                lines.append(piece)
        return lines
