"""What the questions of :mod:`tanheng.lake.query` are asked with, and what they answer."""

from __future__ import annotations

from dataclasses import dataclass

from tanheng.core.aggregate import Exchange, Reading


@dataclass(frozen=True, slots=True)
class Register:
    """A totaliser channel with what its rule needs: see :class:`tanheng.core.aggregate.Totaliser`."""

    channel: int
    modulus: int | None = None
    exchanges: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a chart: what a channel did in one stretch of time.

    Parameters
    ----------
    start : ms UTC
    smallest, largest, first, last : counts
        Of the readings that count; None when there is none.
    summed, readings : int
        Their sum and number; the mean is ``summed / readings``.
    others : int
        Readings whose quality does not count.
    """

    start: int
    smallest: int | None
    largest: int | None
    first: int | None
    last: int | None
    summed: int
    readings: int
    others: int


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of a span one channel covers.

    Parameters
    ----------
    minutes : number of minutes with at least one value
    valid : number of minutes with at least one valid one
    missing : number of minutes of the span without any value
    """

    minutes: int
    valid: int
    missing: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A reading as it is stored, with its version and the entry that brought it."""

    channel: int
    reading: Reading
    version: int
    entry: int
