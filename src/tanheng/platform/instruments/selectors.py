"""Reading the instrument ledgers. Every read is inside the scope of the request, which hides other plants."""

from __future__ import annotations

import datetime

from tanheng.metrology.instruments.model import Register
from tanheng.platform.instruments.models import (
    Certificate,
    Chain,
    Confirmation,
    Installation,
    Instrument,
    Seal,
    Spell,
    YearEnd,
)
from tanheng.platform.instruments.register import Rows, register_of
from tanheng.platform.plant.selectors import plant_by_code
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant
from tanheng.platform.record.reading import Reads, today

__all__ = ["history", "ledger", "one", "plant_by_code", "register", "today"]

READS = Reads(
    "instruments.read",
    dated={
        Installation: ("started_on", "ended_on"),
        Seal: ("applied_on", "removed_on"),
        Certificate: ("issued_on", ""),
        Confirmation: ("confirmed_on", ""),
        Spell: ("started_on", ""),
        YearEnd: ("frozen_on", ""),
    },
)

ledger, one, history = READS.ledger, READS.one, READS.history


def register(actor: Actor, plant: Plant, *, on: datetime.date | None = None) -> Register:
    """Return the plant's instruments with all that happened to them.

    Parameters
    ----------
    on : date, optional
        Instruments and chains as they were entered for that day; by default their last versions. Spells, installations and
        certificates are always all there: each says itself of which days it speaks, so one register holds the history.

    Raises
    ------
    RightsError
    """
    return register_of(
        Rows(
            instruments=ledger(actor, Instrument, plant, on=on),
            spells=ledger(actor, Spell, plant),
            chains=ledger(actor, Chain, plant, on=on),
            installations=ledger(actor, Installation, plant),
            certificates=ledger(actor, Certificate, plant),
            confirmations=ledger(actor, Confirmation, plant),
        )
    )
