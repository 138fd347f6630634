"""Totals of registers, put together from pieces.

A *piece* is what one register read between two cuts: its first and its last stand, how many readings there are, the longest
time between two of them, and where it fell. Between falls a register counts what its stands differ by, so a piece is all that
:class:`tanheng.core.aggregate.Totaliser` needs, and the rule for falls and exchanges exists once.

Sealed months have their pieces in their footers, a day each (:mod:`tanheng.lake.stands`). Read from the rows are the days that
late readings or corrections touch, those in which an exchange falls or that have too many falls, and what is not sealed.
A property test holds both ways equal to the rule applied to every reading.
"""

# ruff: noqa: S608  # what is put into the SQL are integers of ours

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tanheng.core.aggregate import COUNTED, Reading, Step, Total, Totaliser
from tanheng.core.aggregate.totaliser import counted
from tanheng.core.period import Span
from tanheng.lake.answers import Register
from tanheng.lake.counting import Asked, chosen_rows, touched_cells
from tanheng.lake.division import divided
from tanheng.lake.latest import latest
from tanheng.lake.plant import PlantLake
from tanheng.lake.segment import Segment
from tanheng.lake.sql import codes, cut_at
from tanheng.lake.stands import Stands

_OF_CELL = ("first_time", "first", "last_time", "last", "counted", "longest")
Fall = tuple[int, int, int, int]
"""Instants of two readings that follow each other, ms UTC, and their counts, of which the second is smaller."""


class Piece(NamedTuple):
    """What a register read between two cuts; see the top of this file."""

    first_time: int
    first: int
    last_time: int
    last: int
    readings: int
    longest: int
    falls: Sequence[Fall]


def totals(
    lake: PlantLake, registers: Sequence[Register], spans: Sequence[Span], *, lookback: int, stands: bool = True
) -> dict[int, list[Total]]:
    """Return the total of each register in each of ``spans``, which are in order and do not overlap.

    Parameters
    ----------
    lake : PlantLake
    registers : sequence of Register
    spans : sequence of Span
    lookback : ms
        How far before the first span the stand is looked for that the first step begins with.
    stands : bool
        Whether stands may answer; without them every row is read.

    Raises
    ------
    CalculationError
        When the exchanges of a register are out of order, or its modulus is not positive.
    """
    by_channel = {register.channel: register for register in registers}
    whole = Span(spans[0].start, spans[-1].end)
    state = lake.catalogue.state()
    before = latest(lake, state, by_channel, at=whole.start - 1, lookback=lookback, counted=True, stands=stands)
    asked = _Asked(lake, by_channel, spans, lake.stands if stands else lambda _: None)
    pieces = asked.pieces(state.overlapping(whole.start, whole.end + 1))
    return {
        channel: _composed(register, before.get(channel), sorted(pieces[channel]), spans)
        for channel, register in by_channel.items()
    }


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which registers are asked for, in which spans, and where stands come from."""

    lake: PlantLake
    registers: Mapping[int, Register]
    spans: Sequence[Span]
    stands_of: Callable[[Segment], Stands | None]

    def pieces(self, segments: Sequence[Segment]) -> defaultdict[int, list[Piece]]:
        """Return the pieces of each channel, in no order."""
        found: defaultdict[int, list[Piece]] = defaultdict(list)
        wholes, rest = divided(segments, self.spans, self.stands_of)
        borders = [*self.spans, *(whole.summary.span for whole in wholes)]
        parts = [self._of_rows(rest, None, [edge for span in borders for edge in (span.start, span.end)])]
        for whole in wholes:
            stands, at = whole.summary, self._within(whole.summary)
            rows = touched_cells(self.lake, whole, sorted(self.registers)) | self._exchanged(stands) | _jumping(stands, at)
            if rows:
                parts.append(self._of_rows([whole.segment, *whole.beside], (stands.days, rows), stands.edges))
            parts.append(_of_stands(stands, at, rows))
        for channel, piece in itertools.chain.from_iterable(parts):
            found[channel].append(piece)
        return found

    @property
    def _reach(self) -> Span:
        """The instants that a step of ours may end at, with the start of the first span."""
        return Span(self.spans[0].start, self.spans[-1].end + 1)

    def _within(self, stands: Stands) -> NDArray[np.intp]:
        """Return the places of the cells of our registers on days within reach."""
        edges, cells = np.asarray(stands.edges), stands.cells
        days = (edges[cells["day"]] < self._reach.end) & (edges[cells["day"] + 1] > self._reach.start)
        return np.flatnonzero(days & np.isin(cells["channel"], sorted(self.registers)) & (cells["counted"] > 0))

    def _exchanged(self, stands: Stands) -> frozenset[tuple[int, int]]:
        """Return the channels and days in which an exchange falls."""
        times = [(channel, each.time) for channel, register in self.registers.items() for each in register.exchanges]
        return frozenset((channel, bisect_right(stands.edges, time) - 1) for channel, time in times if time in stands.span)

    def _of_rows(
        self, segments: Sequence[Segment], cells: tuple[list[Span], frozenset[tuple[int, int]]] | None, cuts: Sequence[int]
    ) -> Iterator[tuple[int, Piece]]:
        if not segments or not self.registers:
            return
        table, parameters = chosen_rows(self.lake, segments, Asked(sorted(self.registers), [self._reach], cells))
        exchanges = [each.time for register in self.registers.values() for each in register.exchanges]
        question = f"""
            SELECT channel, min(time), arg_min(value, time), max(time), arg_max(value, time), count(*),
                   coalesce(max(time - since), 0), list([since, time, before, value]) FILTER (value < before)
            FROM (SELECT *, lag(value) OVER register AS before, lag(time) OVER register AS since
                  FROM (SELECT channel, time, value, {cut_at("time", [*cuts, *exchanges])} AS piece
                        FROM ({table}) WHERE quality IN ({codes(COUNTED)}))
                  WINDOW register AS (PARTITION BY channel, piece ORDER BY time))
            GROUP BY channel, piece"""
        for channel, *numbers, falls in self.lake.engine.rows(question, parameters):
            yield channel, Piece._make([*numbers, sorted(map(tuple, falls or ()))])


def _jumping(stands: Stands, at: NDArray[np.intp]) -> frozenset[tuple[int, int]]:
    """Return channel and day of the cells that do not list their falls."""
    cells, jumping = stands.cells, at[stands.cells["falls"][at] < 0]
    return frozenset(zip(cells["channel"][jumping].tolist(), cells["day"][jumping].tolist(), strict=True))


def _of_stands(stands: Stands, at: NDArray[np.intp], others: frozenset[tuple[int, int]]) -> Iterator[tuple[int, Piece]]:
    """Yield channel and piece of the cells at these places, but for the ``others``."""
    cells, number = stands.cells, np.maximum(stands.cells["falls"], 0)
    past = np.cumsum(number)
    columns = [cells[name][at].tolist() for name in ("channel", "day", *_OF_CELL)]
    edges = zip((past - number)[at].tolist(), past[at].tolist(), strict=True)
    falls = list(zip(*(stands.falls[name].tolist() for name in ("since", "time", "before", "after")), strict=True))
    for (channel, day, *numbers), (start, end) in zip(zip(*columns, strict=True), edges, strict=True):
        if (channel, day) not in others:
            yield channel, Piece._make([*numbers, falls[start:end]])


@dataclass(slots=True)
class _Sum:
    """A total that grows."""

    count: int = 0
    steps: int = 0
    longest: int = 0
    events: list[Step] = field(default_factory=list)

    def take(self, step: Step) -> None:
        self.count += step.count
        self.steps += 1
        self.longest = max(self.longest, step.time - step.since)
        if step.event is not None:
            self.events.append(step)

    def take_piece(self, piece: Piece, modulus: int | None) -> None:
        self.count += piece.last - piece.first
        self.steps += piece.readings - 1
        self.longest = max(self.longest, piece.longest)
        for since, time, before, after in piece.falls:
            count, event = counted(before, after, modulus)
            self.count += count - (after - before)
            self.events.append(Step(since, time, count, event))

    def total(self) -> Total:
        return Total(self.count if self.steps else None, self.steps, tuple(self.events), self.longest)


def _composed(register: Register, before: Reading | None, pieces: Iterable[Piece], spans: Sequence[Span]) -> list[Total]:
    """Return the totals of a register from its pieces in order of time, behind the stand ``before``."""
    sums = [_Sum() for _ in spans]
    starts = [span.start for span in spans]
    behind = [each for each in register.exchanges if before is None or each.time > before.time]
    machine = Totaliser(register.modulus, behind, before)

    def take(steps: Iterable[Step]) -> None:
        for step in steps:
            owner = bisect_left(starts, step.time) - 1
            if owner >= 0 and step.time <= spans[owner].end:
                sums[owner].take(step)

    for piece in pieces:
        take(machine.add(Reading(piece.first_time, piece.first)))
        if piece.readings > 1:
            owner = bisect_right(starts, piece.first_time) - 1
            if owner >= 0 and piece.last_time <= spans[owner].end:
                sums[owner].take_piece(piece, register.modulus)
            machine.last = Reading(piece.last_time, piece.last)
    take(machine.until(spans[-1].end))
    return [each.total() for each in sums]
