"""The tables of certificates and their confirmations."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Mapping

import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from tanheng.metrology.instruments.certificate import TraceState
from tanheng.platform.instruments import forms, overview, words
from tanheng.platform.instruments.models import Certificate, Confirmation
from tanheng.platform.instruments.tables.chips import trace_chip
from tanheng.platform.ui.tables import (
    BLANK,
    ONE_LINE,
    ChoiceColumn,
    DayColumn,
    FileColumn,
    HeadColumn,
    LedgerTable,
    NumberColumn,
    ReferenceColumn,
)
from tanheng.platform.ui.templatetags.tanheng import chip


class CertificateTable(LedgerTable):
    """Certificates."""

    number = HeadColumn(empty_values=())
    instrument = ReferenceColumn(attrs={"td": {"class": "named"}})
    chain = ReferenceColumn()
    state = tables.Column(verbose_name=_("State"), accessor="subject", orderable=False)
    kind = ChoiceColumn(forms.CERTIFICATE_KINDS)
    result = ChoiceColumn(forms.RESULTS)
    issued_on = DayColumn()
    expires_on = DayColumn()
    uncertainty = NumberColumn()
    coverage_factor = NumberColumn()
    range_low = NumberColumn()
    range_high = NumberColumn()
    file = FileColumn()
    hidden_at_first = frozenset(
        {
            "uncertainty",
            "coverage_factor",
            "uncertainty_unit",
            "range_low",
            "range_high",
            "range_unit",
            "regulation",
            "remark",
            "version",
            "known_from",
        }
    )

    class Meta(LedgerTable.Meta):
        """Columns."""

        model = Certificate
        fields = (
            "number",
            "instrument",
            "chain",
            "state",
            "kind",
            "issuer",
            "issued_on",
            "expires_on",
            "result",
            "accuracy_class",
            "uncertainty",
            "coverage_factor",
            "uncertainty_unit",
            "range_low",
            "range_high",
            "range_unit",
            "regulation",
            "file",
            "remark",
        )

    @functools.cached_property
    def _states(self) -> Mapping[uuid.UUID, TraceState | None]:
        return overview.certificate_states(self._page.plant) if self._page is not None else {}

    def render_number(self, value: str, record: Certificate) -> str | SafeString:
        """Return the link to the record, which may have no number."""
        return self.render_link(words.said(words.numbered(value)), record)

    def render_state(self, value: uuid.UUID) -> SafeString:
        """Return the chip of the certificate's state today."""
        if value not in self._states:
            return BLANK
        state = self._states[value]
        return trace_chip(state) if state is not None else chip(words.said(words.CERTIFICATE_STATE[words.SUPERSEDED]), "calm")


class ConfirmationTable(LedgerTable):
    """Confirmations."""

    confirmed_on = HeadColumn(attrs=ONE_LINE)
    certificate = ReferenceColumn()
    required_mpe = NumberColumn()
    found_error = NumberColumn()
    hidden_at_first = frozenset({"remark", "version"})

    class Meta(LedgerTable.Meta):
        """Columns."""

        model = Confirmation
        fields = (
            "confirmed_on",
            "certificate",
            "verdict",
            "required_class",
            "required_mpe",
            "found_error",
            "mpe_unit",
            "remark",
        )

    def render_verdict(self, value: str) -> SafeString:
        """Return the chip of the verdict."""
        return chip(str(forms.VERDICTS[value]), "good" if value == "fit" else "bad")
