"""The plant's master data in the API."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from tanheng.platform.plant import selectors, services
from tanheng.platform.plant.models import Enterprise, Line, Permit, Site
from tanheng.platform.plant.schemas import enterprise_1, line_1, permit_1, site_1
from tanheng.platform.record.paging import ERRORS, Page, PageQuery, page_of
from tanheng.platform.record.resource import Ledger, add_ledger

router = Router()


class PlantRow(Schema):
    """A plant."""

    uid: uuid.UUID
    code: str
    name_zh: str
    name_en: str
    zone: str
    demonstration: bool
    founded_at: datetime.datetime


@router.get("/plants", response={200: Page[PlantRow], **ERRORS}, summary="List plants", tags=["plants"])
def list_plants(request: HttpRequest, query: Query[PageQuery]) -> dict[str, Any]:  # Any: JSON
    """Return the plants at which the caller may read."""
    return page_of(selectors.plants(request.auth), query)  # type: ignore[attr-defined]  # set by ninja


for one in (
    Ledger("enterprises", Enterprise, enterprise_1.Enterprise, selectors, services),
    Ledger("sites", Site, site_1.Site, selectors, services),
    Ledger("permits", Permit, permit_1.Permit, selectors, services),
    Ledger("lines", Line, line_1.Line, selectors, services),
):
    add_ledger(router, one)
