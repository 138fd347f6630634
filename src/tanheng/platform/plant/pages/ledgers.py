"""What the ledgers of the plant share: who reads and writes them, and the records that several of them name."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tanheng.platform.plant import selectors, services
from tanheng.platform.plant.models import Line, Site
from tanheng.platform.ui.described import LedgersOf
from tanheng.platform.ui.references import Reference

OF_PLANT = LedgersOf(reads=selectors, writes=services, read="plant.read", write="plant.write")

LINE = Reference(model=Line, pages="lines", by="code")
SITE = Reference(model=Site, pages="sites", by="code")

CODE_HELP = _("Short and lasting: letters, digits, point, hyphen, underscore.")
