"""The ledgers of the network, of equipment, of editions and of the clinker boundary in use."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tanheng.platform.plant import models, selectors, services
from tanheng.platform.plant.filters import network as filters
from tanheng.platform.plant.forms import network as forms
from tanheng.platform.plant.pages import editions as edition_pages
from tanheng.platform.plant.resources import network as resources
from tanheng.platform.plant.stream_list import stream_list
from tanheng.platform.plant.tables import network as tables
from tanheng.platform.record.sniffing import XLSX
from tanheng.platform.ui.additions import related
from tanheng.platform.ui.ledger import LedgerPages, ListFile, ListLink, Tab

SOURCE_STREAMS: LedgerPages = LedgerPages(
    name="source-streams",
    title=_("Source streams"),
    noun=pgettext_lazy("one record", "source stream"),
    model=models.SourceStream,
    table=tables.SourceStreamTable,
    filters=filters.SourceStreamFilter,
    form=forms.SourceStreamForm,
    resource=resources.SourceStreamResource,
    reads=selectors,
    writes=services,
    read="plant.read",
    write="plant.write",
    headline="code",
    tabs=(
        Tab(name="edges", title=_("Edges"), context=related(ledger=lambda: EDGES, field="stream")),
        Tab(name="points", title=_("Metering points"), context=related(ledger=lambda: POINTS, field="stream")),
    ),
    more=(ListLink(title=_("Classes by both rule sets"), route="stream-classes"),),
    files=(ListFile(name="stream-list.xlsx", title=_("List of source streams"), media=XLSX, make=stream_list),),
)
NODES: LedgerPages = LedgerPages(
    name="nodes",
    title=_("Nodes"),
    noun=pgettext_lazy("one record", "node"),
    model=models.Node,
    table=tables.NodeTable,
    filters=filters.NodeFilter,
    form=forms.NodeForm,
    resource=resources.NodeResource,
    reads=selectors,
    writes=services,
    read="plant.read",
    write="plant.write",
    headline="code",
    tabs=(
        Tab(name="out", title=_("Flows out"), context=related(ledger=lambda: EDGES, field="start")),
        Tab(name="in", title=_("Flows in"), context=related(ledger=lambda: EDGES, field="end")),
    ),
)
EDGES: LedgerPages = LedgerPages(
    name="edges",
    title=_("Edges"),
    noun=pgettext_lazy("one record", "edge"),
    model=models.Edge,
    table=tables.EdgeTable,
    filters=filters.EdgeFilter,
    form=forms.EdgeForm,
    resource=resources.EdgeResource,
    reads=selectors,
    writes=services,
    read="plant.read",
    write="plant.write",
    headline="code",
)
POINTS: LedgerPages = LedgerPages(
    name="points",
    title=_("Metering points"),
    noun=pgettext_lazy("one record", "metering point"),
    model=models.Point,
    table=tables.PointTable,
    filters=filters.PointFilter,
    form=forms.PointForm,
    resource=resources.PointResource,
    reads=selectors,
    writes=services,
    read="plant.read",
    write="plant.write",
    headline="code",
    tabs=(Tab(name="below", title=_("Points below"), context=related(ledger=lambda: POINTS, field="parent")),),
)
EQUIPMENT: LedgerPages = LedgerPages(
    name="equipment",
    title=_("Equipment and fuel use"),
    noun=pgettext_lazy("one record", "piece of equipment"),
    model=models.Equipment,
    table=tables.EquipmentTable,
    filters=filters.EquipmentFilter,
    form=forms.EquipmentForm,
    resource=resources.EquipmentResource,
    reads=selectors,
    writes=services,
    read="plant.read",
    write="plant.write",
    headline="code",
)
CLINKER_BOUNDARY: LedgerPages = LedgerPages(
    name="clinker-boundary",
    title=_("Clinker boundary in use"),
    noun=pgettext_lazy("one record", "clinker boundary"),
    model=models.ClinkerBoundary,
    table=tables.ClinkerBoundaryTable,
    filters=filters.ClinkerBoundaryFilter,
    form=forms.ClinkerBoundaryForm,
    resource=resources.ClinkerBoundaryResource,
    reads=selectors,
    writes=services,
    read="plant.read",
    write="plant.write",
    headline="definition",
)
EDITIONS: LedgerPages = LedgerPages(
    name="editions",
    title=_("Editions of the network"),
    noun=pgettext_lazy("one record", "edition of the network"),
    model=models.Edition,
    table=tables.EditionTable,
    filters=filters.EditionFilter,
    form=forms.EditionForm,
    resource=resources.EditionResource,
    reads=selectors,
    writes=services.editions,
    read="plant.read",
    write="plant.write",
    headline="title",
    tabs=edition_pages.TABS,
    actions=edition_pages.ACTIONS,
)
