"""The process image: the last value of each channel, frozen once a scan.

Drivers put values in whenever they come. A scan reads all its channels at one instant, so that quantities which belong together
carry one time. A value that is too old is repeated as ``STALE``; one that is lost has no value.
"""

from __future__ import annotations

from collections.abc import Sequence

from tanheng.core.batch import Quality
from tanheng.edge.configuration.model import Channel
from tanheng.edge.errors import ScalingError
from tanheng.edge.reading import Reading, Sample


class ProcessImage:
    """The last value of each channel.

    Parameters
    ----------
    channels : sequence of Channel
        By index.
    """

    def __init__(self, channels: Sequence[Channel]) -> None:
        self._channels = tuple(channels)
        count = len(self._channels)
        self._values = [0] * count
        self._qualities = [Quality.NO_DATA] * count
        self._raws = [b""] * count
        self._arrivals: list[int | None] = [None] * count

    def put(self, samples: Sequence[Sample], *, arrival: int) -> None:
        """Take values that arrived at a forward time, milliseconds."""
        for sample in samples:
            at = sample.channel
            value, quality = self._counted(self._channels[at], sample)
            self._values[at], self._qualities[at], self._raws[at] = value, quality, sample.raw
            self._arrivals[at] = arrival

    def put_reading(self, reading: Reading, *, arrival: int) -> None:
        """Take a reading that was recorded with its own time, so that status pages show it."""
        if reading.channel < len(self._values):
            at = reading.channel
            self._values[at], self._qualities[at], self._raws[at] = reading.value, reading.quality, reading.raw
            self._arrivals[at] = arrival

    @staticmethod
    def _counted(channel: Channel, sample: Sample) -> tuple[int, Quality]:
        if sample.value is None or sample.quality is Quality.NO_DATA:
            return 0, sample.quality if sample.quality is Quality.FAULT else Quality.NO_DATA
        try:
            value = channel.scaling.count(sample.value)
        except ScalingError:
            return 0, Quality.NO_DATA
        if sample.quality is Quality.GOOD and not channel.scaling.in_range(sample.value):
            return value, Quality.OUT_OF_RANGE
        return value, sample.quality

    def scan(self, channels: Sequence[Channel], *, now: int, forward: int) -> list[Reading]:
        """Return the readings of ``channels``, all with the time ``now``.

        Parameters
        ----------
        channels : sequence of Channel
        now : ms, UTC
            Wall time the readings carry.
        forward : ms
            Forward time by which age is judged.
        """
        found = []
        for channel in channels:
            at = channel.index
            arrival = self._arrivals[at]
            age = None if arrival is None else forward - arrival
            if age is None or age > channel.lost_ms:
                found.append(Reading(at, now, 0, Quality.NO_DATA, b""))
            elif age > channel.stale_ms and self._qualities[at] is not Quality.NO_DATA:
                found.append(Reading(at, now, self._values[at], Quality.STALE, self._raws[at]))
            else:
                found.append(Reading(at, now, self._values[at], self._qualities[at], self._raws[at]))
        return found

    def last(self, channel: Channel) -> Reading | None:
        """Return the last value as a reading without a time of its own (time 0), None when there never was one."""
        at = channel.index
        if self._arrivals[at] is None:
            return None
        return Reading(at, 0, self._values[at], self._qualities[at], self._raws[at])

    def age(self, channel: Channel, *, forward: int) -> int | None:
        """Return how old the last value is, milliseconds."""
        arrival = self._arrivals[channel.index]
        return None if arrival is None else forward - arrival
