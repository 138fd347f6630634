"""Changing what the plant says of itself: checked, versioned, logged, in one transaction."""

from __future__ import annotations

from tanheng.platform.plant.services import editions
from tanheng.platform.plant.services.keeping import retire, save, save_many

__all__ = ["editions", "retire", "save", "save_many"]
