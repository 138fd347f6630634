"""The table of instruments."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from tanheng.platform.instruments import forms
from tanheng.platform.instruments.lines import range_text
from tanheng.platform.instruments.models import Instrument
from tanheng.platform.instruments.tables.standing import StandingTable, Stood
from tanheng.platform.ui.tables import (
    BLANK,
    ONE_LINE,
    ChoiceColumn,
    DayColumn,
    FlagColumn,
    HeadColumn,
    LedgerTable,
    NumberColumn,
)

_COLUMNS = (
    *("code", "name_zh", "name_en", "kind", "use", "trace", "valid_class", "nominal_class", "due", "points", "model"),
    *("used_class", "range_text", "range_low", "range_high", "range_unit", "maker", "serial", "serial_reason", "made_on"),
    *("place", "purpose", "person", "traceability", "mandatory", "cycle_months", "interval_months", "collecting"),
    *("frequency", "smart", "portable", "temperature_low", "temperature_high", "humidity", "dust", "vibration", "medium"),
    *("taken_over_on", "taken_over_state", "remark"),
)
_SHOWN = {"code", "name_zh", "kind", "use", "trace", "valid_class", "nominal_class", "due", "points", "place", "person"}
"""Without being asked for."""


class InstrumentTable(StandingTable):
    """Instruments."""

    code = HeadColumn()
    kind = ChoiceColumn(forms.KINDS)
    use = Stood(verbose_name=_("State of use"))
    trace = Stood(verbose_name=_("Certificate"))
    valid_class = Stood(verbose_name=_("Accuracy class (certificate)"))
    due = Stood(verbose_name=_("Certificate valid to"), attrs=ONE_LINE)
    points = Stood(verbose_name=_("Metering points"))
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
    hidden_at_first = frozenset({*_COLUMNS, "version", "known_from"}) - _SHOWN

    class Meta(LedgerTable.Meta):
        """Columns."""

        model = Instrument
        fields = _COLUMNS

    def render_range_text(self, record: Instrument) -> str | SafeString:
        """Return the range as printed, or what its ends say."""
        return range_text(record) or BLANK
