"""Which instruments of a register should stand at a point of the network on a day."""

from __future__ import annotations

import datetime

from tanheng.metrology.instruments.model import Instrument, Register, UseState


def to_be_placed(register: Register, *, on: datetime.date) -> frozenset[str]:
    """Return the codes of what must stand somewhere: in use on the day, not portable, not a part of an installed chain.

    A chain that is installed stands for its members; an installed chain and an installed instrument are named themselves.
    """
    standing = {one.instrument for one in register.installations if one.start <= on and (one.end is None or on < one.end)}
    covered = {member for chain in register.chains if chain.code in standing for member in chain.members}
    return frozenset(
        one.code for one in register.instruments if not one.portable and _in_use(one, on) and one.code not in covered
    )


def _in_use(instrument: Instrument, on: datetime.date) -> bool:
    state: UseState | None = None
    for spell in instrument.states:
        if spell.start <= on:
            state = spell.state
    return state is not None and state.in_use
