"""What a ledger is checked against before a version is written: the content alone, and the plant's other records.

A check is made once for a transaction, after the ledger's lock is taken, and reads what it needs then.
"""

from __future__ import annotations

import abc
import datetime
import uuid
from collections.abc import Sequence
from typing import Any, ClassVar

from tanheng.core.errors import InputError
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant, Version
from tanheng.platform.record.reading import today

Fault = tuple[int, InputError]
"""The place of a content among those that are checked, counted from 0, and what is wrong with it."""


class Check(abc.ABC):
    """What a ledger is checked by, and what follows from writing it. Only its faults have to be said.

    Attributes
    ----------
    lock : str
        Ledgers of one lock are written by one transaction at a time.
    permission : str
        What writing the ledger needs, where that is not the permission of its app.
    """

    lock: ClassVar[str]
    permission: ClassVar[str] = ""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        self.today = today(plant)

    @abc.abstractmethod
    def faults(self, contents: Sequence[Any], subject: uuid.UUID | None) -> list[Fault]:  # Any: contents of the ledger
        """Return what is wrong, each with the place of its content; ``subject`` is the record that is corrected, if any."""

    def validity(self, valid_from: datetime.date | None, valid_to: datetime.date | None) -> list[InputError]:  # noqa: ARG002
        """Return what is wrong with the days for which a content is to hold; by default any will do."""
        return []

    def allow(self, contents: Sequence[Any], actor: Actor) -> None:  # noqa: B027  # Any: as above
        """Raise where good contents may not come from this actor, such as by separation of duties; by default they may."""

    def settle(self, rows: Sequence[Any], seen: int | None, actor: Actor) -> None:  # noqa: B027  # Any: rows of the ledger
        """Do what follows from rows just written; ``seen`` is the version a correction was made from, None of new records."""

    def retiring(self, row: Any) -> InputError | None:  # noqa: ARG002  # Any: as above
        """Return why a record cannot end, of which this is the last version; by default nothing depends on it."""
        return None


class CheckAlone(Check):
    """A ledger whose records stand for themselves: each is checked alone, and its key is unique.

    Attributes
    ----------
    key : tuple of str
        Fields of which no two records have the same; empty for a ledger of one record.
    named_by : tuple
        Ledgers whose records name one of this ledger by the last field of its key: the model, the field that holds it, and
        the field by which a message names such a record. A record that is named keeps that key, and does not end.
    """

    model: ClassVar[type[Version]]
    key: ClassVar[tuple[str, ...]] = ("code",)
    named_by: ClassVar[tuple[tuple[type[Version], str, str], ...]] = ()

    def faults(self, contents: Sequence[Any], subject: uuid.UUID | None) -> list[Fault]:  # Any: contents of the ledger
        """Return the faults of each content, and only of a good one that its key is taken."""
        used: set[tuple[str, ...]] | None = None
        found: list[Fault] = []
        for place, content in enumerate(contents):
            own = self.content(content)
            if not own:
                used = self._used(contents, subject) if used is None else used
                key = self.key_of(content)
                if key in used:
                    own = [self.taken(content)]
                used.add(key)
            found += [(place, fault) for fault in own]
        return found or [(0, fault) for fault in self._renamed(contents, subject)]

    def retiring(self, row: Any) -> InputError | None:  # Any: as above
        """Return the fault of a record that others name."""
        name = str(getattr(row, self.key[-1])) if self.named_by else ""
        users = self._users(name)
        return InputError("platform.plant.used", field="reason", value=name, users=listed(users)) if users else None

    @abc.abstractmethod
    def content(self, content: Any) -> list[InputError]:  # Any: as above
        """Return the faults of a content."""

    def key_of(self, content: Any) -> tuple[str, ...]:  # Any: as above
        """Return what must be unique."""
        return tuple(str(getattr(content, name)) for name in self.key)

    def taken(self, content: Any) -> InputError:  # Any: as above
        """Return the fault of a key that another record has."""
        return InputError("platform.plant.taken", field=self.key[-1], value=getattr(content, self.key[-1]))

    def _renamed(self, contents: Sequence[Any], subject: uuid.UUID | None) -> list[InputError]:  # Any: as above
        """Return the fault of a correction that takes away the key by which others name the record."""
        if subject is None or not self.named_by:
            return []
        rows: Any = self.model._default_manager  # Any: heirs of Version; Django's documented name
        field = self.key[-1]
        old = rows.filter(plant=self.plant, subject=subject).order_by("-version").values_list(field, flat=True).first()
        users = self._users(str(old)) if old is not None and old != getattr(contents[0], field) else []
        return [InputError("platform.plant.code_used", field=field, value=old, users=listed(users))] if users else []

    def _users(self, name: str) -> list[str]:
        """Return what names a record, as messages call it."""
        found: list[str] = []
        for model, field, shown in self.named_by:
            rows: Any = model._default_manager  # Any: as above
            users = rows.filter(plant=self.plant).latest_versions().filter(**{field: name})
            found += sorted(str(user) for user in users.values_list(shown, flat=True))
        return found

    def _used(self, contents: Sequence[Any], subject: uuid.UUID | None) -> set[tuple[str, ...]]:  # Any: as above
        """Return the keys in use. Most keys were never used: for one content that is found out by one look-up."""
        rows: Any = self.model._default_manager  # Any: heirs of Version; Django's documented name
        rows = rows.filter(plant=self.plant)
        if len(contents) == 1 and self.key:
            wanted = {name: getattr(contents[0], name) for name in self.key}
            others = rows.filter(**wanted)
            if not others.exclude(subject=subject).exists():
                return set()
            rows = rows.filter(subject__in=others.values("subject"))
        rows = rows.latest_versions()
        if subject is not None:
            rows = rows.exclude(subject=subject)
        return {self.key_of(row) for row in rows}


def refuse(faults: Sequence[InputError]) -> None:
    """Raise one refusal with every fault, where there is any."""
    if faults:
        raise InputError("platform.plant.refused", findings=list(faults), count=len(faults))


def listed(names: Sequence[str]) -> str:
    """Return names for a message, the first ten of many."""
    return ", ".join(names[:10]) + (" …" if len(names) > 10 else "")
