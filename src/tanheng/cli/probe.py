"""A terminal without a plant, that seals whatever a test of a receiver needs."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from tanheng.core.batch import CHAIN_START, Batch, ClockSource
from tanheng.trust.envelope import digest_of, seal
from tanheng.trust.keys import KeyRecord, Purpose, record_of
from tanheng.trust.suites import Signer


class Probe:
    """A terminal whose next batch continues its chain.

    Parameters
    ----------
    terminal : str
        Id that the receiver knows.
    signer : Signer
        Its device key.
    start : ms UTC
        Time of its first batch; the next ones follow a second apart.
    first : int
        Number of its first batch; a probe that was here before goes on behind what it sent then.
    """

    def __init__(self, terminal: str, signer: Signer, *, start: int, first: int = 1) -> None:
        self.terminal = terminal
        self.signer = signer
        self.sequence = first - 1
        self._start = start
        self._first = first
        self._previous = CHAIN_START if first == 1 else bytes(31) + b"\x01"  # a predecessor that nobody has

    @property
    def record(self) -> KeyRecord:
        """The record of its public key, valid from the beginning of time."""
        return record_of(self.signer, purpose=Purpose.DEVICE, subject=self.terminal, valid_from_ms=0)

    @property
    def now(self) -> int:
        """Time of the next batch, ms UTC."""
        return self._start + 1000 * (self.sequence - self._first + 1)

    def seal(self, values: Sequence[int] = (1,), *, start: int | None = None) -> bytes:
        """Return the next batch: one reading of channel 0 a millisecond, from ``start`` on, or from its own time on."""
        self.sequence += 1
        count = len(values)
        batch = Batch.of(
            terminal=self.terminal,
            sequence=self.sequence,
            start_ms=self.now - 1000 if start is None else start,
            configuration=bytes(32),
            previous=self._previous,
            clock_source=ClockSource.SIMULATED,
            clock_offset_ms=0,
            channel=[0] * count,
            offset_ms=list(range(count)),
            value=values,
            quality=[0] * count,
        )
        sealed = seal(batch, self.signer)
        self._previous = digest_of(sealed)
        return sealed

    def fork(self) -> Probe:
        """Return a terminal that stands where this one stands, to seal something else under the same number."""
        return copy.copy(self)
