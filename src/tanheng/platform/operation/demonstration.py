"""The demonstration: an example's enterprise, sites and lines, in a plant that is marked as one.

The example is a plant-year as files (``examples/hubei-5000tpd``); its ``plant.yaml`` says who it is and what it has. Loading
again changes nothing.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from tanheng.core.errors import InputError, TanhengError
from tanheng.platform.database.scope import scope
from tanheng.platform.errors import ServingError
from tanheng.platform.plant import services
from tanheng.platform.plant.models import Enterprise, Line, Site
from tanheng.platform.plant.rules import credit_code_check
from tanheng.platform.plant.schemas.enterprise_1 import Enterprise as EnterpriseContent
from tanheng.platform.plant.schemas.line_1 import ClinkerKind
from tanheng.platform.plant.schemas.line_1 import Line as LineContent
from tanheng.platform.plant.schemas.site_1 import Site as SiteContent
from tanheng.platform.plant.schemas.site_1 import SiteKind
from tanheng.platform.record import tenants
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant

ACTOR = Actor.system("demonstration")
_REGIONS = {"hubei": "420000", "chongqing": "500000"}
_KILN = re.compile(r"(\d+(?:\.\d+)?)\s*[×x]\s*(\d+(?:\.\d+)?)")
_FACILITIES = {"grinding": SiteKind.GRINDING, "aggregate": SiteKind.AGGREGATE, "quarry": SiteKind.QUARRY}


def load(folder: Path) -> Plant:
    """Load the example in ``folder``; a plant that was loaded before stays as it is.

    Raises
    ------
    ServingError
        The folder has no readable ``plant.yaml``.
    """
    data = _read(folder / "plant.yaml")
    code = str(data["id"])
    from django.db import connection

    with connection.cursor() as cursor:  # the owner sees all plants
        cursor.execute("SELECT id FROM record_plant WHERE code = %s", [code])
        known = cursor.fetchone()
    if known is not None:
        with scope([known[0]]):
            return Plant.objects.get(pk=known[0])
    try:
        return _found(code, data)
    except (KeyError, TypeError, ValueError, TanhengError) as error:
        raise ServingError("platform.serving.demo", path=folder, reason=_reason(error)) from error


def _reason(error: Exception) -> str:
    findings = getattr(error, "findings", ()) if isinstance(error, InputError) else ()
    return "; ".join(str(finding) for finding in findings) or f"{type(error).__name__} {error}"


def _read(path: Path) -> Mapping[str, Any]:  # Any: YAML
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ServingError("platform.serving.demo", path=path, reason=error) from error
    if not isinstance(data, dict) or "id" not in data:
        raise ServingError("platform.serving.demo", path=path, reason="no id")
    return data


def _found(code: str, data: Mapping[str, Any]) -> Plant:
    with scope([]):
        title = data["title"]
        plant = tenants.found(actor=ACTOR, code=code, name_zh=title["zh"], name_en=title["en"], demonstration=True)
    with scope([plant.pk]):
        services.save(Enterprise, _enterprise(data), plant=plant, actor=ACTOR)
        for site in _sites(data):
            services.save(Site, site, plant=plant, actor=ACTOR)
        for line in data["lines"]:
            services.save(Line, _line(line), plant=plant, actor=ACTOR, valid_from=datetime.date(int(data["year"]), 1, 1))
        plant.refresh_from_db()
    return plant


def _enterprise(data: Mapping[str, Any]) -> EnterpriseContent:
    region = _REGIONS.get(str(data.get("province")), "420000")
    return EnterpriseContent(
        name_zh=data["title"]["zh"],
        name_en=data["title"]["en"],
        credit_code=_credit_code(str(data.get("credit_code", "")), region),
        region=region,
        address="",
        industry="3011",
        group="",
        legal_representative="",
        carbon_manager="",
        telephone="",
        registry_account="",
        founded_on=None,
    )


def _credit_code(given: str, region: str) -> str:
    """Return the code given, or for an invented plant a code that belongs to nobody but has its check character."""
    if len(given) == 18 and credit_code_check(given) == given[-1]:
        return given
    stem = f"91{region}000000000"
    return stem + (credit_code_check(stem) or "")


def _sites(data: Mapping[str, Any]) -> list[SiteContent]:
    clinker = _site("clinker", {"zh": "熟料厂区", "en": "Clinker works"}, SiteKind.CLINKER)
    facilities = [(str(one["id"]), one["title"]) for one in data.get("facilities", ())]
    others = [_site(name, title, _FACILITIES.get(name, SiteKind.OTHER)) for name, title in facilities]
    return [clinker, *others]


def _site(code: str, title: Mapping[str, str], kind: SiteKind) -> SiteContent:
    return SiteContent(
        code=code,
        name_zh=title["zh"],
        name_en=title["en"],
        kind=kind,
        address="",
        longitude=None,
        latitude=None,
        in_boundary=True,
    )


def _line(line: Mapping[str, Any]) -> LineContent:
    kiln = _KILN.search(str(line.get("kiln", "")))
    kinds = {str(one.get("kind")) for one in line.get("clinkers", ())}
    return LineContent(
        code=str(line["id"]),
        name_zh=line["title"]["zh"],
        name_en=line["title"]["en"],
        site="clinker",
        clinker=ClinkerKind(next(iter(kinds))) if len(kinds) == 1 else ClinkerKind.PORTLAND,
        design_capacity=Decimal(str(line["capacity"])),
        kiln_diameter=Decimal(kiln[1]) if kiln else None,
        kiln_length=Decimal(kiln[2]) if kiln else None,
        preheater_stages=None,
        waste_heat_power=None,
        alternative_fuels="co_processing" in line.get("attributes", {}),
        commissioned_on=None,
    )
