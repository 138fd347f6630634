"""Who reads and writes the plant's master data."""

from __future__ import annotations

from collections.abc import Mapping

from tanheng.platform.accounts.roles import EVERYBODY, Role

PERMISSIONS: Mapping[str, frozenset[Role]] = {
    "plant.read": EVERYBODY,
    "plant.write": frozenset({Role.ADMINISTRATOR, Role.CARBON_MANAGER, Role.METROLOGIST, Role.STATISTICIAN}),
}
