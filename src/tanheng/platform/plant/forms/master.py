"""The forms of the plant's master data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tanheng.platform.plant.models import Enterprise, Line, Permit, Site
from tanheng.platform.plant.schemas import enterprise_1, line_1, permit_1, site_1
from tanheng.platform.plant.schemas.line_1 import ClinkerKind
from tanheng.platform.plant.schemas.permit_1 import PermitKind
from tanheng.platform.plant.schemas.site_1 import SiteKind
from tanheng.platform.ui.forms import LedgerForm
from tanheng.platform.ui.ledger import Labels
from tanheng.platform.ui.references import Reference

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


class EnterpriseForm(LedgerForm):
    """The legal person."""

    model = Enterprise
    content_type = enterprise_1.Enterprise
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "credit_code": _("18 characters; the last one is a check character (GB 32100-2015)."),
        "region": _("6 digits (GB/T 2260)."),
        "industry": _("Such as 3011, cement (GB/T 4754)."),
        "registry_account": _("Account in the national carbon registry; empty while there is none."),
    }


class SiteForm(LedgerForm):
    """A place."""

    model = Site
    content_type = site_1.Site
    labels: ClassVar[Mapping[str, Labels]] = {"kind": SITE_KINDS}
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "code": _("Short and lasting: letters, digits, point, hyphen, underscore."),
        "longitude": _("Degrees, CGCS2000."),
        "latitude": _("Degrees, CGCS2000."),
    }


class PermitForm(LedgerForm):
    """A permit."""

    model = Permit
    content_type = permit_1.Permit
    labels: ClassVar[Mapping[str, Labels]] = {"kind": PERMIT_KINDS}
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "number": _("As printed."),
        "expires_on": _("The last day, as printed; empty where none is printed."),
        "line": _("Empty for the whole enterprise."),
    }
    references: ClassVar[Mapping[str, Reference]] = {"line": Reference(model=Line, pages="lines", by="code")}


class LineForm(LedgerForm):
    """A production line."""

    model = Line
    content_type = line_1.Line
    labels: ClassVar[Mapping[str, Labels]] = {"clinker": CLINKERS}
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "code": _("Short and lasting: letters, digits, point, hyphen, underscore."),
        "design_capacity": _("Clinker; empty for a line that only grinds."),
        "alternative_fuels": _("It co-processes waste."),
    }
    references: ClassVar[Mapping[str, Reference]] = {"site": Reference(model=Site, pages="sites", by="code")}
