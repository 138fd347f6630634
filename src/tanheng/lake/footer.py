"""What a sealed month says of itself in its footer, worked out while its rows pass: at writing, and again at the audit."""

from __future__ import annotations

from collections.abc import Sequence

from tanheng.lake import stands, summary
from tanheng.lake.cells import Cutter
from tanheng.lake.rows import Rows
from tanheng.lake.stands import Standing, Stands
from tanheng.lake.summary import Summariser, Summary


class Footer:
    """Takes the rows of a month part by part, in the order of a segment.

    Parameters
    ----------
    edges : sequence of ms UTC
        Beginnings of the days of plant time, and the end of the last.
    """

    def __init__(self, edges: Sequence[int]) -> None:
        self._cutter = Cutter(edges)
        self._summariser = Summariser(edges)
        self._standing = Standing(edges)

    def take(self, part: Rows) -> None:
        """Take the next rows."""
        for cells in self._cutter.take(part):
            self._summariser.add(cells)
            self._standing.add(cells)

    def finished(self) -> tuple[Summary | None, Stands | None]:
        """Return what follows from all rows taken; None when one of them lies outside the days."""
        for cells in self._cutter.last():
            self._summariser.add(cells)
            self._standing.add(cells)
        return self._summariser.summary(), self._standing.stands()

    def entries(self) -> dict[bytes, bytes]:
        """Return what goes into the footer of the file."""
        daily, stood = self.finished()
        found = {summary.KEY: daily.encode()} if daily is not None else {}
        return found | ({stands.KEY: stood.encode()} if stood is not None else {})
