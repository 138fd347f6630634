"""What a configuration of the terminal is, as frozen values."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tanheng.core.aggregate import Exchange
from tanheng.core.period import PlantClock
from tanheng.edge.scaling import Scaling


class Kind(enum.StrEnum):
    """What a channel measures."""

    RATE = "rate"
    """An amount per time: t/h. Its total is an integral."""
    TOTALISER = "totaliser"
    """A register that counts up. Its total is the difference of its stands."""
    GAUGE = "gauge"
    """A state that is measured: temperature, concentration. It has a mean and no total."""
    STATE = "state"
    """A number for a state, an event or a parameter."""
    AMOUNT = "amount"
    """One amount a row: a truck ticket, a laboratory result. Its total is the sum of the rows."""


@dataclass(frozen=True, slots=True)
class MeterFactor:
    """What turns the value a meter shows into the one it stands for.

    Attributes
    ----------
    ct, pt : Fraction
        Ratios of the current and voltage transformers.
    pulse : Fraction
        Value of one pulse or one display digit.
    span : Fraction
        Span coefficient of a belt scale 量程系数.
    """

    ct: Fraction = Fraction(1)
    pt: Fraction = Fraction(1)
    pulse: Fraction = Fraction(1)
    span: Fraction = Fraction(1)

    @property
    def value(self) -> Fraction:
        """The product."""
        return self.ct * self.pt * self.pulse * self.span


@dataclass(frozen=True, slots=True)
class Channel:
    """One quantity of one device.

    Attributes
    ----------
    index : int
        Number in the batch: the position in the configuration.
    id : str
        Dotted id, such as ``line1.coal.kiln``.
    device : str
        Id of its device.
    address : mapping
        Where the device keeps it; keys depend on the driver.
    unit : str
        Unit of the count.
    kind : Kind
    scaling : Scaling
        With decimals, meter factor and raw range.
    factor : MeterFactor
        Beside the raw display value; a change is an event with before, after and reason.
    modulus : int or None
        Count at which a totaliser starts again from zero.
    exchanges : tuple of Exchange
        Declared breaks of a totaliser.
    per_ms : int
        A rate's unit of time, milliseconds.
    every_ms : int
        Time between two readings.
    stale_ms, lost_ms : int
        Age at which a value counts as old, and at which it is no value any more.
    watch : bool
        A parameter (span, zero, K factor): each change is an event.
    name : mapping
        ``{"zh": …, "en": …}``.
    """

    index: int
    id: str
    device: str
    address: Mapping[str, Any]
    unit: str
    kind: Kind
    scaling: Scaling
    factor: MeterFactor = MeterFactor()
    modulus: int | None = None
    exchanges: tuple[Exchange, ...] = ()
    per_ms: int = 3_600_000
    every_ms: int = 1000
    stale_ms: int = 5000
    lost_ms: int = 60_000
    watch: bool = False
    name: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Device:
    """One device and how it is reached.

    Attributes
    ----------
    id : str
    driver : str
        Name of the driver.
    options : mapping
        What the driver needs; checked by it.
    every_ms : int
        Time between two polls.
    timeout_ms : int
        How long one exchange may take.
    backoff_ms : tuple of int
        First and longest pause after a failure.
    """

    id: str
    driver: str
    options: Mapping[str, Any]
    every_ms: int = 1000
    timeout_ms: int = 3000
    backoff_ms: tuple[int, int] = (1000, 60_000)


@dataclass(frozen=True, slots=True)
class Route:
    """One way to the platform.

    Attributes
    ----------
    name : str
        Such as ``lan`` or ``5g``.
    url : str
        Base address of the platform over this way.
    priority : int
        The smallest that works is used.
    local_address : str or None
        Source address of the network interface of this way.
    """

    name: str
    url: str
    priority: int
    local_address: str | None = None


@dataclass(frozen=True, slots=True)
class Uplink:
    """How batches go up.

    Attributes
    ----------
    routes : tuple of Route
    timeout_ms : int
        How long one request may take.
    backoff_ms : tuple of int
        First and longest pause when no route works.
    retry_better_ms : int
        How often a better route that failed is tried again.
    chunk_bytes : int
        Largest body of backlog.
    ca : str or None
        File of the certificate authority that is believed, besides no other.
    token_file : str or None
        File with the token the platform gave at enrolment.
    orders_ms : int
        How often the platform is asked for signed orders; 0 for never.
    """

    routes: tuple[Route, ...] = ()
    timeout_ms: int = 15_000
    backoff_ms: tuple[int, int] = (1000, 60_000)
    retry_better_ms: int = 60_000
    chunk_bytes: int = 1 << 20
    ca: str | None = None
    token_file: str | None = None
    orders_ms: int = 60_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the disk buffer and of the clock.

    Attributes
    ----------
    batch_ms : int
        Time between two batches.
    spool_bytes : int
        Largest size of the buffer on disk.
    keep_ms : int
        How long acknowledged batches and totals are kept; at least 62 days.
    clock_jump_ms : int
        A jump of the wall clock beyond this is an event.
    journal_ms : int
        Longest time that a reading is in memory only; 0 writes each scan.
    """

    batch_ms: int = 60_000
    spool_bytes: int = 8 << 30
    keep_ms: int = 62 * 86_400_000
    clock_jump_ms: int = 2000
    journal_ms: int = 0


@dataclass(frozen=True, slots=True)
class Configuration:
    """A whole configuration.

    Attributes
    ----------
    terminal : str
        Id of the terminal.
    plant_clock : PlantClock
        Zone and shifts of the plant.
    devices, channels : tuple
    uplink : Uplink
    limits : Limits
    reason : str
        Why this version replaced the one before; printed in events.
    time : mapping
        ``ntp``: address of a time server; ``source``: what else sets the clock.
    page : tuple of str and int, or None
        Address and port of the local status page.
    digest : bytes
        SHA-256 of the canonical document.
    document : bytes
        The canonical document.
    """

    terminal: str
    plant_clock: PlantClock
    devices: tuple[Device, ...]
    channels: tuple[Channel, ...]
    uplink: Uplink
    limits: Limits
    reason: str
    time: Mapping[str, Any]
    page: tuple[str, int] | None
    digest: bytes
    document: bytes = field(repr=False)

    def channels_of(self, device: str) -> tuple[Channel, ...]:
        """Return the channels of a device, in order of index."""
        return tuple(channel for channel in self.channels if channel.device == device)

    def channel(self, identifier: str) -> Channel | None:
        """Return the channel with this id, or None."""
        return next((channel for channel in self.channels if channel.id == identifier), None)
