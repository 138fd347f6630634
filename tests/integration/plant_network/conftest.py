"""A plant with lines, over a real database, for the ledgers of its network."""
# ruff: noqa: E402  # Django is configured before its models are imported

from __future__ import annotations

import itertools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tanheng.platform.testing import *  # noqa: F403
from tanheng.platform.testing import configure

configure()

from django.test import Client
from django.utils import timezone

from tanheng.core.errors import InputError
from tanheng.metrology.network.model import Medium, Method, NodeKind, Role
from tanheng.platform.accounts.models import Grant, User
from tanheng.platform.accounts.roles import Role as Post
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.plant import services
from tanheng.platform.plant.models import Edge, Line, Node, Point, SourceStream
from tanheng.platform.plant.schemas import edge_1, line_1, node_1, point_1, source_stream_1
from tanheng.platform.plant.schemas.node_1 import Depth
from tanheng.platform.plant.schemas.point_1 import Collecting
from tanheng.platform.plant.schemas.source_stream_1 import EmissionKind
from tanheng.platform.record import tenants
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant, Version

SYSTEM = Actor.system("tests")
_numbers = itertools.count(1)


class Desk:
    """Writes records of one plant, with usual values where a test says nothing."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant

    def save(self, model: type[Version], content: object, **more: Any) -> Any:
        with scope(all_plants()):
            return services.save(model, content, plant=self.plant, actor=SYSTEM, **more)

    def save_many(self, model: type[Version], contents: list[object]) -> Any:
        with scope(all_plants()):
            return services.save_many(model, contents, plant=self.plant, actor=SYSTEM)

    def retire(self, row: Any) -> Any:
        with scope(all_plants()):
            return services.retire(
                type(row), plant=self.plant, actor=SYSTEM, subject=row.subject, seen=row.version, reason="left the plant"
            )

    def line(self, code: str = "1") -> Line:
        content = line_1.Line(
            code=code,
            name_zh=f"{code}号线",
            name_en=f"Line {code}",
            site="",
            clinker=line_1.ClinkerKind.PORTLAND,
            design_capacity=Decimal(5000),
            kiln_diameter=None,
            kiln_length=None,
            preheater_stages=5,
            waste_heat_power=None,
            alternative_fuels=False,
            commissioned_on=None,
        )
        row: Line = self.save(Line, content)
        return row

    def stream(self, code: str, **said: Any) -> SourceStream:
        row: SourceStream = self.save(SourceStream, stream(code, **said))
        return row

    def node(self, code: str, **said: Any) -> Node:
        row: Node = self.save(Node, node(code, **said))
        return row

    def edge(self, code: str, start: str, end: str, **said: Any) -> Edge:
        row: Edge = self.save(Edge, edge(code, start, end, **said))
        return row

    def point(self, code: str, place: str, **said: Any) -> Point:
        row: Point = self.save(Point, point(code, place, **said))
        return row


def stream(code: str, **said: Any) -> source_stream_1.SourceStream:
    usual: dict[str, Any] = {
        "name_zh": f"{code}源流",
        "name_en": "",
        "kind": EmissionKind.COMBUSTION,
        "line": "",
        "item": "bituminous_coal",
        "emission": None,
        "emission_year": None,
        "emission_source": "",
        "remark": "",
    }
    return source_stream_1.SourceStream(code=code, **{**usual, **said})


def node(code: str, **said: Any) -> node_1.Node:
    usual: dict[str, Any] = {
        "name_zh": f"{code}节点",
        "name_en": "",
        "kind": NodeKind.SYSTEM,
        "level": Depth.SYSTEM,
        "system": "clinker",
        "stage": "",
        "line": "",
        "remark": "",
    }
    return node_1.Node(code=code, **{**usual, **said})


def edge(code: str, start: str, end: str, **said: Any) -> edge_1.Edge:
    usual: dict[str, Any] = {
        "name_zh": f"{code}流向",
        "name_en": "",
        "medium": Medium.RAW_MATERIAL,
        "stream": "",
        "remark": "",
    }
    return edge_1.Edge(code=code, start=start, end=end, **{**usual, **said})


def point(code: str, place: str, **said: Any) -> point_1.Point:
    usual: dict[str, Any] = {
        "name_zh": f"{code}计量点",
        "name_en": "",
        "stream": "coal",
        "parameter": "solid_fuel_fired",
        "method": Method.CALCULATED,
        "role": Role.ACTIVITY,
        "level": Depth.SYSTEM,
        "parent": "",
        "energy": "coal",
        "required_class": "",
        "frequency": "",
        "collecting": Collecting.AUTOMATIC,
        "remark": "",
    }
    return point_1.Point(code=code, place=place, **{**usual, **said})


def faults(refused: InputError) -> list[tuple[str, str]]:
    """Return code and field of each fault."""
    return [(one.code, str(one.fields.get("field"))) for one in refused.findings]


def found() -> Desk:
    """Return the desk of a new plant."""
    with scope([]):
        code = f"network-{next(_numbers)}"
        plant = tenants.found(actor=SYSTEM, code=code, name_zh="华东水泥有限公司", name_en="East Cement")
    return Desk(plant)


@pytest.fixture
def desk(database: str) -> Desk:
    """Return the desk of a new plant."""
    return found()


@pytest.fixture
def elsewhere(database: str) -> Desk:
    """Return the desk of another plant."""
    return found()


@pytest.fixture
def made() -> Any:
    """Return the functions that make contents: ``stream``, ``node``, ``edge``, ``point``, and ``faults``."""

    class Made:
        stream = staticmethod(stream)
        node = staticmethod(node)
        edge = staticmethod(edge)
        point = staticmethod(point)
        faults = staticmethod(faults)

    return Made


@pytest.fixture
def login(desk: Desk) -> Callable[..., Client]:
    """Return a function that logs a person with roles at the plant in."""

    def login(*posts: Post, language: str = "en") -> Client:
        user = User.objects.create_user(f"person-{next(_numbers)}", password="a long enough password")
        for post in posts:
            Grant.objects.create(user=user, plant=desk.plant, role=post, since=timezone.now(), granted_by=SYSTEM.uid)
        client = Client()
        client.cookies["django_language"] = language
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return login
