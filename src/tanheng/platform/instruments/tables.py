"""The tables of the instrument ledgers."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from tanheng.metrology.instruments.certificate import TraceState
from tanheng.metrology.instruments.model import UseState
from tanheng.platform.instruments import forms, overview, words
from tanheng.platform.instruments.lines import range_text
from tanheng.platform.instruments.models import Certificate, Chain, Confirmation, Installation, Instrument, Seal, Spell
from tanheng.platform.instruments.schemas.chain_1 import NEEDED, ROLES, ChainKind
from tanheng.platform.instruments.standing import Standing
from tanheng.platform.ui.tables import (
    BLANK,
    ChoiceColumn,
    DayColumn,
    FileColumn,
    FlagColumn,
    HeadColumn,
    LedgerTable,
    NumberColumn,
    ReferenceColumn,
)
from tanheng.platform.ui.templatetags.tanheng import chip

USE_LOOKS: Mapping[UseState, str] = {
    UseState.PENDING: "wait",
    UseState.IN_SERVICE: "good",
    UseState.SEALED_UP: "calm",
    UseState.OUT_OF_SERVICE: "calm",
    UseState.REPAIR: "wait",
    UseState.DOWNGRADED: "info",
    UseState.SCRAPPED: "calm",
}


def trace_chip(state: TraceState) -> SafeString:
    """Return the chip of a state of a certificate."""
    return chip(words.said(words.TRACE[state]), words.LOOKS[state])


def use_chip(state: UseState) -> SafeString:
    """Return the chip of a state of use."""
    return chip(words.said(words.USE[state]), USE_LOOKS[state])


class _Stood(tables.Column):  # type: ignore[misc]  # django-tables2 has no types
    """A column of what an instrument or chain is today, which no column of its row says."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: the base class's
        super().__init__(*args, accessor="code", orderable=False, **kwargs)


class _Standing(LedgerTable):
    """A table that knows how each instrument and chain of the plant stands today."""

    @functools.cached_property
    def standings(self) -> Mapping[str, Standing]:
        """Return the standings; empty where the table belongs to no page."""
        return overview.standings_of(self._page.plant) if self._page is not None else {}

    def render_use(self, value: str) -> SafeString:
        """Return the chip of the state of use."""
        return use_chip(self.standings[value].use) if value in self.standings else BLANK

    def render_trace(self, value: str) -> SafeString:
        """Return the chip of the state of the certificate."""
        return trace_chip(self.standings[value].trace) if value in self.standings else BLANK

    def render_valid_class(self, value: str) -> str | SafeString:
        """Return the class of the certificate in force."""
        return (self.standings[value].accuracy_class if value in self.standings else "") or BLANK

    def render_due(self, value: str) -> str | SafeString:
        """Return the last day of the certificate in force, or of the newest one."""
        day = self.standings[value].last_day if value in self.standings else None
        return day.isoformat() if day is not None else BLANK

    def render_points(self, value: str) -> str | SafeString:
        """Return where it is installed."""
        return ", ".join(self.standings[value].points) or BLANK if value in self.standings else BLANK


class InstrumentTable(_Standing):
    """Instruments."""

    code = HeadColumn()
    kind = ChoiceColumn(forms.KINDS)
    use = _Stood(verbose_name=_("State of use"))
    trace = _Stood(verbose_name=_("Certificate"))
    valid_class = _Stood(verbose_name=_("Accuracy class (certificate)"))
    due = _Stood(verbose_name=_("Certificate valid to"))
    points = _Stood(verbose_name=_("Metering points"))
    range_text = tables.Column(empty_values=())
    range_low = NumberColumn()
    range_high = NumberColumn()
    made_on = DayColumn()
    traceability = ChoiceColumn(forms.TRACEABILITIES)
    mandatory = FlagColumn()
    cycle_months = NumberColumn()
    interval_months = NumberColumn()
    collecting = ChoiceColumn(forms.COLLECTING)
    smart = FlagColumn()
    portable = FlagColumn()
    temperature_low = NumberColumn()
    temperature_high = NumberColumn()
    humidity = NumberColumn()
    dust = ChoiceColumn(forms.EXPOSURES)
    vibration = ChoiceColumn(forms.EXPOSURES)
    taken_over_on = DayColumn()
    taken_over_state = ChoiceColumn(forms.TAKEN_OVER)
    hidden_at_first = frozenset(
        {
            "name_en",
            "used_class",
            "range_text",
            "range_low",
            "range_high",
            "range_unit",
            "serial_reason",
            "made_on",
            "purpose",
            "mandatory",
            "cycle_months",
            "interval_months",
            "collecting",
            "frequency",
            "smart",
            "portable",
            "temperature_low",
            "temperature_high",
            "humidity",
            "dust",
            "vibration",
            "medium",
            "taken_over_on",
            "taken_over_state",
            "remark",
            "traceability",
            "maker",
            "model",
            "serial",
            "version",
            "known_from",
        }
    )

    class Meta(LedgerTable.Meta):
        """Columns."""

        model = Instrument
        fields = (
            "code",
            "name_zh",
            "name_en",
            "kind",
            "use",
            "trace",
            "valid_class",
            "nominal_class",
            "due",
            "points",
            "model",
            "used_class",
            "range_text",
            "range_low",
            "range_high",
            "range_unit",
            "maker",
            "serial",
            "serial_reason",
            "made_on",
            "place",
            "purpose",
            "person",
            "traceability",
            "mandatory",
            "cycle_months",
            "interval_months",
            "collecting",
            "frequency",
            "smart",
            "portable",
            "temperature_low",
            "temperature_high",
            "humidity",
            "dust",
            "vibration",
            "medium",
            "taken_over_on",
            "taken_over_state",
            "remark",
        )

    def render_range_text(self, record: Instrument) -> str | SafeString:
        """Return the range as printed, or what its ends say."""
        return range_text(record) or BLANK


class SpellTable(LedgerTable):
    """Steps."""

    started_on = HeadColumn()
    instrument = ReferenceColumn()
    state = ChoiceColumn(forms.USES)
    document = FileColumn()
    hidden_at_first = frozenset({"new_class", "version"})

    class Meta(LedgerTable.Meta):
        """Columns."""

        model = Spell
        fields = ("started_on", "instrument", "state", "why", "new_class", "person", "document")


class InstallationTable(LedgerTable):
    """Installations."""

    started_on = HeadColumn()
    instrument = ReferenceColumn()
    chain = ReferenceColumn()
    point = ReferenceColumn()
    ended_on = DayColumn()
    opening_reading = NumberColumn()
    closing_reading = NumberColumn()
    hidden_at_first = frozenset({"started_at", "ended_at", "shared_reason", "beside_reason", "version"})

    class Meta(LedgerTable.Meta):
        """Columns."""

        model = Installation
        fields = (
            "started_on",
            "started_at",
            "instrument",
            "chain",
            "point",
            "ended_on",
            "ended_at",
            "opening_reading",
            "closing_reading",
            "reading_unit",
            "shared_reason",
            "beside_reason",
            "why",
        )


class ChainTable(_Standing):
    """Chains, with what their parts say together."""

    code = HeadColumn()
    kind = ChoiceColumn(forms.CHAIN_KINDS)
    lacking = tables.Column(verbose_name=_("Missing parts"), accessor="kind", orderable=False)
    parts = tables.Column(verbose_name=_("States of the parts"), accessor="code", orderable=False)
    trace = _Stood(verbose_name=_("Certificate of the chain"))
    points = _Stood(verbose_name=_("Metering points"))
    hidden_at_first = frozenset({"name_en", "remark", "version", "known_from", *ROLES})

    class Meta(LedgerTable.Meta):
        """Columns."""

        model = Chain
        fields = ("code", "name_zh", "name_en", "kind", "lacking", "parts", "trace", "points", *ROLES, "remark")

    def render_lacking(self, record: Chain) -> SafeString:
        """Return the parts without which the chain measures nothing and that it lacks."""
        lacking = [role for role in NEEDED[ChainKind(record.kind)] if not getattr(record, role)]
        return format_html_join(" ", "{}", ((chip(words.said(words.ROLE[role]), "bad"),) for role in lacking)) or BLANK

    def render_parts(self, record: Chain) -> SafeString:
        """Return the state of each part; where they differ, each is named."""
        stood = [(code, self.standings[code]) for role in ROLES for code in _codes(record, role) if code in self.standings]
        if len({(one.use, one.trace) for _code, one in stood}) <= 1:
            return format_html("{} {}", use_chip(stood[0][1].use), trace_chip(stood[0][1].trace)) if stood else BLANK
        rows = ((code, use_chip(one.use), trace_chip(one.trace)) for code, one in stood)
        return format_html("{}<div>{}</div>", chip(str(_("differ")), "bad"), format_html_join("", "<div>{} {} {}</div>", rows))


def _codes(record: Chain, role: str) -> list[str]:
    return [code.strip() for code in getattr(record, role).split(";") if code.strip()]


class SealTable(LedgerTable):
    """Seals."""

    number = HeadColumn()
    instrument = ReferenceColumn()
    applied_on = DayColumn()
    removed_on = DayColumn()
    photo = FileColumn()
    hidden_at_first = frozenset({"version", "known_from"})

    class Meta(LedgerTable.Meta):
        """Columns."""

        model = Seal
        fields = (
            "number",
            "instrument",
            "place",
            "applied_on",
            "applied_by",
            "state",
            "removed_on",
            "removed_by",
            "why",
            "photo",
        )

    def render_state(self, value: str) -> SafeString:
        """Return the chip of the seal's state."""
        return chip(str(forms.SEALS[value]), {"intact": "good", "removed": "calm", "broken": "bad"}[value])


class CertificateTable(LedgerTable):
    """Certificates."""

    number = HeadColumn(empty_values=())
    instrument = ReferenceColumn()
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

    confirmed_on = HeadColumn()
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
