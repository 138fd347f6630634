"""What the roles may do with accounts, and with the apps below that know no roles."""

from __future__ import annotations

from collections.abc import Mapping

from tanheng.platform.accounts.roles import EVERYBODY, MAKERS, OUTSIDERS, PREPARERS, Role

_ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})

PERMISSIONS: Mapping[str, frozenset[Role]] = {
    "accounts.manage": _ADMINISTRATOR,
    "record.found_plant": _ADMINISTRATOR,
    "record.begin_epoch": frozenset({Role.ADMINISTRATOR, Role.CARBON_MANAGER}),
    "record.read": EVERYBODY,
    "record.read_audit": frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.VERIFIER}),
    "record.attach": PREPARERS | {Role.ADMINISTRATOR, Role.AUDITOR},
    "operation.read": frozenset({Role.ADMINISTRATOR, Role.TOP_MANAGER, Role.CARBON_MANAGER, Role.AUDITOR, Role.VERIFIER}),
    "notice.read": EVERYBODY,
    "notice.acknowledge": MAKERS | {Role.CARBON_MANAGER, Role.REVIEWER, Role.ADMINISTRATOR},
    "notice.shelve": frozenset({Role.METROLOGIST, Role.CARBON_MANAGER, Role.ADMINISTRATOR}),
    "notice.rules": frozenset({Role.CARBON_MANAGER, Role.ADMINISTRATOR}),
    "notice.finish_duty": PREPARERS | {Role.TOP_MANAGER, Role.ADMINISTRATOR, Role.AUDITOR},
    "notice.comment": OUTSIDERS | PREPARERS,
}
