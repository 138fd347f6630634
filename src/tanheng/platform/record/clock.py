"""The platform's one clock: UTC milliseconds for statements, aware datetimes for columns.

A plant marked *demonstration* may run on a simulated clock: an offset from real time kept with the plant, so that all processes
agree. Calculations never come here; they are given their time.
"""

from __future__ import annotations

import datetime
import time
from typing import Protocol


class Clocked(Protocol):
    """What the clock needs to know of a plant."""

    @property
    def demonstration(self) -> bool:
        """Whether its clock may be simulated."""

    @property
    def clock_offset_ms(self) -> int:
        """How far the simulated clock is ahead of the real one, ms."""


def now_ms(plant: Clocked | None = None) -> int:
    """Return the present instant in milliseconds UTC, for a demonstration plant on its simulated clock."""
    present = time.time_ns() // 1_000_000
    return present + plant.clock_offset_ms if plant is not None and plant.demonstration else present


def to_datetime(instant: int) -> datetime.datetime:
    """Return an instant (ms UTC) as an aware datetime, exact to the millisecond."""
    return datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(milliseconds=instant)


def to_ms(moment: datetime.datetime) -> int:
    """Return an aware datetime as an instant in ms UTC."""
    return (moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)) // datetime.timedelta(milliseconds=1)
