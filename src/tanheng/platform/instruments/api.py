"""The instrument ledgers in the API."""

from __future__ import annotations

from ninja import Router

from tanheng.platform.instruments.pages import LEDGERS
from tanheng.platform.record.resource import add_ledger
from tanheng.platform.ui.described import in_the_api

router = Router()

for one in LEDGERS:
    add_ledger(router, in_the_api(one))
