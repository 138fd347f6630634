"""The plant's master data in the API."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from typing import Any, cast

from django.http import HttpRequest
from ninja import Query, Router, Schema

from tanheng.platform.plant import selectors, services
from tanheng.platform.plant.models import (
    ClinkerBoundary,
    Edge,
    Edition,
    Enterprise,
    Equipment,
    Line,
    Node,
    Permit,
    Point,
    Site,
    SourceStream,
)
from tanheng.platform.plant.schemas import (
    clinker_boundary_1,
    edge_1,
    edition_1,
    enterprise_1,
    equipment_1,
    line_1,
    node_1,
    permit_1,
    point_1,
    site_1,
    source_stream_1,
)
from tanheng.platform.plant.services import editions
from tanheng.platform.record import schema as payloads
from tanheng.platform.record.paging import ERRORS, Page, PageQuery, page_of
from tanheng.platform.record.resource import Ledger, add_ledger, content_schema

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


for one in (
    Ledger("enterprises", Enterprise, enterprise_1.Enterprise, selectors, services),
    Ledger("sites", Site, site_1.Site, selectors, services),
    Ledger("permits", Permit, permit_1.Permit, selectors, services),
    Ledger("lines", Line, line_1.Line, selectors, services),
    Ledger("source-streams", SourceStream, source_stream_1.SourceStream, selectors, services),
    Ledger("nodes", Node, node_1.Node, selectors, services),
    Ledger("edges", Edge, edge_1.Edge, selectors, services),
    Ledger("points", Point, point_1.Point, selectors, services),
    Ledger("equipment", Equipment, equipment_1.Equipment, selectors, services),
    Ledger("editions", Edition, edition_1.Heading, selectors, editions),
    Ledger("clinker-boundary", ClinkerBoundary, clinker_boundary_1.ClinkerBoundary, selectors, services),
):
    add_ledger(router, one)
