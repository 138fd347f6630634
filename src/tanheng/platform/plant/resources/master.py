"""The sheets of the plant's master data: what identifies a row, and an example for the template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from tanheng.platform.plant.forms.master import EnterpriseForm, LineForm, PermitForm, SiteForm
from tanheng.platform.ui.resources import LedgerResource


class EnterpriseResource(LedgerResource):
    """The legal person."""

    form = EnterpriseForm
    key = ("credit_code",)
    examples: ClassVar[Mapping[str, str]] = {
        "name_zh": "某某水泥有限公司",
        "name_en": "Somewhere Cement Co., Ltd.",
        "credit_code": "91420000MA0000000X",
        "region": "420281",
        "industry": "3011",
        "founded_on": "2009-06-18",
    }


class SiteResource(LedgerResource):
    """Places."""

    form = SiteForm
    key = ("code",)
    examples: ClassVar[Mapping[str, str]] = {
        "code": "A",
        "name_zh": "熟料厂区",
        "kind": "clinker",
        "longitude": "114.931220",
        "latitude": "30.115100",
        "in_boundary": "是",
    }


class PermitResource(LedgerResource):
    """Permits."""

    form = PermitForm
    key = ("kind", "number")
    examples: ClassVar[Mapping[str, str]] = {
        "kind": "pollutant",
        "number": "91420000MA0000000X001P",
        "authority": "某市生态环境局",
        "issued_on": "2025.3.1",
        "expires_on": "2030-02-28",
        "line": "1",
    }


class LineResource(LedgerResource):
    """Production lines."""

    form = LineForm
    key = ("code",)
    examples: ClassVar[Mapping[str, str]] = {
        "code": "1",
        "name_zh": "1号线",
        "site": "A",
        "clinker": "portland",
        "design_capacity": "5000",
        "kiln_diameter": "4.8",
        "kiln_length": "72",
        "preheater_stages": "5",
        "waste_heat_power": "9",
        "alternative_fuels": "否",
        "commissioned_on": "2009-06-18",
        "valid_from": "2026-01-01",
    }
