"""The pages of the instruments app: seven ledgers, and what a ledger alone does not do."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tanheng.platform.instruments import (
    actions,
    confirming,
    filters,
    form_181_pages,
    forms,
    passport,
    printed,
    resources,
    selectors,
    services,
    tables,
    titles,
    workbook,
    year_end_pages,
)
from tanheng.platform.record.sniffing import PDF, XLSX
from tanheng.platform.ui.additions import related
from tanheng.platform.ui.addresses import ledger_urls
from tanheng.platform.ui.described import LedgersOf
from tanheng.platform.ui.ledger import LedgerPages, ListFile, ListLink, Tab

OF_INSTRUMENTS = LedgersOf(reads=selectors, writes=services, read="instruments.read", write="instruments.write")

INSTRUMENTS: LedgerPages = OF_INSTRUMENTS.ledger(
    forms.InstrumentForm,
    name="instruments",
    title=_("Instrument ledger"),
    noun=pgettext_lazy("one record", "instrument"),
    table=tables.InstrumentTable,
    filters=filters.InstrumentFilter,
    resource=resources.InstrumentResource,
    tabs=(
        Tab(name="standing", title=_("Standing"), context=passport.context, template="instruments/standing.html"),
        Tab(name="life", title=_("Life cycle"), context=related(ledger=lambda: SPELLS, field="instrument")),
        Tab(name="certificates", title=_("Certificates"), context=related(ledger=lambda: CERTIFICATES, field="instrument")),
        Tab(name="installations", title=_("Installations"), context=related(ledger=lambda: INSTALLATIONS, field="instrument")),
        Tab(name="seals", title=_("Seals"), context=related(ledger=lambda: SEALS, field="instrument")),
    ),
    actions=actions.OF_INSTRUMENT,
    files=(
        ListFile(name="table-b1.xlsx", title=_("Table B.1"), media=XLSX, make=printed.b1),
        ListFile(name="table-b3.xlsx", title=_("JJF 1356 tables B.3 to B.7"), media=XLSX, make=printed.b3),
        ListFile(name="emissions.xlsx", title=_("Counts by kind of emission"), media=XLSX, make=printed.by_emission),
        ListFile(name="labels.pdf", title=_("Labels"), media=PDF, make=printed.labels),
    ),
    more=(
        ListLink(title=_("Chains of instruments"), route="chains:list"),
        ListLink(title=_("Installations"), route="installations:list"),
        ListLink(title=_("Life of instruments"), route="spells:list"),
        ListLink(title=_("Seals"), route="seals:list"),
        ListLink(title=_("Form 1-8-1"), route="form-1-8-1"),
        ListLink(title=_("Year's end"), route="year-ends"),
        ListLink(title=_("Import a workbook"), route="instrument-workbook", permission="instruments.write"),
    ),
)
SPELLS: LedgerPages = OF_INSTRUMENTS.ledger(
    forms.SpellForm,
    name="spells",
    title=_("Life of instruments"),
    noun=pgettext_lazy("one record", "change of state"),
    columns=("started_on", "instrument", "state", "why", "new_class", "person", "document"),
    hidden=("new_class", "version"),
    filters=filters.SpellFilter,
    resource=resources.SpellResource,
    titled=titles.spells,
    headline="started_on",
)
INSTALLATIONS: LedgerPages = OF_INSTRUMENTS.ledger(
    forms.InstallationForm,
    name="installations",
    title=_("Installations"),
    noun=pgettext_lazy("one record", "installation"),
    table=tables.InstallationTable,
    filters=filters.InstallationFilter,
    resource=resources.InstallationResource,
    titled=titles.installations,
    headline="started_on",
    actions=actions.OF_INSTALLATION,
)
CHAINS: LedgerPages = OF_INSTRUMENTS.ledger(
    forms.ChainForm,
    name="chains",
    title=_("Chains of instruments"),
    noun=pgettext_lazy("one record", "chain"),
    table=tables.ChainTable,
    filters=filters.ChainFilter,
    resource=resources.ChainResource,
    tabs=(
        Tab(name="certificates", title=_("Certificates"), context=related(ledger=lambda: CERTIFICATES, field="chain")),
        Tab(name="installations", title=_("Installations"), context=related(ledger=lambda: INSTALLATIONS, field="chain")),
    ),
)
SEALS: LedgerPages = OF_INSTRUMENTS.ledger(
    forms.SealForm,
    name="seals",
    title=_("Seals"),
    noun=pgettext_lazy("one record", "seal"),
    table=tables.SealTable,
    filters=filters.SealFilter,
    resource=resources.SealResource,
    headline="number",
)
CERTIFICATES: LedgerPages = OF_INSTRUMENTS.ledger(
    forms.CertificateForm,
    name="certificates",
    title=_("Verification and calibration"),
    noun=pgettext_lazy("one record", "certificate"),
    table=tables.CertificateTable,
    filters=filters.CertificateFilter,
    resource=resources.CertificateResource,
    titled=titles.certificates,
    headline="number",
    tabs=(
        Tab(name="confirmation", title=_("Confirmation"), context=related(ledger=lambda: CONFIRMATIONS, field="certificate")),
    ),
    actions=actions.OF_CERTIFICATE,
    more=(
        ListLink(title=_("Certificates to confirm"), route="certificates-to-confirm", permission="instruments.confirm"),
        ListLink(title=_("Metrological confirmations"), route="confirmations:list"),
    ),
)
CONFIRMATIONS: LedgerPages = OF_INSTRUMENTS.ledger(
    forms.ConfirmationForm,
    name="confirmations",
    title=_("Metrological confirmations"),
    noun=pgettext_lazy("one record", "confirmation"),
    table=tables.ConfirmationTable,
    filters=filters.ConfirmationFilter,
    resource=resources.ConfirmationResource,
    titled=titles.confirmations,
    write="instruments.confirm",
    headline="confirmed_on",
)

LEDGERS = (INSTRUMENTS, SPELLS, INSTALLATIONS, CHAINS, SEALS, CERTIFICATES, CONFIRMATIONS)

urlpatterns: list[URLPattern | URLResolver] = [
    *(ledger_urls(ledger) for ledger in LEDGERS),
    path("certificates-to-confirm/", confirming.ConfirmingPage.as_view(), name="certificates-to-confirm"),
    *form_181_pages.urlpatterns,
    path("year-ends/", year_end_pages.YearEndsPage.as_view(), name="year-ends"),
    path("year-ends/<int:year>/", year_end_pages.YearEndPage.as_view(), name="year-end"),
    path("year-ends/<int:year>.xlsx", year_end_pages.YearEndFile.as_view(), name="year-end-file"),
    path("instrument-workbook/", workbook.WorkbookPage.as_view(), name="instrument-workbook"),
    path("instrument-workbook.xlsx", workbook.WorkbookTemplate.as_view(), name="instrument-workbook-file"),
]
