"""What each role may do: read from where the apps say it, so that the page cannot differ from the check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tanheng.platform.accounts import roles
from tanheng.platform.accounts.roles import Role
from tanheng.platform.accounts.selectors import active_grants
from tanheng.platform.ui.frame import Page

TITLES: Mapping[str, Promise] = {
    "accounts.manage": _("Invite people, give and take roles"),
    "record.found_plant": _("Found a plant"),
    "record.begin_epoch": _("Decide, as one of two, that a log begins anew"),
    "record.read": _("Read log entries, files and rule sets"),
    "record.read_audit": _("Read the audit trail"),
    "record.attach": _("Hand in files"),
    "notice.read": _("See alarms and duties"),
    "notice.acknowledge": _("Acknowledge alarms"),
    "notice.shelve": _("Shelve alarms"),
    "notice.rules": _("Set the rules of alarms"),
    "notice.finish_duty": _("Report a duty as done"),
    "notice.comment": _("Comment"),
    "operation.read": _("See backups, checks and storage"),
    "plant.read": _("Read the master data of the plant"),
    "plant.write": _("Change the master data of the plant"),
    "instruments.read": _("Read the instrument ledger"),
    "instruments.write": _("Change the instrument ledger"),
    "instruments.confirm": _("Confirm instruments as fit for use"),
    "instruments.freeze": _("Freeze the register of a year"),
    "instruments.confirm_year": _("Confirm the register of a year"),
}
"""A right without a title is shown by its code."""


@dataclass(frozen=True, slots=True)
class Rights:
    """One role: how many hold it at the plant, what it may do, and which roles it excludes."""

    title: str
    holders: int
    allowed: list[tuple[str, Promise | str]]
    excluded: list[str]


class Roles(Page):
    """Every role with its rights."""

    template = "ui/roles.html"
    permission: ClassVar[str] = "record.read"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the page."""
        held = Counter(active_grants().filter(plant=self.plant).values_list("role", flat=True))
        listed = [
            Rights(
                title=str(role.label),
                holders=held[role],
                allowed=[(code, TITLES.get(code, code)) for code in sorted(roles.permissions_of(role))],
                excluded=[str(other.label) for other in Role if roles.conflicts(role, [other])],
            )
            for role in Role
        ]
        return self.show({"listed": listed, "may_manage": self.actor.may("accounts.manage", self.plant.pk)})
