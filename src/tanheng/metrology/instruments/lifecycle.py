"""The life of an instrument: which state may follow which, and what stands before service.

待验收 → 在用 → 封存/停用 → 维修 → 降级 → 报废. Verification comes before use (先检后用): nothing enters service without a
certificate in force that somebody confirmed for the use.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from tanheng.metrology.instruments.certificate import TraceState
from tanheng.metrology.instruments.model import Instrument, Spell, UseState

_REST = frozenset({UseState.SEALED_UP, UseState.OUT_OF_SERVICE, UseState.REPAIR})

FOLLOWING: Mapping[UseState, frozenset[UseState]] = {
    UseState.PENDING: frozenset({UseState.IN_SERVICE, UseState.DOWNGRADED, UseState.SEALED_UP, UseState.SCRAPPED}),
    UseState.IN_SERVICE: _REST | {UseState.DOWNGRADED, UseState.SCRAPPED},
    UseState.DOWNGRADED: _REST | {UseState.IN_SERVICE, UseState.SCRAPPED},
    UseState.SEALED_UP: frozenset(
        {UseState.IN_SERVICE, UseState.DOWNGRADED, UseState.OUT_OF_SERVICE, UseState.REPAIR, UseState.SCRAPPED}
    ),
    UseState.OUT_OF_SERVICE: frozenset(
        {UseState.IN_SERVICE, UseState.DOWNGRADED, UseState.SEALED_UP, UseState.REPAIR, UseState.SCRAPPED}
    ),
    UseState.REPAIR: frozenset({UseState.IN_SERVICE, UseState.DOWNGRADED, UseState.OUT_OF_SERVICE, UseState.SCRAPPED}),
    UseState.SCRAPPED: frozenset(),
}
"""The states that may follow each; nothing follows the end."""


def state_on(states: Sequence[Spell], on: datetime.date) -> UseState:
    """Return the state of an instrument on a day; before its first step it waits to be accepted."""
    found = UseState.PENDING
    for spell in states:
        if spell.start <= on:
            found = spell.state
    return found


def repaired_on(states: Sequence[Spell], on: datetime.date) -> datetime.date | None:
    """Return the day of the last repair that no use has followed by the day ``on``; None without one.

    Lying idle after a repair does not make it forgotten: 维修 → 停用 → 在用 ends a repair as 维修 → 在用 does.
    """
    found = None
    for spell in states:
        if spell.start <= on and spell.state is UseState.REPAIR:
            found = spell.start
        elif spell.start <= on and spell.state.in_use:
            found = None
    return found


def in_use(instrument: Instrument, on: datetime.date) -> bool:
    """Tell whether an instrument is in use on a day."""
    return state_on(instrument.states, on).in_use


def forbidden(states: Sequence[Spell], *, taken_over: Spell | None = None) -> tuple[Spell, Spell | None] | None:
    """Return the first step that may not follow the one before it, and that one; None where all may.

    A first step may be of any state that can follow 待验收. Two steps on one day are read in the order given.

    Parameters
    ----------
    taken_over : Spell or None
        The step with which an instrument came into the ledger: as the first of all it may be of any state.
    """
    before: Spell | None = None
    for spell in states:
        is_taken_over = before is None and spell == taken_over
        if not is_taken_over and spell.state not in FOLLOWING[before.state if before is not None else UseState.PENDING]:
            return spell, before
        before = spell
    return None


def lacks(
    after: UseState, trace: TraceState, *, repaired: datetime.date | None, issued: datetime.date | None
) -> TraceState | None:
    """Return what stands against a step into use: the state of the certificate, or None where nothing does.

    Parameters
    ----------
    trace : TraceState
        How the instrument stands on the day of the step.
    repaired : date or None
        Day of the repair that the step ends; the certificate must be of that day or later (修理后检定).
    issued : date or None
        Day of the certificate in force.
    """
    if not after.in_use:
        return None
    if not trace.counts:
        return trace
    return TraceState.NEVER if repaired is not None and (issued is None or issued < repaired) else None
