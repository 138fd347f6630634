"""The plant's master data in the API."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from typing import Any, cast

from django.http import HttpRequest
from ninja import Query, Router, Schema

from tanheng.platform.plant import selectors
from tanheng.platform.plant.models import Edition
from tanheng.platform.plant.pages import LEDGERS
from tanheng.platform.plant.schemas import edition_1
from tanheng.platform.record import schema as payloads
from tanheng.platform.record.paging import ERRORS, Page, PageQuery, page_of
from tanheng.platform.record.resource import add_ledger, content_schema
from tanheng.platform.ui.described import in_the_api

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


FrozenNetwork = content_schema(edition_1.Snapshot)


@router.get(
    "/plants/{code}/editions/{subject}/network",
    response={200: FrozenNetwork, **ERRORS},
    summary="The network that an edition froze",
    tags=["editions"],
)
def read_edition_network(request: HttpRequest, code: str, subject: uuid.UUID) -> Any:  # Any: the schema made above
    """Return source streams, nodes, edges and points as they were, with what was found wrong then."""
    actor = request.auth  # type: ignore[attr-defined]  # set by ninja
    plant = selectors.plant_by_code(actor, code)
    row = selectors.one(actor, Edition, plant, subject)
    frozen = cast("edition_1.Edition", payloads.decode(bytes(row.payload)).content).network
    return FrozenNetwork(**{field.name: getattr(frozen, field.name) for field in dataclasses.fields(frozen)})


for one in LEDGERS:
    add_ledger(router, in_the_api(one))
