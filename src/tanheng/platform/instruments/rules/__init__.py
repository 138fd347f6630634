"""What the records of the instrument ledgers must satisfy; each fault names its field, its value and the cure."""

from __future__ import annotations

from tanheng.core.errors import InputError
from tanheng.platform.instruments.known import Content, Known
from tanheng.platform.instruments.rules.certificate import check_certificate, check_confirmation
from tanheng.platform.instruments.rules.installation import check_chain, check_installation, check_seal
from tanheng.platform.instruments.rules.instrument import check_instrument, check_spell, out_of_turn
from tanheng.platform.instruments.schemas import (
    certificate_1,
    chain_1,
    confirmation_1,
    installation_1,
    instrument_1,
    seal_1,
    spell_1,
)

__all__ = ["check", "out_of_turn"]


def check(content: Content, known: Known) -> list[InputError]:
    """Return the faults of a record."""
    match content:
        case instrument_1.Instrument():
            return check_instrument(content, known)
        case spell_1.Spell():
            return check_spell(content, known)
        case installation_1.Installation():
            return check_installation(content, known)
        case chain_1.Chain():
            return check_chain(content, known)
        case seal_1.Seal():
            return check_seal(content, known)
        case certificate_1.Certificate():
            return check_certificate(content, known)
        case confirmation_1.Confirmation():
            return check_confirmation(content, known)
