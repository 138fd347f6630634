"""What a new configuration changes: meter factors become events, and registers are carried over.

A register's stand is kept as a count of the real unit, so a new meter factor (another CT, another span coefficient) moves it
though nothing flowed. The change is recorded with before, after and reason, with the last stand under the old and the new
factor; the totals take the new stand as their start, and the platform reads the event as a declared exchange.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import cbor2

from tanheng.edge.configuration import Channel, Configuration, MeterFactor
from tanheng.edge.events import EventKind, event
from tanheng.edge.reading import Reading

Registers = dict[str, list[int]]


def changes(before: Configuration, after: Configuration, registers: bytes | None, *, now: int) -> tuple[list[Reading], bytes]:
    """Return the events of a change and the registers to go on with.

    Parameters
    ----------
    before, after : Configuration
    registers : bytes or None
        State of the registers as the totals keep it.
    now : ms, UTC
    """
    state: Registers = cbor2.loads(registers) if registers else {}
    carried: Registers = {}
    events = [_applied(before, after, now)]
    for channel in after.channels:
        old = before.channel(channel.id)
        last = state.get(channel.id)
        if last is not None and old is not None:
            carried[channel.id] = [last[0], _rescaled(last[1], old, channel), last[2]]
        if old is not None and old.factor != channel.factor:
            stands = None if last is None else (last[1], carried[channel.id][1])
            events.append(_factor_changed(old, channel, stands, after.reason, now))
    return events, cbor2.dumps(carried)


def _rescaled(count: int, old: Channel, new: Channel) -> int:
    """Return a stand under the scaling of ``new``: same display value, other factor, offset or decimals."""
    if (old.scaling, old.unit) == (new.scaling, new.unit):
        return count
    value = Fraction(count, 10**old.scaling.decimals) / old.scaling.meter_factor
    raw = (value - old.scaling.offset) / old.scaling.factor
    return new.scaling.count(raw)


def _applied(before: Configuration, after: Configuration, now: int) -> Reading:
    return event(EventKind.CONFIGURATION_APPLIED, at=now, before=before.digest, after=after.digest, reason=after.reason)


def _factor_changed(old: Channel, new: Channel, stands: tuple[int, int] | None, reason: str, now: int) -> Reading:
    return event(
        EventKind.METER_FACTOR_CHANGED,
        at=now,
        channel=new.id,
        before=_words(old.factor),
        after=_words(new.factor),
        reason=reason,
        final=None if stands is None else stands[0],
        initial=None if stands is None else stands[1],
    )


def _words(factor: MeterFactor) -> Mapping[str, str]:
    return {"ct": str(factor.ct), "pt": str(factor.pt), "pulse": str(factor.pulse), "span": str(factor.span)}
