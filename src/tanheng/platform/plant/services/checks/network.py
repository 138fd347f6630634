"""What source streams, nodes, edges and points are checked against: all four ledgers together."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from tanheng.core.errors import InputError
from tanheng.platform.plant.models import Edge, Node, Point, SourceStream
from tanheng.platform.plant.rules import network
from tanheng.platform.plant.schemas import edge_1, node_1, point_1, source_stream_1
from tanheng.platform.plant.selectors.records import contents_of, records
from tanheng.platform.record import schema
from tanheng.platform.record.checking import Check, Fault, listed
from tanheng.platform.record.models import Version


class NetworkCheck(Check):
    """Source streams, nodes, edges and points: checked against all four ledgers together."""

    lock = "plant"
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
            found.append((0, InputError("platform.plant.code_used", field="code", value=old.code, users=listed(users))))
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

    def retiring(self, row: Any) -> InputError | None:  # Any: a row
        """Return the fault of a record that others name."""
        content: Any = schema.decode(bytes(row.payload)).content  # Any: as above
        users = self.records.users(content)
        if not users:
            return None
        return InputError("platform.plant.used", field="reason", value=content.code, users=listed(users))


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
