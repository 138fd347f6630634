"""Reading what the plant says of itself. Every read is inside the scope of the request, which hides other plants."""

from __future__ import annotations

from tanheng.platform.plant.selectors.master import codes, history, ledger, one, plant_by_code, plants

__all__ = ["codes", "history", "ledger", "one", "plant_by_code", "plants"]
