"""The sheets of source streams, nodes, edges, points, equipment, editions and the clinker boundary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from tanheng.platform.plant.forms import network as forms
from tanheng.platform.ui.resources import LedgerResource


class SourceStreamResource(LedgerResource):
    """Source streams."""

    form = forms.SourceStreamForm
    key = ("code",)
    examples: ClassVar[Mapping[str, str]] = {
        "code": "1-coal",
        "name_zh": "1号线烟煤",
        "name_en": "Coal of line 1",
        "kind": "combustion",
        "line": "1",
        "item": "bituminous_coal",
        "emission": "482000",
        "emission_year": "2025",
        "emission_source": "2025年度排放报告",
    }


class NodeResource(LedgerResource):
    """Nodes."""

    form = forms.NodeForm
    key = ("code",)
    examples: ClassVar[Mapping[str, str]] = {
        "code": "1-kiln",
        "name_zh": "1号回转窑",
        "name_en": "Kiln 1",
        "kind": "equipment",
        "level": "equipment",
        "system": "clinker",
        "stage": "kiln",
        "line": "1",
    }


class EdgeResource(LedgerResource):
    """Edges."""

    form = forms.EdgeForm
    key = ("code",)
    examples: ClassVar[Mapping[str, str]] = {
        "code": "1-coal-kiln",
        "name_zh": "窑头煤粉",
        "name_en": "Coal to the kiln burner",
        "start": "1-coal-mill",
        "end": "1-kiln",
        "medium": "fossil_fuel",
        "stream": "1-coal",
    }


class PointResource(LedgerResource):
    """Metering points."""

    form = forms.PointForm
    key = ("code",)
    examples: ClassVar[Mapping[str, str]] = {
        "code": "MP-101",
        "name_zh": "入磨煤皮带秤",
        "name_en": "Coal to the mill",
        "place": "1-coal-kiln",
        "stream": "1-coal",
        "parameter": "solid_fuel_fired",
        "method": "calculated",
        "role": "activity",
        "level": "system",
        "energy": "coal",
        "collecting": "automatic",
    }


class EquipmentResource(LedgerResource):
    """Equipment and fuel use."""

    form = forms.EquipmentForm
    key = ("code",)
    examples: ClassVar[Mapping[str, str]] = {
        "code": "TRK-1",
        "name_zh": "矿山外包运输车辆",
        "name_en": "Contractor's quarry trucks",
        "kind": "contractor",
        "fuel": "diesel",
        "owner": "某运输公司",
        "operator": "某运输公司",
        "payer": "某运输公司",
        "in_boundary": "是",
    }


class EditionResource(LedgerResource):
    """Editions of the network."""

    form = forms.EditionForm
    key = ("title",)
    examples: ClassVar[Mapping[str, str]] = {"kind": "as_built", "title": "2026年11月竣工版", "drawn_on": "2026-11-20"}


class ClinkerBoundaryResource(LedgerResource):
    """The clinker boundary in use."""

    form = forms.ClinkerBoundaryForm
    key = ()
    examples: ClassVar[Mapping[str, str]] = {"definition": "silo", "grounds": "按湖北省规定"}
