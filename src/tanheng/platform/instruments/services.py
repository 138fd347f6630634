"""Changing the instrument ledgers: checked, versioned, logged, in one transaction. After an import they are looked at."""

from __future__ import annotations

from tanheng.platform.instruments import watching
from tanheng.platform.instruments.checks import CHECKS
from tanheng.platform.record.keeping import Keeping

KEEPING = Keeping("instruments", permission="instruments.write", checks=CHECKS, after_many=watching.after_commit)

save, save_many, retire, hold = KEEPING.save, KEEPING.save_many, KEEPING.retire, KEEPING.hold
