"""The pages of the plant's master data: four ledgers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tanheng.platform.plant import models, selectors, services
from tanheng.platform.plant.filters import master as filters
from tanheng.platform.plant.forms import master as forms
from tanheng.platform.plant.resources import master as resources
from tanheng.platform.plant.tables import master as tables
from tanheng.platform.ui.additions import related
from tanheng.platform.ui.ledger import LedgerPages, Tab

ENTERPRISES = LedgerPages(
    name="enterprises",
    title=_("Enterprise"),
    noun=pgettext_lazy("one record", "enterprise"),
    model=models.Enterprise,
    table=tables.EnterpriseTable,
    filters=filters.EnterpriseFilter,
    form=forms.EnterpriseForm,
    resource=resources.EnterpriseResource,
    reads=selectors,
    writes=services,
    read="plant.read",
    write="plant.write",
    headline="name_zh",
)
SITES = LedgerPages(
    name="sites",
    title=_("Sites"),
    noun=pgettext_lazy("one record", "site"),
    model=models.Site,
    table=tables.SiteTable,
    filters=filters.SiteFilter,
    form=forms.SiteForm,
    resource=resources.SiteResource,
    reads=selectors,
    writes=services,
    read="plant.read",
    write="plant.write",
    headline="code",
    tabs=(Tab(name="lines", title=_("Production lines"), context=related(ledger=lambda: LINES, field="site")),),
)
PERMITS: LedgerPages = LedgerPages(
    name="permits",
    title=_("Permits"),
    noun=pgettext_lazy("one record", "permit"),
    model=models.Permit,
    table=tables.PermitTable,
    filters=filters.PermitFilter,
    form=forms.PermitForm,
    resource=resources.PermitResource,
    reads=selectors,
    writes=services,
    read="plant.read",
    write="plant.write",
    headline="number",
)
LINES: LedgerPages = LedgerPages(
    name="lines",
    title=_("Production lines"),
    noun=pgettext_lazy("one record", "production line"),
    model=models.Line,
    table=tables.LineTable,
    filters=filters.LineFilter,
    form=forms.LineForm,
    resource=resources.LineResource,
    reads=selectors,
    writes=services,
    read="plant.read",
    write="plant.write",
    headline="code",
    line="code",
    tabs=(Tab(name="permits", title=_("Permits"), context=related(ledger=lambda: PERMITS, field="line")),),
)
