"""The actor: who does something, what that person may do at which plant, and how sure we are that it is that person.

Services take an actor and check it; menus only mirror what the check would say. People are named in the log by an opaque id.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tanheng.platform.errors import DutiesError, RightsError

_SYSTEM = uuid.uuid5(uuid.NAMESPACE_URL, "urn:tanheng:system")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts.

    Parameters
    ----------
    uid : UUID
        The opaque id that statements carry.
    rights : mapping of plant key → permissions
        What the actor may do at each plant; the key None holds what needs no plant.
    name : str
        For messages on this screen; never logged.
    session : str
        Opaque id of the session or token, empty for the system.
    second_factor : bool
        Whether the session was opened with a second factor.
    """

    uid: uuid.UUID
    rights: Mapping[int | None, frozenset[str]] = field(default_factory=dict)
    name: str = ""
    session: str = ""
    second_factor: bool = False
    is_system: bool = False

    @classmethod
    def system(cls, name: str) -> Actor:
        """Return the platform itself, acting in the job called ``name``."""
        return cls(uuid.uuid5(_SYSTEM, name), name=name, is_system=True)

    def may(self, permission: str, plant: int | None) -> bool:
        """Tell whether the actor may do something at a plant."""
        return self.is_system or permission in self.rights.get(plant, ())

    def plants(self) -> frozenset[int]:
        """Return the plants at which the actor may do anything."""
        return frozenset(plant for plant, rights in self.rights.items() if plant is not None and rights)


def require(actor: Actor, permission: str, plant: int | None) -> None:
    """Refuse an actor who may not do this at this plant.

    Raises
    ------
    RightsError
        Names the permission.
    """
    if not actor.may(permission, plant):
        raise RightsError("platform.rights.missing", permission=permission)


def require_second_factor(actor: Actor) -> None:
    """Refuse an actor whose session has no second factor: signing and approving need one.

    Raises
    ------
    RightsError
    """
    if not (actor.second_factor or actor.is_system):
        raise RightsError("platform.rights.second_factor")


def refuse_same_person(actor: Actor, others: Iterable[uuid.UUID], *, duty: str) -> None:
    """Refuse an actor who is one of ``others`` (separation of duties).

    Parameters
    ----------
    duty : str
        What one person may not do, such as ``"approve what they entered"``.

    Raises
    ------
    DutiesError
    """
    if actor.uid in set(others):
        raise DutiesError("platform.rights.same_person", duty=duty)
