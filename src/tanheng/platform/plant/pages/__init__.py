"""The pages of the plant app."""

from __future__ import annotations

from tanheng.platform.plant.pages.master import ENTERPRISES, LINES, PERMITS, SITES
from tanheng.platform.ui.addresses import ledger_urls

urlpatterns = [ledger_urls(ledger) for ledger in (ENTERPRISES, SITES, PERMITS, LINES)]
