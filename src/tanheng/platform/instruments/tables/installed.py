"""The tables of installations, chains and seals."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from tanheng.platform.instruments import forms, words
from tanheng.platform.instruments.models import Chain, Installation, Seal
from tanheng.platform.instruments.schemas.chain_1 import NEEDED, ROLES, ChainKind
from tanheng.platform.instruments.tables.chips import trace_chip, use_chip
from tanheng.platform.instruments.tables.standing import StandingTable, Stood
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


class InstallationTable(LedgerTable):
    """Installations."""

    started_on = HeadColumn(attrs=ONE_LINE)
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


class ChainTable(StandingTable):
    """Chains, with what their parts say together."""

    code = HeadColumn()
    kind = ChoiceColumn(forms.CHAIN_KINDS)
    lacking = tables.Column(verbose_name=_("Missing parts"), accessor="kind", orderable=False)
    parts = tables.Column(verbose_name=_("States of the parts"), accessor="code", orderable=False)
    trace = Stood(verbose_name=_("Certificate of the chain"))
    points = Stood(verbose_name=_("Metering points"))
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
