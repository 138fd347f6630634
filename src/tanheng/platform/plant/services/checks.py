"""What each ledger of the plant is checked against: the content alone, and the plant's other records.

A check is made once for a transaction, after the ledger's lock is taken, and reads what it needs then.
"""

from __future__ import annotations

import abc
import datetime
import functools
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from tanheng.core.errors import InputError
from tanheng.platform.plant import rules
from tanheng.platform.plant.models import (
    ClinkerBoundary,
    Edge,
    Edition,
    Enterprise,
    Equipment,
    Line,
    Node,
    Permit,
    Point,
    Site,
    SourceStream,
)
from tanheng.platform.plant.rules import equipment, network
from tanheng.platform.plant.rules.fields import lengths, present
from tanheng.platform.plant.schemas import edge_1, node_1, point_1, source_stream_1
from tanheng.platform.plant.schemas.edition_1 import EditionKind
from tanheng.platform.plant.selectors.master import codes, today
from tanheng.platform.plant.selectors.records import contents_of, records
from tanheng.platform.record.models import Attachment, Plant, Version

Fault = tuple[int, InputError]
_HASH = re.compile(r"[0-9a-f]{64}")


class Check(abc.ABC):
    """What a ledger is checked by.

    Attributes
    ----------
    lock : str
        Ledgers of one lock are written by one transaction at a time.
    """

    lock: ClassVar[str]

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        self.today = today(plant)

    @abc.abstractmethod
    def faults(self, contents: Sequence[Any], subject: uuid.UUID | None) -> list[Fault]:  # Any: contents of the ledger
        """Return what is wrong, each with the place of its content; ``subject`` is the record that is corrected, if any."""

    def retiring(self, content: Any) -> InputError | None:  # noqa: ARG002  # Any: as above
        """Return why a record cannot end; by default nothing depends on it."""
        return None


class _Alone(Check):
    """A ledger whose records stand for themselves: each is checked alone, and its key is unique."""

    model: ClassVar[type[Version]]
    key: ClassVar[tuple[str, ...]] = ("code",)

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
        return found

    @abc.abstractmethod
    def content(self, content: Any) -> list[InputError]:  # Any: as above
        """Return the faults of a content."""

    def key_of(self, content: Any) -> tuple[str, ...]:  # Any: as above
        """Return what must be unique."""
        return tuple(str(getattr(content, name)) for name in self.key)

    def taken(self, content: Any) -> InputError:  # Any: as above
        """Return the fault of a key that another record has."""
        return InputError("platform.plant.taken", field=self.key[-1], value=getattr(content, self.key[-1]))

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
        return {tuple(str(getattr(row, name)) for name in self.key) for row in rows}


class EnterpriseCheck(_Alone):
    """There is one enterprise."""

    lock = "enterprise"
    model = Enterprise
    key = ()

    def content(self, content: Any) -> list[InputError]:  # Any: as above
        """Return its faults."""
        return rules.check_enterprise(content, today=self.today)

    def taken(self, content: Any) -> InputError:  # noqa: ARG002  # Any: as above
        """Return that there is one already."""
        return InputError("platform.plant.one_enterprise", field="credit_code", plant=self.plant.code)


class SiteCheck(_Alone):
    """Sites."""

    lock = "site"
    model = Site

    def content(self, content: Any) -> list[InputError]:  # Any: as above
        """Return its faults."""
        return rules.check_site(content)


class PermitCheck(_Alone):
    """Permits."""

    lock = "permit"
    model = Permit
    key = ("kind", "number")

    def __init__(self, plant: Plant) -> None:
        super().__init__(plant)
        self.lines = codes(Line, plant.pk)

    def content(self, content: Any) -> list[InputError]:  # Any: as above
        """Return its faults."""
        return rules.check_permit(content, lines=self.lines, today=self.today)


class LineCheck(_Alone):
    """Production lines."""

    lock = "line"
    model = Line

    def __init__(self, plant: Plant) -> None:
        super().__init__(plant)
        self.sites = codes(Site, plant.pk)

    def content(self, content: Any) -> list[InputError]:  # Any: as above
        """Return its faults."""
        return rules.check_line(content, sites=self.sites, today=self.today)


class EquipmentCheck(_Alone):
    """Equipment and fuel use."""

    lock = "equipment"
    model = Equipment

    def __init__(self, plant: Plant) -> None:
        super().__init__(plant)
        self.lines = codes(Line, plant.pk)
        self.sites = codes(Site, plant.pk)

    def content(self, content: Any) -> list[InputError]:  # Any: as above
        """Return its faults."""
        has_document = _has_file(self.plant, content.document)
        return equipment.check_equipment(content, lines=self.lines, sites=self.sites, has_document=has_document)


class BoundaryCheck(_Alone):
    """One clinker boundary is in use; another is chosen by a correction, from a day on."""

    lock = "clinker_boundary"
    model = ClinkerBoundary
    key = ()

    def content(self, content: Any) -> list[InputError]:  # Any: as above
        """Return its faults."""
        return equipment.check_boundary(content, has_document=_has_file(self.plant, content.document))

    def taken(self, content: Any) -> InputError:  # noqa: ARG002  # Any: as above
        """Return that there is one already."""
        return InputError("platform.plant.one_boundary", field="definition")


class EditionCheck(_Alone):
    """Editions: as built only after a walk-down."""

    lock = "network"
    model = Edition
    key = ("title",)

    def content(self, content: Any) -> list[InputError]:  # Any: as above
        """Return its faults."""
        faults = [*present(content, "title", 100), *lengths(content, persons=200, remark=2000)]
        if content.kind is EditionKind.AS_BUILT:
            if content.walked_on is None:
                faults.append(InputError("platform.plant.walk_missing", field="walked_on"))
            if not content.persons.strip():
                faults.append(InputError("platform.plant.walkers_missing", field="persons"))
            faults += self._past("drawn_on", content.drawn_on)
        return faults + self._past("walked_on", content.walked_on)

    def _past(self, field: str, day: datetime.date | None) -> list[InputError]:
        late = day is not None and day > self.today
        return [InputError("platform.plant.future", field=field, value=day)] if late else []


class NetworkCheck(Check):
    """Source streams, nodes, edges and points: checked against all four ledgers together."""

    lock = "network"
    model: ClassVar[type[Version]]
    kinds: ClassVar[tuple[type, ...]]  # of the contents among which codes are unique

    @functools.cached_property
    def records(self) -> network.Records:
        """Return the four ledgers as they stand."""
        return records(self.plant)

    def faults(self, contents: Sequence[Any], subject: uuid.UUID | None) -> list[Fault]:  # Any: contents of the ledger
        """Return the faults of the contents, then those of the network that they make."""
        old = contents_of(self.model, self.plant, subject)
        if old is not None and contents[0] == old:
            return []  # a sheet that comes back corrects few of its rows
        before = self.records
        rest = before.without(old) if old is not None else before
        found = list(self._taken(contents, rest))
        if old is not None and contents[0].code != old.code and (users := before.users(old)):
            found.append((0, InputError("platform.plant.code_used", field="code", value=old.code, users=_listed(users))))
        after = rest.with_all(contents)
        for place, content in enumerate(contents):
            found += [(place, fault) for fault in network.check(content, after, year=self.today.year)]
        return found or network.newly_wrong(before, after, contents)

    def _taken(self, contents: Sequence[Any], rest: network.Records) -> Iterable[Fault]:  # Any: as above
        used = {code for kind in self.kinds for code in rest.of(kind)}
        for place, content in enumerate(contents):
            if content.code in used:
                yield place, InputError("platform.plant.taken", field="code", value=content.code)
            used.add(content.code)

    def retiring(self, content: Any) -> InputError | None:  # Any: as above
        """Return the fault of a record that others name."""
        users = self.records.users(content)
        if not users:
            return None
        return InputError("platform.plant.used", field="reason", value=content.code, users=_listed(users))


class StreamCheck(NetworkCheck):
    """Source streams."""

    model = SourceStream
    kinds = (source_stream_1.SourceStream,)


class NodeCheck(NetworkCheck):
    """Nodes share their codes with edges."""

    model = Node
    kinds = (node_1.Node, edge_1.Edge)


class EdgeCheck(NetworkCheck):
    """Edges share their codes with nodes."""

    model = Edge
    kinds = (edge_1.Edge, node_1.Node)


class PointCheck(NetworkCheck):
    """Metering points."""

    model = Point
    kinds = (point_1.Point,)


CHECKS: Mapping[type[Version], type[Check]] = {
    Enterprise: EnterpriseCheck,
    Site: SiteCheck,
    Permit: PermitCheck,
    Line: LineCheck,
    SourceStream: StreamCheck,
    Node: NodeCheck,
    Edge: EdgeCheck,
    Point: PointCheck,
    Equipment: EquipmentCheck,
    Edition: EditionCheck,
    ClinkerBoundary: BoundaryCheck,
}


def _listed(codes_of: list[str]) -> str:
    """Return codes for a message, the first ten of many."""
    return ", ".join(codes_of[:10]) + (" …" if len(codes_of) > 10 else "")


def _has_file(plant: Plant, sha256: str) -> bool:
    return bool(_HASH.fullmatch(sha256)) and Attachment.objects.filter(plant=plant, sha256=sha256).exists()
