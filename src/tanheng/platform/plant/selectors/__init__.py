"""Reading what the plant says of itself. Every read is inside the scope of the request, which hides other plants."""

from __future__ import annotations

from tanheng.platform.plant.selectors.master import codes, history, ledger, one, plant_by_code, plants
from tanheng.platform.plant.selectors.network import RULE_SETS, Classes, classes, classes_of, definition, network
from tanheng.platform.record.reading import today

__all__ = [
    "RULE_SETS",
    "Classes",
    "classes",
    "classes_of",
    "codes",
    "definition",
    "history",
    "ledger",
    "network",
    "one",
    "plant_by_code",
    "plants",
    "today",
]
