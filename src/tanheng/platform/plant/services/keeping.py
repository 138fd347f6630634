"""Keeping the plant's ledgers: one record, many records, the end of one."""

from __future__ import annotations

from tanheng.platform.plant.services.checks import CHECKS
from tanheng.platform.record.keeping import Keeping

KEEPING = Keeping("plant", permission="plant.write", checks=CHECKS)

save, save_many, retire, hold = KEEPING.save, KEEPING.save_many, KEEPING.retire, KEEPING.hold
