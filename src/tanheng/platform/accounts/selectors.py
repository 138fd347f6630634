"""Reading accounts: the actor behind a request, and who holds which role."""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import Q, QuerySet
from django.utils import timezone

from tanheng.platform.accounts.models import Grant, Token, User
from tanheng.platform.accounts.roles import Role, permissions_of
from tanheng.platform.database.scope import all_plants
from tanheng.platform.record.actor import Actor


def digest(secret: str) -> str:
    """Return what is kept of a link or token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def active_grants(moment: datetime.datetime | None = None) -> QuerySet[Grant]:
    """Return the roles in force at ``moment``."""
    moment = moment or timezone.now()
    return Grant.objects.filter(Q(until__isnull=True) | Q(until__gt=moment), since__lte=moment, user__is_active=True)


def rights_of(user: User) -> Mapping[int | None, frozenset[str]]:
    """Return what a person may do at each plant; under None, what needs no plant."""
    found: dict[int | None, frozenset[str]] = defaultdict(frozenset)
    everywhere: frozenset[str] = frozenset()
    for plant, role in active_grants().filter(user=user).values_list("plant_id", "role"):
        rights = permissions_of(Role(role))
        if plant is None:
            everywhere |= rights
        else:
            found[plant] |= rights
    if everywhere:
        found[None] = everywhere
        for plant in all_plants():
            found[plant] |= everywhere
    return dict(found)


def actor_of(user: User, *, session: str = "", second_factor: bool = False, only: Iterable[str] | None = None) -> Actor:
    """Return the actor that a person is.

    Parameters
    ----------
    session : str
        Opaque id of session or token.
    second_factor : bool
        Whether the session was opened with one.
    only : iterable of str, optional
        Permissions to which a token is limited.
    """
    rights = rights_of(user) if user.is_active else {}
    if only is not None:
        limit = frozenset(only)
        rights = {plant: has & limit for plant, has in rights.items()}
    return Actor(user.uid, rights, name=str(user), session=session, second_factor=second_factor)


def token_of(secret: str) -> Token | None:
    """Return the token in force that ``secret`` is, and its person."""
    now = timezone.now()
    return (
        Token.objects.select_related("user")
        .filter(digest=digest(secret), revoked_at__isnull=True, expires_at__gt=now, user__is_active=True)
        .first()
    )


def has_administrator() -> bool:
    """Tell whether somebody administers the platform."""
    return active_grants().filter(role=Role.ADMINISTRATOR, plant__isnull=True).exists()


def names(uids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return the names of people by their opaque ids, for pages; an id of the platform itself has none."""
    return {user.uid: str(user) for user in User.objects.filter(uid__in=set(uids))}


def mail_addresses(*, plant: int, roles: Iterable[Role]) -> list[tuple[str, str]]:
    """Return e-mail address and language of the people who hold one of ``roles`` at a plant."""
    rows = (
        active_grants()
        .filter(Q(plant_id=plant) | Q(plant__isnull=True), role__in=list(roles))
        .exclude(user__email="")
        .values_list("user__email", "user__language")
    )
    return sorted(set(rows))
