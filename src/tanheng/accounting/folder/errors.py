"""Errors of the input folder, and the collector that gathers all of them before anything is refused.

A fault stands in one place and says so in its fields: ``file``, ``sheet``, ``row``, ``column`` (the letter a spreadsheet
shows), ``heading``, ``value`` and ``place``, the words of the place in one piece.
"""

from __future__ import annotations

from tanheng.accounting.entries import Cell
from tanheng.core.errors import InputError

SHOWN = 200
"""How many faults a refusal lists; the rest is counted."""

_LONGEST = 80


class FolderError(InputError):
    """An input folder is refused as a whole; its findings name every fault."""


class CellFault(FolderError):  # noqa: N818  # it is one fault of many, and called so
    """One fault in one place of a folder."""


class Faults:
    """Collects the faults of a folder, so that a user gets all of them in one go."""

    def __init__(self) -> None:
        self._found: list[tuple[int, CellFault]] = []
        self._files: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._found)

    def add(self, code: str, cell: Cell, *, value: object = "", heading: str = "", **fields: str | int) -> None:
        """Note a fault; ``code`` is the part of the message code behind ``folder.``."""
        self._files.setdefault(cell.file, len(self._files))
        named: dict[str, str | int] = {
            "file": cell.file,
            "sheet": cell.sheet,
            "row": cell.row,
            "column": cell.column,
            "heading": heading,
            "value": shown(value),
            "place": _place(cell, heading),
        }
        if "nearest" in fields:
            named |= _hint(str(fields["nearest"]))
        if "known" in fields:
            named |= {"known_zh": fields["known"], "known_en": fields["known"]}
        fault = CellFault(f"folder.{code}", findings=(), **{**named, **fields})
        self._found.append((cell.row, fault))

    def refuse_if_any(self, folder: str) -> None:
        """Raise when a fault was noted.

        Raises
        ------
        FolderError
            With the faults in order of file and row, at most :data:`SHOWN` of them; the last finding counts the rest.
        """
        if not self._found:
            return
        ordered = [fault for _, fault in sorted(self._found, key=self._order)]
        findings = ordered[:SHOWN]
        if len(ordered) > SHOWN:
            findings.append(CellFault("folder.more", count=len(ordered) - SHOWN, shown=SHOWN))
        raise FolderError("folder.refused", findings=findings, count=len(ordered), folder=folder)

    def _order(self, found: tuple[int, CellFault]) -> tuple[int, str, int]:
        row, fault = found
        return self._files[str(fault.fields["file"])], str(fault.fields["sheet"]), row


def shown(value: object) -> str:
    """Return ``value`` as a message shows it: on one line, without control characters, not longer than a line."""
    text = "".join(character if character.isprintable() else "�" for character in str(value))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _hint(nearest: str) -> dict[str, str]:
    """Return the question after a word that was nearly right, nothing when no word is near."""
    return {"hint_zh": f"是否指“{nearest}”？" if nearest else "", "hint_en": f" Did you mean “{nearest}”?" if nearest else ""}


def _place(cell: Cell, heading: str) -> str:
    """Return the place in words that need no language: ``activity.csv [sheet] F12 “2025-03”``."""
    return f"{cell} “{shown(heading)}”" if heading else str(cell)
