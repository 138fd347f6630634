"""The tables of the plant's master data."""

from __future__ import annotations

from tanheng.platform.plant.forms.master import CLINKERS, PERMIT_KINDS, SITE_KINDS
from tanheng.platform.plant.models import Enterprise, Line, Permit, Site
from tanheng.platform.ui.tables import (
    ChoiceColumn,
    DayColumn,
    FlagColumn,
    HeadColumn,
    LedgerTable,
    NumberColumn,
    ReferenceColumn,
)


class EnterpriseTable(LedgerTable):
    """The legal person."""

    name_zh = HeadColumn()
    founded_on = DayColumn()
    hidden_at_first = frozenset({"name_en", "group", "legal_representative", "telephone", "founded_on", "industry"})

    class Meta(LedgerTable.Meta):
        """Columns."""

        model = Enterprise
        fields = (
            "name_zh",
            "name_en",
            "credit_code",
            "region",
            "address",
            "industry",
            "group",
            "legal_representative",
            "carbon_manager",
            "telephone",
            "registry_account",
            "founded_on",
        )


class SiteTable(LedgerTable):
    """Places."""

    code = HeadColumn()
    kind = ChoiceColumn(SITE_KINDS)
    longitude = NumberColumn()
    latitude = NumberColumn()
    in_boundary = FlagColumn()
    hidden_at_first = frozenset({"name_en", "longitude", "latitude"})

    class Meta(LedgerTable.Meta):
        """Columns."""

        model = Site
        fields = ("code", "name_zh", "name_en", "kind", "address", "longitude", "latitude", "in_boundary")


class PermitTable(LedgerTable):
    """Permits."""

    number = HeadColumn()
    kind = ChoiceColumn(PERMIT_KINDS)
    issued_on = DayColumn()
    expires_on = DayColumn()
    line = ReferenceColumn()
    hidden_at_first = frozenset({"remark"})

    class Meta(LedgerTable.Meta):
        """Columns."""

        model = Permit
        fields = ("number", "kind", "authority", "issued_on", "expires_on", "line", "remark")


class LineTable(LedgerTable):
    """Production lines."""

    code = HeadColumn()
    site = ReferenceColumn()
    clinker = ChoiceColumn(CLINKERS)
    design_capacity = NumberColumn()
    kiln_diameter = NumberColumn()
    kiln_length = NumberColumn()
    preheater_stages = NumberColumn()
    waste_heat_power = NumberColumn()
    alternative_fuels = FlagColumn()
    commissioned_on = DayColumn()
    hidden_at_first = frozenset({"name_en", "preheater_stages", "waste_heat_power", "commissioned_on"})

    class Meta(LedgerTable.Meta):
        """Columns."""

        model = Line
        fields = (
            "code",
            "name_zh",
            "name_en",
            "site",
            "clinker",
            "design_capacity",
            "kiln_diameter",
            "kiln_length",
            "preheater_stages",
            "waste_heat_power",
            "alternative_fuels",
            "commissioned_on",
        )
