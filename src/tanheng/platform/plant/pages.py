"""The pages of the plant's master data: four ledgers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tanheng.platform.plant import filters, forms, models, resources, selectors, services, tables
from tanheng.platform.ui.addresses import ledger_urls
from tanheng.platform.ui.ledger import LedgerPages

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
)
PERMITS = LedgerPages(
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
LINES = LedgerPages(
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
)

urlpatterns = [ledger_urls(ledger) for ledger in (ENTERPRISES, SITES, PERMITS, LINES)]
