"""How many bytes a reading costs on the wire, signature included; the figures stand in the reference of the envelope."""

from __future__ import annotations

import random

import pytest

from tanheng.core.batch import CHAIN_START, Batch, ClockSource
from tanheng.trust.envelope import seal
from tanheng.trust.keys import Algorithm, signer

CHANNELS = 300


def scans(minutes: int) -> Batch:
    """One process image a minute of 300 channels; values of 10 to 1000 units, two decimals, that wander by 0.5 % a minute."""
    chance = random.Random(1)  # noqa: S311  # the same plant each time
    levels = [10 ** chance.uniform(1, 3) for _ in range(CHANNELS)]
    values = []
    for _ in range(minutes):
        levels = [level * (1 + chance.gauss(0, 0.005)) for level in levels]
        values += [round(level * 100) for level in levels]
    count = CHANNELS * minutes
    return Batch.of(
        terminal="terminal-1",
        sequence=1,
        start_ms=1_790_000_000_000,
        configuration=bytes(range(32)),
        previous=CHAIN_START,
        clock_source=ClockSource.NTP,
        clock_offset_ms=-3,
        channel=list(range(CHANNELS)) * minutes,
        offset_ms=[60_000 * (at // CHANNELS) + 250 for at in range(count)],
        value=values,
        quality=[0] * count,
    )


@pytest.mark.parametrize("suite", list(Algorithm))
@pytest.mark.parametrize(("minutes", "largest"), [(1, 7.5), (5, 5.0)])
def test_a_reading_costs_no_more_bytes_than_promised(minutes: int, largest: float, suite: Algorithm) -> None:
    batch = scans(minutes)
    sealed = seal(batch, signer(suite, bytes(range(1, 33))))
    assert len(sealed) / len(batch) <= largest
