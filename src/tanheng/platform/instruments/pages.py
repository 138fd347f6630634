"""The pages of the instruments app: seven ledgers, and what a ledger alone does not do."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tanheng.platform.instruments import actions, filters, forms, models, resources, selectors, services, tables
from tanheng.platform.ui.additions import related
from tanheng.platform.ui.addresses import ledger_urls
from tanheng.platform.ui.ledger import LedgerPages, Tab

INSTRUMENTS: LedgerPages = LedgerPages(
    name="instruments",
    title=_("Instrument ledger"),
    noun=pgettext_lazy("one record", "instrument"),
    model=models.Instrument,
    table=tables.InstrumentTable,
    filters=filters.InstrumentFilter,
    form=forms.InstrumentForm,
    resource=resources.InstrumentResource,
    reads=selectors,
    writes=services,
    read="instruments.read",
    write="instruments.write",
    headline="code",
    tabs=(
        Tab(name="life", title=_("Life cycle"), context=related(ledger=lambda: SPELLS, field="instrument")),
        Tab(name="certificates", title=_("Certificates"), context=related(ledger=lambda: CERTIFICATES, field="instrument")),
        Tab(name="installations", title=_("Installations"), context=related(ledger=lambda: INSTALLATIONS, field="instrument")),
        Tab(name="seals", title=_("Seals"), context=related(ledger=lambda: SEALS, field="instrument")),
    ),
    actions=actions.OF_INSTRUMENT,
)
SPELLS: LedgerPages = LedgerPages(
    name="spells",
    title=_("Life of instruments"),
    noun=pgettext_lazy("one record", "change of state"),
    model=models.Spell,
    table=tables.SpellTable,
    filters=filters.SpellFilter,
    form=forms.SpellForm,
    resource=resources.SpellResource,
    reads=selectors,
    writes=services,
    read="instruments.read",
    write="instruments.write",
    headline="started_on",
)
INSTALLATIONS: LedgerPages = LedgerPages(
    name="installations",
    title=_("Installations"),
    noun=pgettext_lazy("one record", "installation"),
    model=models.Installation,
    table=tables.InstallationTable,
    filters=filters.InstallationFilter,
    form=forms.InstallationForm,
    resource=resources.InstallationResource,
    reads=selectors,
    writes=services,
    read="instruments.read",
    write="instruments.write",
    headline="started_on",
    actions=actions.OF_INSTALLATION,
)
CHAINS: LedgerPages = LedgerPages(
    name="chains",
    title=_("Chains of instruments"),
    noun=pgettext_lazy("one record", "chain"),
    model=models.Chain,
    table=tables.ChainTable,
    filters=filters.ChainFilter,
    form=forms.ChainForm,
    resource=resources.ChainResource,
    reads=selectors,
    writes=services,
    read="instruments.read",
    write="instruments.write",
    headline="code",
    tabs=(
        Tab(name="certificates", title=_("Certificates"), context=related(ledger=lambda: CERTIFICATES, field="chain")),
        Tab(name="installations", title=_("Installations"), context=related(ledger=lambda: INSTALLATIONS, field="chain")),
    ),
)
SEALS: LedgerPages = LedgerPages(
    name="seals",
    title=_("Seals"),
    noun=pgettext_lazy("one record", "seal"),
    model=models.Seal,
    table=tables.SealTable,
    filters=filters.SealFilter,
    form=forms.SealForm,
    resource=resources.SealResource,
    reads=selectors,
    writes=services,
    read="instruments.read",
    write="instruments.write",
    headline="number",
)
CERTIFICATES: LedgerPages = LedgerPages(
    name="certificates",
    title=_("Verification and calibration"),
    noun=pgettext_lazy("one record", "certificate"),
    model=models.Certificate,
    table=tables.CertificateTable,
    filters=filters.CertificateFilter,
    form=forms.CertificateForm,
    resource=resources.CertificateResource,
    reads=selectors,
    writes=services,
    read="instruments.read",
    write="instruments.write",
    headline="number",
    tabs=(
        Tab(name="confirmation", title=_("Confirmation"), context=related(ledger=lambda: CONFIRMATIONS, field="certificate")),
    ),
    actions=actions.OF_CERTIFICATE,
)
CONFIRMATIONS: LedgerPages = LedgerPages(
    name="confirmations",
    title=_("Metrological confirmations"),
    noun=pgettext_lazy("one record", "confirmation"),
    model=models.Confirmation,
    table=tables.ConfirmationTable,
    filters=filters.ConfirmationFilter,
    form=forms.ConfirmationForm,
    resource=resources.ConfirmationResource,
    reads=selectors,
    writes=services,
    read="instruments.read",
    write="instruments.confirm",
    headline="confirmed_on",
)

LEDGERS = (INSTRUMENTS, SPELLS, INSTALLATIONS, CHAINS, SEALS, CERTIFICATES, CONFIRMATIONS)

urlpatterns: list[URLPattern | URLResolver] = [ledger_urls(ledger) for ledger in LEDGERS]
