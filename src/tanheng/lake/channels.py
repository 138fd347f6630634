"""The channel book of a plant: names of channels, such as ``line.1.coal.kiln``, and their numbers in the lake.

A number is given once and never again; a terminal's configuration names its channels, and its batches carry the index into it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from tanheng.core.identifiers import dotted
from tanheng.lake.errors import LakeError
from tanheng.lake.files import Files, publish


class ChannelBook:
    """The channel book as one JSON file, replaced whole when a name is added.

    Parameters
    ----------
    files : Files
    path : str
        Of the JSON file, such as ``catalogue/plant-1.channels.json``.
    """

    def __init__(self, files: Files, path: str) -> None:
        self._files = files
        self._path = path
        self._numbers = self._load()

    def enter(self, names: Sequence[str]) -> list[int]:
        """Return the numbers of ``names``, giving a new one to each name that has none."""
        new = [name for name in dict.fromkeys(names) if name not in self._numbers]
        if new:
            numbers = dict(self._numbers)
            for name in new:
                numbers[dotted(name, thing="channel")] = len(numbers)
            publish(self._files, self._path, json.dumps({"v": 1, "channels": numbers}, indent=1).encode())
            self._numbers = numbers
        return [self._numbers[name] for name in names]

    def number(self, name: str) -> int:
        """Return the number of a channel.

        Raises
        ------
        LakeError
            When the plant has no channel of that name; the message lists those it has.
        """
        if name not in self._numbers:
            raise LakeError("lake.channel.unknown", name=name, known=", ".join(sorted(self._numbers)) or "—")
        return self._numbers[name]

    def names(self) -> dict[int, str]:
        """Return number → name."""
        return {number: name for name, number in self._numbers.items()}

    def _load(self) -> dict[str, int]:
        data = self._files.read(self._path)
        if data is None:
            return {}
        try:
            document = json.loads(data)
            return {str(name): int(number) for name, number in document["channels"].items()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise LakeError("lake.channel.unreadable", path=self._path, reason=str(error)) from error
