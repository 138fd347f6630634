"""The words that the plant's ledgers show: lists of codes with what each is called, in the language of the page."""

from __future__ import annotations

from typing import Any

from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tanheng.accounting.plant import Words
from tanheng.accounting.source_streams import Grade
from tanheng.metrology.network.model import Level, Medium, Method, NodeKind, Role
from tanheng.metrology.network.words import level_word, medium_word
from tanheng.platform.plant import vocabulary
from tanheng.platform.plant.schemas.clinker_boundary_1 import Definition
from tanheng.platform.plant.schemas.edition_1 import EditionKind
from tanheng.platform.plant.schemas.equipment_1 import EquipmentKind
from tanheng.platform.plant.schemas.line_1 import ClinkerKind
from tanheng.platform.plant.schemas.node_1 import Depth
from tanheng.platform.plant.schemas.permit_1 import PermitKind
from tanheng.platform.plant.schemas.point_1 import Collecting
from tanheng.platform.plant.schemas.site_1 import SiteKind
from tanheng.platform.plant.schemas.source_stream_1 import EmissionKind
from tanheng.platform.ui.ledger import Labels
from tanheng.standards import Text


def _said(words: Words) -> Any:  # Any: lazy text
    return lazystr(vocabulary.Said(Text(words["zh"], words["en"])))


CLINKERS: Labels = {
    ClinkerKind.PORTLAND.value: _("Portland cement clinker"),
    ClinkerKind.WHITE.value: _("White cement clinker"),
    ClinkerKind.SULFOALUMINATE.value: _("Sulfo(ferro)aluminate cement clinker"),
    ClinkerKind.ALUMINATE.value: _("Aluminate cement clinker"),
    ClinkerKind.NONE.value: _("No clinker (grinding)"),
}
SITE_KINDS: Labels = {
    SiteKind.CLINKER.value: _("Clinker works"),
    SiteKind.GRINDING.value: _("Grinding station"),
    SiteKind.QUARRY.value: _("Quarry"),
    SiteKind.AGGREGATE.value: _("Aggregate"),
    SiteKind.TERMINAL.value: _("Depot or wharf"),
    SiteKind.OTHER.value: pgettext_lazy("kind", "Other"),
}
PERMIT_KINDS: Labels = {
    PermitKind.POLLUTANT.value: _("Pollutant discharge permit"),
    PermitKind.PRODUCTION.value: _("Production licence"),
    PermitKind.MINING.value: _("Mining licence"),
    PermitKind.CAPACITY.value: _("Capacity replacement or project filing"),
    PermitKind.HAZARDOUS_WASTE.value: _("Hazardous waste licence"),
    PermitKind.OTHER.value: pgettext_lazy("kind", "Other"),
}
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
DEPTHS: Labels = {depth.value: _said(level_word(Level[depth.name])) for depth in Depth}
MEDIA: Labels = {medium.value: _said(medium_word(medium)) for medium in Medium}
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
