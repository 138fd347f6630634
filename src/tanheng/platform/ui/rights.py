"""What each role may do: read from where the apps say it, so that the page cannot differ from the check."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

from tanheng.platform.accounts import roles
from tanheng.platform.accounts.roles import Role
from tanheng.platform.accounts.selectors import active_grants
from tanheng.platform.ui.frame import Page
from tanheng.platform.ui.titles_of_rights import TITLES


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
