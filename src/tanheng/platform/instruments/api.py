"""The instrument ledgers in the API."""

from __future__ import annotations

from ninja import Router

from tanheng.platform.instruments import models, selectors, services
from tanheng.platform.instruments.schemas import (
    certificate_1,
    chain_1,
    confirmation_1,
    installation_1,
    instrument_1,
    seal_1,
    spell_1,
)
from tanheng.platform.record.resource import Ledger, add_ledger

router = Router()

for one in (
    Ledger("instruments", models.Instrument, instrument_1.Instrument, selectors, services),
    Ledger("spells", models.Spell, spell_1.Spell, selectors, services),
    Ledger("installations", models.Installation, installation_1.Installation, selectors, services),
    Ledger("chains", models.Chain, chain_1.Chain, selectors, services),
    Ledger("seals", models.Seal, seal_1.Seal, selectors, services),
    Ledger("certificates", models.Certificate, certificate_1.Certificate, selectors, services),
    Ledger("confirmations", models.Confirmation, confirmation_1.Confirmation, selectors, services),
):
    add_ledger(router, one)
