"""Equipment, the clinker boundary in use and the editions of the network, each a form and what its list and its sheet are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tanheng.platform.plant import services, words
from tanheng.platform.plant.models import ClinkerBoundary, Edition, Equipment
from tanheng.platform.plant.pages import editions as edition_pages
from tanheng.platform.plant.pages.ledgers import CODE_HELP, LINE, OF_PLANT, SITE
from tanheng.platform.plant.schemas import clinker_boundary_1, edition_1, equipment_1
from tanheng.platform.record.sniffing import USUAL
from tanheng.platform.ui.forms import LedgerForm
from tanheng.platform.ui.ledger import Labels, LedgerPages
from tanheng.platform.ui.references import Reference


class EquipmentForm(LedgerForm):
    """A piece of equipment or a use of fuel."""

    model = Equipment
    content_type = equipment_1.Equipment
    labels: ClassVar[Mapping[str, Labels]] = {"kind": words.EQUIPMENT_KINDS, "system": words.SYSTEMS, "fuel": words.FUELS}
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "code": CODE_HELP,
        "operator": _("Empty where the owner runs it."),
        "payer": _("Empty where the owner pays."),
        "in_boundary": _("What is outside needs a written reason and a document."),
        "document": _("Such as the contract or the proof of ownership."),
    }
    references: ClassVar[Mapping[str, Reference]] = {"line": LINE, "site": SITE}
    attached: ClassVar[Mapping[str, frozenset[str]]] = {"document": USUAL}


EQUIPMENT: LedgerPages = OF_PLANT.ledger(
    EquipmentForm,
    name="equipment",
    title=_("Equipment and fuel use"),
    noun=pgettext_lazy("one record", "piece of equipment"),
    hidden=("name_en", "line", "site", "system", "address", "remark"),
    search=("code", "name_zh", "name_en", "owner", "operator", "payer", "address"),
    by=("kind", "in_boundary"),
    examples={
        "code": "TRK-1",
        "name_zh": "矿山外包运输车辆",
        "name_en": "Contractor's quarry trucks",
        "kind": "contractor",
        "fuel": "diesel",
        "owner": "某运输公司",
        "operator": "某运输公司",
        "payer": "某运输公司",
        "in_boundary": "是",
    },
)


class EditionForm(LedgerForm):
    """What is said of an edition; its network is taken from the ledgers."""

    model = Edition
    content_type = edition_1.Heading
    labels: ClassVar[Mapping[str, Labels]] = {"kind": words.EDITION_KINDS}
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "title": _("Such as: as built, November 2026."),
        "drawn_on": _("The network of this day is frozen. A correction changes what is said here, never the network."),
        "walked_on": _("The day on which the drawing was compared with the plant; required as built."),
        "persons": _("Required as built."),
    }


EDITIONS: LedgerPages = OF_PLANT.ledger(
    EditionForm,
    name="editions",
    title=_("Editions of the network"),
    noun=pgettext_lazy("one record", "edition of the network"),
    headline="title",
    columns=("title", "kind", "drawn_on", "walked_on", "persons", "points", "findings", "remark"),
    hidden=("remark",),
    search=("title", "persons", "remark"),
    by=("kind",),
    examples={"kind": "as_built", "title": "2026年11月竣工版", "drawn_on": "2026-11-20"},
    writes=services.editions,
    tabs=edition_pages.TABS,
    actions=edition_pages.ACTIONS,
)


class ClinkerBoundaryForm(LedgerForm):
    """The clinker boundary in use."""

    model = ClinkerBoundary
    content_type = clinker_boundary_1.ClinkerBoundary
    labels: ClassVar[Mapping[str, Labels]] = {"definition": words.DEFINITIONS}
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "grounds": _("Such as the rule of the province that the plant reports by."),
    }
    attached: ClassVar[Mapping[str, frozenset[str]]] = {"document": USUAL}


CLINKER_BOUNDARY: LedgerPages = OF_PLANT.ledger(
    ClinkerBoundaryForm,
    name="clinker-boundary",
    title=_("Clinker boundary in use"),
    noun=pgettext_lazy("one record", "clinker boundary"),
    headline="definition",
    key=(),
    search=("grounds",),
    examples={"definition": "silo", "grounds": "按湖北省规定"},
)
