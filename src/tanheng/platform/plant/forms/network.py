"""The forms of source streams, nodes, edges, points, editions, equipment and the clinker boundary, and the words they show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tanheng.accounting.plant import Words
from tanheng.accounting.source_streams import Grade
from tanheng.metrology.network.model import Level, Medium, Method, NodeKind, Role
from tanheng.metrology.network.words import level_word, medium_word
from tanheng.platform.plant import vocabulary
from tanheng.platform.plant.models import ClinkerBoundary, Edge, Edition, Equipment, Line, Node, Point, Site, SourceStream
from tanheng.platform.plant.schemas import clinker_boundary_1, edge_1, edition_1, equipment_1, node_1, point_1, source_stream_1
from tanheng.platform.plant.schemas.clinker_boundary_1 import Definition
from tanheng.platform.plant.schemas.edition_1 import EditionKind
from tanheng.platform.plant.schemas.equipment_1 import EquipmentKind
from tanheng.platform.plant.schemas.node_1 import Depth
from tanheng.platform.plant.schemas.point_1 import Collecting
from tanheng.platform.plant.schemas.source_stream_1 import EmissionKind
from tanheng.platform.record.models import Plant
from tanheng.platform.record.sniffing import USUAL
from tanheng.platform.ui.forms import LedgerForm
from tanheng.platform.ui.ledger import Labels
from tanheng.platform.ui.references import Reference
from tanheng.standards import Text

_CODE_HELP = _("Short and lasting: letters, digits, point, hyphen, underscore.")
_SHARED_HELP = _("Unique among nodes and edges together: both stand in one drawing.")


def _of(words: Words) -> Any:  # Any: lazy text
    return lazystr(vocabulary.Said(Text(words["zh"], words["en"])))


EMISSIONS: Labels = {
    EmissionKind.COMBUSTION.value: _("Fuel combustion"),
    EmissionKind.PROCESS.value: _("Process emission"),
    EmissionKind.ELECTRICITY.value: _("Purchased electricity"),
    EmissionKind.HEAT.value: _("Purchased heat"),
}
GRADES: Labels = {
    Grade.MAJOR.value: _("Major"),
    Grade.MINOR.value: _("Minor"),
    Grade.DE_MINIMIS.value: _("De minimis"),
}
NODE_KINDS: Labels = {
    NodeKind.OUTSIDE.value: _("Outside the enterprise"),
    NodeKind.SYSTEM.value: _("Production system"),
    NodeKind.EQUIPMENT.value: _("Equipment"),
    NodeKind.STORE.value: _("Silo or stockpile"),
    NodeKind.STACK.value: _("Stack"),
}
DEPTHS: Labels = {depth.value: _of(level_word(Level[depth.name])) for depth in Depth}
MEDIA: Labels = {medium.value: _of(medium_word(medium)) for medium in Medium}
METHODS: Labels = {Method.MEASURED.value: _("Measured"), Method.CALCULATED.value: _("Calculated")}
ROLES: Labels = {
    Role.ACTIVITY.value: _("Activity data"),
    Role.FACTOR.value: _("Emission factor"),
    Role.STACK.value: _("Stack emission"),
    Role.FUGITIVE.value: _("Fugitive emission"),
    Role.PURCHASED.value: _("Purchased energy"),
    Role.INTERNAL.value: _("Internal management"),
}
COLLECTING: Labels = {
    Collecting.AUTOMATIC.value: _("Automatic"),
    Collecting.FILE.value: _("By file"),
    Collecting.MANUAL.value: _("Entered by hand"),
    Collecting.NONE.value: _("Not yet collected"),
}
EQUIPMENT_KINDS: Labels = {
    EquipmentKind.PRODUCTION.value: _("Production equipment"),
    EquipmentKind.VEHICLE.value: _("Own vehicles and machines"),
    EquipmentKind.CONTRACTOR.value: _("Contractor's trucks"),
    EquipmentKind.PHOTOVOLTAIC.value: _("Photovoltaic station"),
    EquipmentKind.WASTE_HEAT.value: _("Waste-heat power station"),
    EquipmentKind.BOILER.value: _("Boiler or hot-gas furnace"),
    EquipmentKind.LIVING.value: _("Use for living"),
    EquipmentKind.OTHER_SITE.value: _("Another site"),
    EquipmentKind.OTHER.value: pgettext_lazy("kind", "Other"),
}
EDITION_KINDS: Labels = {EditionKind.DESIGNED.value: _("As designed"), EditionKind.AS_BUILT.value: _("As built")}
DEFINITIONS: Labels = {
    Definition.COOLER.value: _("Preheater to cooler"),
    Definition.SILO.value: _("Homogenisation to clinker silo"),
}

ITEMS = vocabulary.Rows(*vocabulary.FUELS, *vocabulary.MATERIALS)
SYSTEMS = vocabulary.Rows(*vocabulary.SYSTEMS)
STAGES = vocabulary.Rows(*vocabulary.STAGES)
PARAMETERS = vocabulary.Rows(*vocabulary.PARAMETERS, *vocabulary.STACK_PARAMETERS)
ENERGIES = vocabulary.Rows(*vocabulary.ENERGIES)
FUELS = vocabulary.Rows(*vocabulary.FUELS, more={"electricity": _("Electricity"), "heat": _("Heat")})

LINE = Reference(model=Line, pages="lines", by="code")
SITE = Reference(model=Site, pages="sites", by="code")
STREAM = Reference(model=SourceStream, pages="source-streams", by="code")
NODE = Reference(model=Node, pages="nodes", by="code")
POINT = Reference(model=Point, pages="points", by="code")


class SourceStreamForm(LedgerForm):
    """A source stream."""

    model = SourceStream
    content_type = source_stream_1.SourceStream
    labels: ClassVar[Mapping[str, Labels]] = {"kind": EMISSIONS, "item": ITEMS}
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "code": _CODE_HELP,
        "item": _(
            "A fuel for combustion, a clinker or an alternative raw material for process; none for electricity and heat."
        ),
        "emission": _("It decides the class, which is computed and never entered. Empty while nothing is known."),
        "emission_source": _("Such as the annual report of 2025, table 1."),
    }
    references: ClassVar[Mapping[str, Reference]] = {"line": LINE}


class NodeForm(LedgerForm):
    """A node."""

    model = Node
    content_type = node_1.Node
    labels: ClassVar[Mapping[str, Labels]] = {"kind": NODE_KINDS, "level": DEPTHS, "system": SYSTEMS, "stage": STAGES}
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "code": _SHARED_HELP,
        "system": _("One of the fourteen production systems; empty outside the enterprise."),
        "stage": _(
            "Decides whether the clinker boundary in use includes it; empty for what is no stage of clinker production."
        ),
    }
    references: ClassVar[Mapping[str, Reference]] = {"line": LINE}


class EdgeForm(LedgerForm):
    """An edge."""

    model = Edge
    content_type = edge_1.Edge
    labels: ClassVar[Mapping[str, Labels]] = {"medium": MEDIA}
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "code": _SHARED_HELP,
        "end": _("A way that would lead back to its beginning is refused; dust and flue gas may return."),
        "stream": _("Empty for what is no source stream."),
    }
    references: ClassVar[Mapping[str, Reference]] = {"start": NODE, "end": NODE, "stream": STREAM}


class PointForm(LedgerForm):
    """A metering point."""

    model = Point
    content_type = point_1.Point
    labels: ClassVar[Mapping[str, Labels]] = {
        "parameter": PARAMETERS,
        "method": METHODS,
        "role": ROLES,
        "level": DEPTHS,
        "energy": ENERGIES,
        "collecting": COLLECTING,
    }
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "code": _CODE_HELP,
        "place": _("An edge, or a node for what has no way of its own: a laboratory's analysis, a stack."),
        "stream": _("Empty only for internal management."),
        "parameter": _("What the standard asks to be metered; it decides which instrument and class are required."),
        "parent": _("The point one level up whose amount is the sum of this one and its sisters."),
        "required_class": _("Where the plant's own plan is stricter than the standard."),
        "frequency": _("As the plant's plan says, such as every shift."),
    }
    references: ClassVar[Mapping[str, Reference]] = {"stream": STREAM, "parent": POINT}

    @classmethod
    def offers(cls, plant: Plant) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Offer, beside streams and points, the edges and the nodes of the plant."""
        edges, nodes = (Reference(model=model, pages="", by="code").options(plant) for model in (Edge, Node))
        return {**super().offers(plant), "place": [*edges, *nodes]}


class EquipmentForm(LedgerForm):
    """A piece of equipment or a use of fuel."""

    model = Equipment
    content_type = equipment_1.Equipment
    labels: ClassVar[Mapping[str, Labels]] = {"kind": EQUIPMENT_KINDS, "system": SYSTEMS, "fuel": FUELS}
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "code": _CODE_HELP,
        "operator": _("Empty where the owner runs it."),
        "payer": _("Empty where the owner pays."),
        "in_boundary": _("What is outside needs a written reason and a document."),
        "document": _("Such as the contract or the proof of ownership."),
    }
    references: ClassVar[Mapping[str, Reference]] = {"line": LINE, "site": SITE}
    attached: ClassVar[Mapping[str, frozenset[str]]] = {"document": USUAL}


class EditionForm(LedgerForm):
    """What is said of an edition; its network is taken from the ledgers."""

    model = Edition
    content_type = edition_1.Heading
    labels: ClassVar[Mapping[str, Labels]] = {"kind": EDITION_KINDS}
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "title": _("Such as: as built, November 2026."),
        "drawn_on": _("The network of this day is frozen. A correction changes what is said here, never the network."),
        "walked_on": _("The day on which the drawing was compared with the plant; required as built."),
        "persons": _("Required as built."),
    }


class ClinkerBoundaryForm(LedgerForm):
    """The clinker boundary in use."""

    model = ClinkerBoundary
    content_type = clinker_boundary_1.ClinkerBoundary
    labels: ClassVar[Mapping[str, Labels]] = {"definition": DEFINITIONS}
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "grounds": _("Such as the rule of the province that the plant reports by."),
    }
    attached: ClassVar[Mapping[str, frozenset[str]]] = {"document": USUAL}
