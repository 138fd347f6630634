"""Who reads and writes the instrument ledger, who confirms a certificate, who confirms the ledger of a year."""

from __future__ import annotations

from collections.abc import Mapping

from tanheng.platform.accounts.roles import EVERYBODY, Role

PERMISSIONS: Mapping[str, frozenset[Role]] = {
    "instruments.read": EVERYBODY,
    "instruments.write": frozenset({Role.ADMINISTRATOR, Role.CARBON_MANAGER, Role.METROLOGIST, Role.INSTRUMENT_TECHNICIAN}),
    "instruments.confirm": frozenset({Role.CARBON_MANAGER, Role.METROLOGIST, Role.REVIEWER}),
    "instruments.freeze": frozenset({Role.CARBON_MANAGER, Role.METROLOGIST}),
    "instruments.confirm_year": frozenset({Role.TOP_MANAGER, Role.CARBON_MANAGER, Role.REVIEWER}),
}
