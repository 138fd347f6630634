"""One reading of one channel, as the aggregation rules see it, and which qualities count."""

from __future__ import annotations

from dataclasses import dataclass

from tanheng.core.batch import Quality

COUNTED: frozenset[Quality] = frozenset({Quality.GOOD, Quality.STOPPED, Quality.MANUAL})
"""Qualities whose value enters a total or an integral: a good one, one of a plant at rest, one a person read."""

VALID: frozenset[Quality] = frozenset({Quality.GOOD})
"""Qualities that make a minute valid."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of one channel.

    Parameters
    ----------
    time : ms, UTC
    value : count of 10^-decimals of the channel's unit
    quality : Quality
    """

    time: int
    value: int
    quality: Quality = Quality.GOOD
