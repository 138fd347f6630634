"""The platform's tests run on a real embedded PostgreSQL."""

# ruff: noqa: E402  # Django is configured before models are imported

from __future__ import annotations

from collections.abc import Callable

import pytest

from tanheng.platform.testing import *  # noqa: F403
from tanheng.platform.testing import configure

configure()

from tanheng.platform.accounts.models import Grant, User
from tanheng.platform.accounts.roles import Role
from tanheng.platform.accounts.selectors import actor_of
from tanheng.platform.database.scope import scope
from tanheng.platform.record import tenants
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant

SYSTEM = Actor.system("tests")


@pytest.fixture
def found_plant(database: str) -> Callable[[str], Plant]:
    """Return a function that founds a plant, or returns the one of that code."""

    def found(code: str) -> Plant:
        from tanheng.platform.database.scope import all_plants

        with scope(all_plants()):
            known = Plant.objects.filter(code=code).first()
        if known is not None:
            return known
        with scope([]):
            return tenants.found(actor=SYSTEM, code=code, name_zh=f"{code}水泥有限公司", name_en=f"{code} cement")

    return found


@pytest.fixture
def plant(found_plant: Callable[[str], Plant]) -> Plant:
    """Return the plant of the module."""
    return found_plant("own-plant")


@pytest.fixture
def other_plant(found_plant: Callable[[str], Plant]) -> Plant:
    """Return a plant of somebody else."""
    return found_plant("other-plant")


@pytest.fixture
def person(database: str) -> Callable[..., User]:
    """Return a function that makes a person with roles at a plant."""
    from django.utils import timezone

    def make(name: str, *roles: Role, at: Plant | None = None, email: str = "") -> User:
        user, new = User.objects.get_or_create(username=name, defaults={"name": name, "email": email})
        if new:
            user.set_password("a long enough password")
            user.save()
        for role in roles:
            Grant.objects.get_or_create(
                user=user, plant=at, role=role, until=None, defaults={"since": timezone.now(), "granted_by": SYSTEM.uid}
            )
        return user

    return make


@pytest.fixture
def actor(person: Callable[..., User], plant: Plant) -> Actor:
    """Return the carbon manager of the plant."""
    return actor_of(person("manager", Role.CARBON_MANAGER, at=plant))
