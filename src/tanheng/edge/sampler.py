"""The sampler: scans the process image, watches parameters and the clock.

Channels are scanned in groups of one period. Each scan has one time stamp, the wall time at the scan's due moment. A jump of
the wall clock against the forward time is an event; readings keep the time the clock showed.
"""

from __future__ import annotations

from tanheng.core.batch import Quality
from tanheng.edge.clock import Clock
from tanheng.edge.configuration.model import Channel, Configuration, Kind
from tanheng.edge.events import EventKind, event
from tanheng.edge.image import ProcessImage
from tanheng.edge.reading import Reading

_SELF_TIMED = ("hj212", "sql", "files")
"""Drivers whose readings carry their own time and go to the journal by themselves."""


class Sampler:
    """Makes the readings of each scan.

    Parameters
    ----------
    configuration : Configuration
    image : ProcessImage
    clock : Clock
    parameters : mapping of str to int
        Last known value of each watched channel, from before the restart.
    """

    def __init__(
        self, configuration: Configuration, image: ProcessImage, clock: Clock, *, parameters: dict[str, int] | None = None
    ) -> None:
        self._clock = clock
        self._image = image
        self._jump_ms = configuration.limits.clock_jump_ms
        self.parameters = dict(parameters or {})
        timed = {device.id for device in configuration.devices if device.driver in _SELF_TIMED}
        groups: dict[int, list[Channel]] = {}
        for channel in configuration.channels:
            if channel.device not in timed and channel.kind is not Kind.AMOUNT:
                groups.setdefault(channel.every_ms, []).append(channel)
        self._groups = {every: tuple(group) for every, group in sorted(groups.items())}
        self._watched = tuple(channel for channel in configuration.channels if channel.watch)
        started = clock.forward()
        self._due = dict.fromkeys(self._groups, started)
        self._difference: int | None = None

    @property
    def next_due(self) -> int | None:
        """Forward time of the next scan; None when nothing is scanned."""
        return min(self._due.values(), default=None)

    def scan(self) -> list[Reading]:
        """Return the readings of all groups that are due, and the events found on the way."""
        forward, now = self._clock.forward(), self._clock.wall()
        found = self._clock_jump(now, forward)
        for every, group in self._groups.items():
            if self._due[every] <= forward:
                scanned = self._image.scan(group, now=now, forward=forward)
                found += scanned
                # Scans that were missed are left out: a late computer must not invent readings.
                self._due[every] += (forward - self._due[every]) // every * every + every
        return found + self._parameter_changes(now)

    def _clock_jump(self, now: int, forward: int) -> list[Reading]:
        difference = now - forward
        before, self._difference = self._difference, difference
        if before is None or abs(difference - before) <= self._jump_ms:
            return []
        return [event(EventKind.CLOCK_JUMP, at=now, jump_ms=difference - before)]

    def _parameter_changes(self, now: int) -> list[Reading]:
        found = []
        for channel in self._watched:
            last = self._image.last(channel)
            if last is None or last.quality not in (Quality.GOOD, Quality.OUT_OF_RANGE):
                continue
            before = self.parameters.get(channel.id)
            if before != last.value:
                self.parameters[channel.id] = last.value
                if before is not None:
                    found.append(_changed(channel, before, last, now))
        return found


def _changed(channel: Channel, before: int, last: Reading, now: int) -> Reading:
    return event(
        EventKind.PARAMETER_CHANGED,
        at=now,
        channel=channel.id,
        before=before,
        after=last.value,
        decimals=channel.scaling.decimals,
        unit=channel.unit,
        raw=last.raw,
    )
