"""Roles: who does what in a plant's carbon management, and which two roles one person cannot hold at one plant.

The list is clause 5.3 of the management system (``domain/management.md`` A.3) and those who make the data. What a role may do
is said by the apps, each in its module ``permissions`` as ``PERMISSIONS: {permission: roles}``.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Iterable, Mapping

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is at a plant."""

    ADMINISTRATOR = "administrator", _("System administrator")  # 系统管理员
    TOP_MANAGER = "top_manager", _("Top manager")  # 最高管理者
    CARBON_MANAGER = "carbon_manager", _("Carbon manager")  # 碳管理负责人
    DATA_ENTRY = "data_entry", _("Data entry clerk")  # 数据填报员
    STATISTICIAN = "statistician", _("Statistician")  # 统计员
    WEIGHER = "weigher", _("Weighbridge operator")  # 司磅员
    SAMPLER = "sampler", _("Sampler")  # 采制样员
    ANALYST = "analyst", _("Laboratory analyst")  # 化验员
    METROLOGIST = "metrologist", _("Metering engineer")  # 计量员
    INSTRUMENT_TECHNICIAN = "instrument_technician", _("Instrument technician")  # 仪表工
    CONTROL_ROOM_LEADER = "control_room_leader", _("Control room shift leader")  # 中控班长
    REVIEWER = "reviewer", _("Data reviewer")  # 数据审核员
    AUDITOR = "auditor", _("Internal auditor")  # 内审员
    TRADER = "trader", _("Trader")  # 交易员
    TRADE_APPROVER = "trade_approver", _("Trade approver")  # 交易审批人
    SETTLEMENT = "settlement", _("Settlement accountant")  # 财务结算
    RISK = "risk", _("Risk controller")  # 风控
    COMPLIANCE = "compliance", _("Compliance officer")  # 履约专员
    VERIFIER = "verifier", _("Verification body")  # 核查机构
    METROLOGY_REVIEWER = "metrology_reviewer", _("Metrology reviewer")  # 计量审查员
    SUPERVISOR = "supervisor", _("Supervising authority")  # 监管用户
    INTEGRATOR = "integrator", _("Integrator")  # 集成商


EVERYBODY = frozenset(Role)
MAKERS = frozenset(
    {
        Role.DATA_ENTRY,
        Role.STATISTICIAN,
        Role.WEIGHER,
        Role.SAMPLER,
        Role.ANALYST,
        Role.METROLOGIST,
        Role.INSTRUMENT_TECHNICIAN,
        Role.CONTROL_ROOM_LEADER,
    }
)
"""Those who make the data."""

PREPARERS = MAKERS | {Role.CARBON_MANAGER, Role.REVIEWER, Role.COMPLIANCE}
"""Those who prepare a report."""

TRADING = frozenset({Role.TRADER, Role.TRADE_APPROVER, Role.SETTLEMENT, Role.RISK})
OUTSIDERS = frozenset({Role.VERIFIER, Role.METROLOGY_REVIEWER, Role.SUPERVISOR})

# Pairs of sets: who holds a role of the first cannot hold one of the second at the same plant.
EXCLUSIVE: tuple[tuple[frozenset[Role], frozenset[Role]], ...] = (
    (frozenset({Role.TRADER}), frozenset({Role.TRADE_APPROVER, Role.SETTLEMENT, Role.RISK})),
    (frozenset({Role.SETTLEMENT}), frozenset({Role.TRADE_APPROVER})),
    (OUTSIDERS, PREPARERS | TRADING | {Role.TOP_MANAGER, Role.AUDITOR}),
    (frozenset({Role.INTEGRATOR}), frozenset({Role.REVIEWER, Role.AUDITOR})),
)

# Roles that may be given for all plants at once.
WHOLE_PLATFORM = frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR})


def conflicts(role: Role, held: Iterable[Role]) -> list[Role]:
    """Return which of the roles held exclude ``role``."""
    found: set[Role] = set()
    for one, other in EXCLUSIVE:
        if role in one:
            found |= other & set(held)
        if role in other:
            found |= one & set(held)
    return sorted(found)


@functools.cache
def permissions() -> Mapping[str, frozenset[Role]]:
    """Return the roles that have each permission, as the apps say."""
    found: dict[str, frozenset[Role]] = {}
    for config in apps.get_app_configs():
        if not config.name.startswith("tanheng."):
            continue
        try:
            module = importlib.import_module(f"{config.name}.permissions")
        except ModuleNotFoundError as error:
            if error.name != f"{config.name}.permissions":
                raise
            continue
        found.update(module.PERMISSIONS)
    return found


@functools.cache
def permissions_of(role: Role) -> frozenset[str]:
    """Return what a role may do."""
    return frozenset(name for name, roles in permissions().items() if role in roles)
