"""The plant's master data: enterprise, sites, permits and lines, each a form and what its list and its sheet are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tanheng.platform.plant import words
from tanheng.platform.plant.models import Enterprise, Line, Permit, Site
from tanheng.platform.plant.pages.ledgers import CODE_HELP, LINE, OF_PLANT, SITE
from tanheng.platform.plant.schemas import enterprise_1, line_1, permit_1, site_1
from tanheng.platform.ui.additions import related
from tanheng.platform.ui.filters import LedgerFilter
from tanheng.platform.ui.forms import LedgerForm
from tanheng.platform.ui.ledger import Labels, LedgerPages, Tab
from tanheng.platform.ui.references import Reference


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


ENTERPRISES: LedgerPages = OF_PLANT.ledger(
    EnterpriseForm,
    name="enterprises",
    title=_("Enterprise"),
    noun=pgettext_lazy("one record", "enterprise"),
    headline="name_zh",
    key=("credit_code",),
    hidden=("name_en", "group", "legal_representative", "telephone", "founded_on", "industry"),
    search=("name_zh", "name_en", "credit_code", "address"),
    examples={
        "name_zh": "某某水泥有限公司",
        "name_en": "Somewhere Cement Co., Ltd.",
        "credit_code": "91420000MA0000000X",
        "region": "420281",
        "industry": "3011",
        "founded_on": "2009-06-18",
    },
)


class SiteForm(LedgerForm):
    """A place."""

    model = Site
    content_type = site_1.Site
    labels: ClassVar[Mapping[str, Labels]] = {"kind": words.SITE_KINDS}
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "code": CODE_HELP,
        "longitude": _("Degrees, CGCS2000."),
        "latitude": _("Degrees, CGCS2000."),
    }


SITES: LedgerPages = OF_PLANT.ledger(
    SiteForm,
    name="sites",
    title=_("Sites"),
    noun=pgettext_lazy("one record", "site"),
    hidden=("name_en", "longitude", "latitude"),
    search=("code", "name_zh", "name_en", "address"),
    by=("kind", "in_boundary"),
    examples={
        "code": "A",
        "name_zh": "熟料厂区",
        "kind": "clinker",
        "longitude": "114.931220",
        "latitude": "30.115100",
        "in_boundary": "是",
    },
    tabs=(Tab(name="lines", title=_("Production lines"), context=related(ledger=lambda: LINES, field="site")),),
)


class PermitFilter(LedgerFilter):
    """What ends soon."""

    expires_before = django_filters.DateFilter(
        "expires_on", "lt", label=_("Expires before"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class PermitForm(LedgerForm):
    """A permit."""

    model = Permit
    content_type = permit_1.Permit
    labels: ClassVar[Mapping[str, Labels]] = {"kind": words.PERMIT_KINDS}
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "number": _("As printed."),
        "expires_on": _("The last day, as printed; empty where none is printed."),
        "line": _("Empty for the whole enterprise."),
    }
    references: ClassVar[Mapping[str, Reference]] = {"line": LINE}


PERMITS: LedgerPages = OF_PLANT.ledger(
    PermitForm,
    name="permits",
    title=_("Permits"),
    noun=pgettext_lazy("one record", "permit"),
    headline="number",
    key=("kind", "number"),
    columns=("number", "kind", "authority", "issued_on", "expires_on", "line", "remark"),
    hidden=("remark",),
    search=("number", "authority", "remark"),
    by=("kind",),
    examples={
        "kind": "pollutant",
        "number": "91420000MA0000000X001P",
        "authority": "某市生态环境局",
        "issued_on": "2025.3.1",
        "expires_on": "2030-02-28",
        "line": "1",
    },
    filters=PermitFilter,
)


class LineFilter(LedgerFilter):
    """Large lines."""

    capacity_from = django_filters.NumberFilter("design_capacity", "gte", label=_("Capacity from (t/d)"))


class LineForm(LedgerForm):
    """A production line."""

    model = Line
    content_type = line_1.Line
    labels: ClassVar[Mapping[str, Labels]] = {"clinker": words.CLINKERS}
    helps: ClassVar[Mapping[str, Any]] = {  # Any: lazy text
        "code": CODE_HELP,
        "design_capacity": _("Clinker; empty for a line that only grinds."),
        "alternative_fuels": _("It co-processes waste."),
    }
    references: ClassVar[Mapping[str, Reference]] = {"site": SITE}


LINES: LedgerPages = OF_PLANT.ledger(
    LineForm,
    name="lines",
    title=_("Production lines"),
    noun=pgettext_lazy("one record", "production line"),
    hidden=("name_en", "preheater_stages", "waste_heat_power", "commissioned_on"),
    search=("code", "name_zh", "name_en", "site"),
    by=("clinker",),
    examples={
        "code": "1",
        "name_zh": "1号线",
        "site": "A",
        "clinker": "portland",
        "design_capacity": "5000",
        "kiln_diameter": "4.8",
        "kiln_length": "72",
        "preheater_stages": "5",
        "waste_heat_power": "9",
        "alternative_fuels": "否",
        "commissioned_on": "2009-06-18",
        "valid_from": "2026-01-01",
    },
    filters=LineFilter,
    line="code",
    tabs=(Tab(name="permits", title=_("Permits"), context=related(ledger=lambda: PERMITS, field="line")),),
)
