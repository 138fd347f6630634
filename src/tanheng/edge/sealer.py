"""The sealer: journal → signed batches, each linked to the one before, with the totals of its readings.

Everything happens in one transaction of the spool: sequence, link, envelope, totals and the emptied journal stand together or
not at all. A power cut at any moment loses nothing and counts nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tanheng.core.batch import Batch, ClockSource
from tanheng.edge.clock import Clock
from tanheng.edge.configuration.model import Configuration
from tanheng.edge.reading import Reading
from tanheng.edge.spool import Spool
from tanheng.edge.totals import META_KEY, Totals
from tanheng.trust import envelope
from tanheng.trust.suites import Signer


@dataclass(slots=True)
class ClockState:
    """What is known about the terminal's clock: its source, and how far it is from it (terminal minus source, ms)."""

    source: ClockSource = ClockSource.FREE
    offset_ms: int | None = None
    checked: int | None = None


class Sealer:
    """Seals for one configuration.

    Parameters
    ----------
    configuration : Configuration
    spool : Spool
    signer : Signer
        The device key.
    clock : Clock
    clock_state : ClockState
        Shared with whoever compares the clock.
    """

    def __init__(
        self, configuration: Configuration, spool: Spool, signer: Signer, clock: Clock, clock_state: ClockState
    ) -> None:
        self._configuration = configuration
        self._spool = spool
        self._signer = signer
        self._clock = clock
        self._clock_state = clock_state
        self.totals = Totals(configuration)
        self.totals.restore(spool.meta(META_KEY))

    def seal(self, *, alive: bool = True) -> list[int]:
        """Seal all that the journal holds; return the sequences of the new batches.

        Raises
        ------
        SpoolError
            When the disk refuses; the journal keeps what was not sealed.
        """
        sealed: list[int] = []
        while True:
            fresh = self._spool.seal(self._build, now=self._clock.wall(), alive=alive and not sealed, then=self.totals.take)
            if not fresh:
                return sealed
            self.totals.keep()
            sealed += fresh
            if not self._spool.unsealed():
                return sealed

    def _build(self, sequence: int, previous: bytes, readings: Sequence[Reading]) -> bytes:
        start = min((reading.time for reading in readings), default=self._clock.wall())
        columns = list(zip(*readings, strict=True)) or [(), (), (), (), ()]
        channels, times, values, qualities, raws = columns
        batch = Batch.of(
            terminal=self._configuration.terminal,
            sequence=sequence,
            start_ms=start,
            configuration=self._configuration.digest,
            previous=previous,
            clock_source=self._clock_state.source,
            clock_offset_ms=self._clock_state.offset_ms,
            channel=channels,
            offset_ms=[time - start for time in times],
            value=values,
            quality=qualities,
            raw=raws if any(raws) else None,
        )
        return envelope.seal(batch, self._signer)
