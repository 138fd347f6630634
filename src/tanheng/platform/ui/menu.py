"""The menu: eleven chapters, and of their pages those that the person may open.

An item whose page does not exist yet is shown and is no link.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from django.urls import NoReverseMatch, get_urlconf, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant


@functools.lru_cache(maxsize=512)
def _address(route: str, urlconf: str | None) -> str:  # noqa: ARG001  # what the answer depends on
    """Return the address of a route, empty while it has none; it is the same for all requests."""
    try:
        return reverse(route) if route else ""
    except NoReverseMatch:
        return ""


@functools.lru_cache(maxsize=512)
def _permission(route: str, urlconf: str | None) -> str:
    """Return what the page of a route asks for at the plant, empty where it is open to everybody who is logged in."""
    view = getattr(resolve(_address(route, urlconf), urlconf).func, "view_class", None)
    ledger = getattr(view, "ledger", None)
    return str(ledger.read if ledger is not None else getattr(view, "permission", ""))


@dataclass(frozen=True, slots=True)
class Item:
    """One page of the menu; ``route`` is empty while there is none."""

    title: Promise | str
    route: str = ""

    @property
    def address(self) -> str:
        """Return the address, empty while the page does not exist."""
        return _address(self.route, get_urlconf())

    def open_to(self, actor: Actor, plant: Plant | None) -> bool:
        """Tell whether the page answers this person at this plant; one that does not exist yet is kept from nobody."""
        if not self.address or self.route == "overview":
            return True
        return plant is not None and _allowed(actor, _permission(self.route, get_urlconf()), plant)


def _allowed(actor: Actor, permission: str, plant: Plant) -> bool:
    return not permission or actor.may(permission, plant.pk)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading of the menu with its pages."""

    title: Promise | str
    items: tuple[Item, ...]

    def holds(self, path: str) -> bool:
        """Tell whether the page at ``path`` belongs here."""
        return any(_inside(path, item.address) for item in self.items)


def _inside(path: str, address: str) -> bool:
    return bool(address) and (path == address or (address != "/" and path.startswith(address)))


MENU: tuple[Chapter, ...] = (
    Chapter(
        pgettext_lazy("chapter", "Overview"),
        (Item(_("Overview"), "overview"), Item(_("Big screen")), Item(_("Carbon flow"), "flow")),
    ),
    Chapter(
        _("Carbon metering"),
        (
            Item(_("Fuel combustion")),
            Item(_("Process emissions")),
            Item(_("Electricity and heat")),
            Item(_("Stack measurement")),
            Item(_("Mass balance")),
            Item(_("Mathematical model")),
        ),
    ),
    Chapter(
        _("Materials and fuels"),
        (Item(_("Lot ledger")), Item(_("Laboratory")), Item(_("Clinker and stocktaking")), Item(_("Factor library"))),
    ),
    Chapter(_("Transmission"), (Item(_("Terminals")), Item(_("Points")), Item(_("Reception log")))),
    Chapter(
        _("Instruments and people"),
        (
            Item(_("Instrument ledger"), "instruments:list"),
            Item(_("Metering points"), "points:list"),
            Item(_("Equipping rate"), "equipping-rate"),
            Item(_("Metering network"), "metering-network"),
            Item(_("Verification and calibration"), "certificates:list"),
            Item(_("Control charts")),
            Item(_("Calibration impact")),
            Item(_("People")),
            Item(_("Documents of the system")),
        ),
    ),
    Chapter(
        _("Trusted data"),
        (
            Item(_("Trust at the source")),
            Item(_("Trust on the platform")),
            Item(_("Evidence log"), "evidence-log"),
            Item(_("Number passport")),
        ),
    ),
    Chapter(
        _("Accuracy and quality"),
        (
            Item(_("Data calendar")),
            Item(_("Data check report")),
            Item(_("Cross-checks")),
            Item(_("Uncertainty")),
            Item(_("Restatements")),
        ),
    ),
    Chapter(_("Metrology review"), (Item(_("Review desk")), Item(_("Non-conformities")))),
    Chapter(
        _("Reports"),
        (Item(_("Month closing")), Item(_("Monthly evidence pack")), Item(_("Annual report")), Item(_("Data quality plan"))),
    ),
    Chapter(
        _("Carbon applications"),
        (
            Item(_("Supervision")),
            Item(_("Reduction analysis")),
            Item(_("Carbon assets")),
            Item(_("Product footprint")),
            Item(_("Carbon management system")),
        ),
    ),
    Chapter(
        _("Information and system"),
        (
            Item(_("Enterprise"), "enterprises:list"),
            Item(_("Sites"), "sites:list"),
            Item(_("Production lines"), "lines:list"),
            Item(_("Boundaries of carbon metering"), "boundary"),
            Item(_("Source streams"), "source-streams:list"),
            Item(_("Equipment and fuel use"), "equipment:list"),
            Item(_("Nodes"), "nodes:list"),
            Item(_("Edges"), "edges:list"),
            Item(_("Editions of the network"), "editions:list"),
            Item(_("Permits"), "permits:list"),
            Item(_("Organisation and rights"), "people"),
            Item(_("Roles and rights"), "roles"),
            Item(_("Rule sets"), "rule-sets"),
            Item(_("Backup and restore"), "keeping"),
            Item(_("Audit trail"), "audit-trail"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A chapter as one request sees it."""

    title: Promise | str
    is_open: bool
    items: tuple[tuple[Promise | str, str, bool], ...]


def shown(path: str, actor: Actor, plant: Plant | None) -> list[Shown]:
    """Return the menu of a request: of each item that is open to the actor title, address, whether it is the present page."""
    found = []
    for chapter in MENU:
        there = [item for item in chapter.items if item.open_to(actor, plant)]
        items = tuple((item.title, item.address, _inside(path, item.address)) for item in there)
        found.append(Shown(chapter.title, chapter.holds(path), items))
    return found
