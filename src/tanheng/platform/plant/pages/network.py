"""The carbon-flow network: source streams, nodes, edges, metering points, each a form and what its list and sheet are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import django_tables2
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tanheng.platform.plant import selectors, words
from tanheng.platform.plant.models import Edge, Node, Point, SourceStream
from tanheng.platform.plant.pages.ledgers import CODE_HELP, LINE, OF_PLANT
from tanheng.platform.plant.schemas import edge_1, node_1, point_1, source_stream_1
from tanheng.platform.plant.stream_list import stream_list
from tanheng.platform.record.sniffing import XLSX
from tanheng.platform.ui.additions import related
from tanheng.platform.ui.forms import LedgerForm
from tanheng.platform.ui.ledger import Labels, LedgerPages, ListFile, ListLink, Tab, shown
from tanheng.platform.ui.references import Reference
from tanheng.platform.ui.tables import LedgerTable

_SHARED_HELP = _("Unique among nodes and edges together: both stand in one drawing.")

STREAM = Reference(model=SourceStream, pages="source-streams", by="code")
NODE = Reference(model=Node, pages="nodes", by="code")
PLACE = Reference(model=Edge, pages="edges", by="code", beside=NODE)
POINT = Reference(model=Point, pages="points", by="code")


class SourceStreamTable(LedgerTable):
    """The class that follows from the estimates of all streams stands beside each."""

    grade = django_tables2.Column(accessor="code", verbose_name=_("class (JJF 2309)"), orderable=False, empty_values=())

    def render_emission_year(self, value: int) -> str:
        """Return a year, which is not grouped by thousands."""
        return str(value)

    def render_grade(self, value: str) -> str:
        """Return the class of a stream among all of the plant."""
        if self._page is None:
            return ""
        if not hasattr(self, "_classes"):
            self._classes = selectors.classes_of(self._page.actor, self._page.plant)
        found = self._classes.of(value)
        return shown(found.grade.value, words.GRADES) if found is not None else "—"


class SourceStreamForm(LedgerForm):
    """A source stream."""

    model = SourceStream
    content_type = source_stream_1.SourceStream
    labels: ClassVar[Mapping[str, Labels]] = {"kind": words.EMISSIONS, "item": words.ITEMS}
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "code": CODE_HELP,
        "item": _(
            "A fuel for combustion, a clinker or an alternative raw material for process; none for electricity and heat."
        ),
        "emission": _("It decides the class, which is computed and never entered. Empty while nothing is known."),
        "emission_source": _("Such as the annual report of 2025, table 1."),
    }
    references: ClassVar[Mapping[str, Reference]] = {"line": LINE}


SOURCE_STREAMS: LedgerPages = OF_PLANT.ledger(
    SourceStreamForm,
    name="source-streams",
    title=_("Source streams"),
    noun=pgettext_lazy("one record", "source stream"),
    columns=("code", "name_zh", "name_en", "kind", "line", "item", "emission", "emission_year", "grade", "emission_source"),
    hidden=("name_en", "emission_source", "remark"),
    search=("code", "name_zh", "name_en", "line", "item"),
    by=("kind",),
    examples={
        "code": "1-coal",
        "name_zh": "1号线烟煤",
        "name_en": "Coal of line 1",
        "kind": "combustion",
        "line": "1",
        "item": "bituminous_coal",
        "emission": "482000",
        "emission_year": "2025",
        "emission_source": "2025年度排放报告",
    },
    table=SourceStreamTable,
    tabs=(
        Tab(name="edges", title=_("Edges"), context=related(ledger=lambda: EDGES, field="stream")),
        Tab(name="points", title=_("Metering points"), context=related(ledger=lambda: POINTS, field="stream")),
    ),
    more=(ListLink(title=_("Classes by both rule sets"), route="stream-classes"),),
    files=(ListFile(name="stream-list.xlsx", title=_("List of source streams"), media=XLSX, make=stream_list),),
)


class NodeForm(LedgerForm):
    """A node."""

    model = Node
    content_type = node_1.Node
    labels: ClassVar[Mapping[str, Labels]] = {
        "kind": words.NODE_KINDS,
        "level": words.DEPTHS,
        "system": words.SYSTEMS,
        "stage": words.STAGES,
    }
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "code": _SHARED_HELP,
        "system": _("One of the fourteen production systems; empty outside the enterprise."),
        "stage": _(
            "Decides whether the clinker boundary in use includes it; empty for what is no stage of clinker production."
        ),
    }
    references: ClassVar[Mapping[str, Reference]] = {"line": LINE}


NODES: LedgerPages = OF_PLANT.ledger(
    NodeForm,
    name="nodes",
    title=_("Nodes"),
    noun=pgettext_lazy("one record", "node"),
    hidden=("name_en", "remark"),
    search=("code", "name_zh", "name_en", "line"),
    by=("kind", "level", "system"),
    examples={
        "code": "1-kiln",
        "name_zh": "1号回转窑",
        "name_en": "Kiln 1",
        "kind": "equipment",
        "level": "equipment",
        "system": "clinker",
        "stage": "kiln",
        "line": "1",
    },
    tabs=(
        Tab(name="out", title=_("Flows out"), context=related(ledger=lambda: EDGES, field="start")),
        Tab(name="in", title=_("Flows in"), context=related(ledger=lambda: EDGES, field="end")),
    ),
)


class EdgeForm(LedgerForm):
    """An edge."""

    model = Edge
    content_type = edge_1.Edge
    labels: ClassVar[Mapping[str, Labels]] = {"medium": words.MEDIA}
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "code": _SHARED_HELP,
        "end": _("A way that would lead back to its beginning is refused; dust and flue gas may return."),
        "stream": _("Empty for what is no source stream."),
    }
    references: ClassVar[Mapping[str, Reference]] = {"start": NODE, "end": NODE, "stream": STREAM}


EDGES: LedgerPages = OF_PLANT.ledger(
    EdgeForm,
    name="edges",
    title=_("Edges"),
    noun=pgettext_lazy("one record", "edge"),
    hidden=("name_en", "remark"),
    search=("code", "name_zh", "name_en", "start", "end", "stream"),
    by=("medium",),
    examples={
        "code": "1-coal-kiln",
        "name_zh": "窑头煤粉",
        "name_en": "Coal to the kiln burner",
        "start": "1-coal-mill",
        "end": "1-kiln",
        "medium": "fossil_fuel",
        "stream": "1-coal",
    },
)


class PointForm(LedgerForm):
    """A metering point."""

    model = Point
    content_type = point_1.Point
    labels: ClassVar[Mapping[str, Labels]] = {
        "parameter": words.PARAMETERS,
        "method": words.METHODS,
        "role": words.ROLES,
        "level": words.DEPTHS,
        "energy": words.ENERGIES,
        "collecting": words.COLLECTING,
    }
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "code": CODE_HELP,
        "place": _("An edge, or a node for what has no way of its own: a laboratory's analysis, a stack."),
        "stream": _("Empty only for internal management."),
        "parameter": _("What the standard asks to be metered; it decides which instrument and class are required."),
        "parent": _("The point one level up whose amount is the sum of this one and its sisters."),
        "required_class": _("Where the plant's own plan is stricter than the standard."),
        "frequency": _("As the plant's plan says, such as every shift."),
    }
    references: ClassVar[Mapping[str, Reference]] = {"place": PLACE, "stream": STREAM, "parent": POINT}


POINTS: LedgerPages = OF_PLANT.ledger(
    PointForm,
    name="points",
    title=_("Metering points"),
    noun=pgettext_lazy("one record", "metering point"),
    hidden=("name_en", "method", "parent", "energy", "frequency", "remark", "version", "known_from"),
    search=("code", "name_zh", "name_en", "place", "stream"),
    by=("parameter", "role", "level"),
    examples={
        "code": "MP-101",
        "name_zh": "入磨煤皮带秤",
        "name_en": "Coal to the mill",
        "place": "1-coal-kiln",
        "stream": "1-coal",
        "parameter": "solid_fuel_fired",
        "method": "calculated",
        "role": "activity",
        "level": "system",
        "energy": "coal",
        "collecting": "automatic",
    },
    tabs=(Tab(name="below", title=_("Points below"), context=related(ledger=lambda: POINTS, field="parent")),),
)
