"""The tables of source streams, nodes, edges, points, equipment, editions and the clinker boundary."""

from __future__ import annotations

import django_tables2
from django.utils.translation import gettext_lazy as _

from tanheng.platform.plant import selectors
from tanheng.platform.plant.forms import network as words
from tanheng.platform.plant.models import ClinkerBoundary, Edge, Edition, Equipment, Node, Point, SourceStream
from tanheng.platform.ui.ledger import shown
from tanheng.platform.ui.tables import (
    ChoiceColumn,
    DayColumn,
    FileColumn,
    FlagColumn,
    HeadColumn,
    LedgerTable,
    NumberColumn,
    ReferenceColumn,
)


class SourceStreamTable(LedgerTable):
    """Source streams, with the class that follows from the estimates."""

    code = HeadColumn()
    kind = ChoiceColumn(words.EMISSIONS)
    line = ReferenceColumn()
    item = ChoiceColumn(words.ITEMS)
    emission = NumberColumn()
    grade = django_tables2.Column(accessor="code", verbose_name=_("class (JJF 2309)"), orderable=False, empty_values=())
    hidden_at_first = frozenset({"name_en", "emission_source", "remark"})

    class Meta(LedgerTable.Meta):
        """Columns."""

        model = SourceStream
        fields = ("code", "name_zh", "name_en", "kind", "line", "item", "emission", "emission_year", "grade", "emission_source")

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


class NodeTable(LedgerTable):
    """Nodes."""

    code = HeadColumn()
    kind = ChoiceColumn(words.NODE_KINDS)
    level = ChoiceColumn(words.DEPTHS)
    system = ChoiceColumn(words.SYSTEMS)
    stage = ChoiceColumn(words.STAGES)
    line = ReferenceColumn()
    hidden_at_first = frozenset({"name_en", "remark"})

    class Meta(LedgerTable.Meta):
        """Columns."""

        model = Node
        fields = ("code", "name_zh", "name_en", "kind", "level", "system", "stage", "line", "remark")


class EdgeTable(LedgerTable):
    """Edges."""

    code = HeadColumn()
    start = ReferenceColumn()
    end = ReferenceColumn()
    medium = ChoiceColumn(words.MEDIA)
    stream = ReferenceColumn()
    hidden_at_first = frozenset({"name_en", "remark"})

    class Meta(LedgerTable.Meta):
        """Columns."""

        model = Edge
        fields = ("code", "name_zh", "name_en", "start", "end", "medium", "stream", "remark")


class PointTable(LedgerTable):
    """Metering points."""

    code = HeadColumn()
    stream = ReferenceColumn()
    parameter = ChoiceColumn(words.PARAMETERS)
    method = ChoiceColumn(words.METHODS)
    role = ChoiceColumn(words.ROLES)
    level = ChoiceColumn(words.DEPTHS)
    parent = ReferenceColumn()
    energy = ChoiceColumn(words.ENERGIES)
    collecting = ChoiceColumn(words.COLLECTING)
    hidden_at_first = frozenset({"name_en", "method", "parent", "energy", "frequency", "remark"})

    class Meta(LedgerTable.Meta):
        """Columns."""

        model = Point
        fields = (
            "code",
            "name_zh",
            "name_en",
            "place",
            "stream",
            "parameter",
            "method",
            "role",
            "level",
            "parent",
            "energy",
            "required_class",
            "frequency",
            "collecting",
            "remark",
        )


class EquipmentTable(LedgerTable):
    """Equipment and fuel use."""

    code = HeadColumn()
    kind = ChoiceColumn(words.EQUIPMENT_KINDS)
    line = ReferenceColumn()
    site = ReferenceColumn()
    system = ChoiceColumn(words.SYSTEMS)
    fuel = ChoiceColumn(words.FUELS)
    in_boundary = FlagColumn()
    document = FileColumn()
    hidden_at_first = frozenset({"name_en", "line", "site", "system", "address", "remark"})

    class Meta(LedgerTable.Meta):
        """Columns."""

        model = Equipment
        fields = (
            "code",
            "name_zh",
            "name_en",
            "kind",
            "line",
            "site",
            "system",
            "fuel",
            "owner",
            "operator",
            "payer",
            "address",
            "in_boundary",
            "grounds",
            "document",
            "remark",
        )


class EditionTable(LedgerTable):
    """Editions of the network."""

    title = HeadColumn()
    kind = ChoiceColumn(words.EDITION_KINDS)
    drawn_on = DayColumn()
    walked_on = DayColumn()
    points = NumberColumn()
    findings = NumberColumn()
    hidden_at_first = frozenset({"remark"})

    class Meta(LedgerTable.Meta):
        """Columns."""

        model = Edition
        fields = ("title", "kind", "drawn_on", "walked_on", "persons", "points", "findings", "remark")


class ClinkerBoundaryTable(LedgerTable):
    """The clinker boundary in use."""

    definition = HeadColumn()
    document = FileColumn()

    class Meta(LedgerTable.Meta):
        """Columns."""

        model = ClinkerBoundary
        fields = ("definition", "grounds", "document")

    def render_definition(self, value: str, record: ClinkerBoundary) -> str:
        """Return what the definition is called, leading to the record."""
        return self.render_link(shown(value, words.DEFINITIONS), record)
