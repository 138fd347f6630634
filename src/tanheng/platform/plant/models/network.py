"""Source streams, nodes, edges, metering points, editions of the network and the clinker boundary in use."""

from __future__ import annotations

import enum
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tanheng.metrology.network.model import Medium, Method, NodeKind, Role
from tanheng.platform.plant.models.master import CODE
from tanheng.platform.plant.schemas.clinker_boundary_1 import Definition
from tanheng.platform.plant.schemas.edition_1 import EditionKind
from tanheng.platform.plant.schemas.node_1 import Depth
from tanheng.platform.plant.schemas.point_1 import Collecting
from tanheng.platform.plant.schemas.source_stream_1 import EmissionKind
from tanheng.platform.record.models import Version


def _words(kind: type[enum.StrEnum]) -> list[tuple[str, str]]:
    return [(one.value, one.value) for one in kind]


def _by_code(name: str) -> tuple[models.Index, ...]:
    return (*Version.Meta.indexes, models.Index(fields=("plant", "code"), name=f"plant_{name}_by_code"))


def _with_code(name: str) -> tuple[models.BaseConstraint, ...]:
    return (*Version.Meta.constraints, models.CheckConstraint(condition=Q(code__regex=CODE), name=f"plant_{name}_code"))


class SourceStream(Version):
    """A source stream (碳源流)."""

    TYPE = "source_stream"
    SCHEMA = "source_stream/1"

    code = models.CharField(_("code"), max_length=32)
    name_zh = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    kind = models.CharField(_("kind of emission"), max_length=16, choices=_words(EmissionKind))
    line = models.CharField(_("production line"), max_length=32, blank=True)
    item = models.CharField(_("fuel or material"), max_length=64, blank=True)
    emission = models.DecimalField(_("estimated emission (tCO₂/a)"), max_digits=15, decimal_places=3, null=True, blank=True)
    emission_year = models.PositiveSmallIntegerField(_("year of the estimate"), null=True, blank=True)
    emission_source = models.CharField(_("source of the estimate"), max_length=200, blank=True)
    remark = models.TextField(_("remark"), blank=True)

    class Meta(Version.Meta):
        """Database rules."""

        db_table = "plant_source_stream"
        indexes: ClassVar[tuple[models.Index, ...]] = _by_code("source_stream")
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *_with_code("source_stream"),
            models.CheckConstraint(
                condition=Q(emission__isnull=True) | Q(emission__gte=0), name="plant_source_stream_emission"
            ),
        )


class Node(Version):
    """A node of the carbon-flow network (节点)."""

    TYPE = "node"
    SCHEMA = "node/1"

    code = models.CharField(_("code"), max_length=32)
    name_zh = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=_words(NodeKind))
    level = models.CharField(_("level"), max_length=16, choices=_words(Depth))
    system = models.CharField(_("production system"), max_length=64, blank=True)
    stage = models.CharField(_("stage of clinker production"), max_length=64, blank=True)
    line = models.CharField(_("production line"), max_length=32, blank=True)
    remark = models.TextField(_("remark"), blank=True)

    class Meta(Version.Meta):
        """Database rules."""

        db_table = "plant_node"
        indexes: ClassVar[tuple[models.Index, ...]] = _by_code("node")
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = _with_code("node")


class Edge(Version):
    """An edge of the carbon-flow network (流向)."""

    TYPE = "edge"
    SCHEMA = "edge/1"

    code = models.CharField(_("code"), max_length=32)
    name_zh = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    start = models.CharField(_("from node"), max_length=32)
    end = models.CharField(_("to node"), max_length=32)
    medium = models.CharField(pgettext_lazy("of an edge", "medium"), max_length=24, choices=_words(Medium))
    stream = models.CharField(_("source stream"), max_length=32, blank=True)
    remark = models.TextField(_("remark"), blank=True)

    class Meta(Version.Meta):
        """Database rules."""

        db_table = "plant_edge"
        indexes: ClassVar[tuple[models.Index, ...]] = _by_code("edge")
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *_with_code("edge"),
            models.CheckConstraint(condition=~Q(start=F("end")), name="plant_edge_ends"),
        )


class Point(Version):
    """A metering point (计量点)."""

    TYPE = "point"
    SCHEMA = "point/1"

    code = models.CharField(_("code"), max_length=32)
    name_zh = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    place = models.CharField(_("at edge or node"), max_length=32)
    stream = models.CharField(_("source stream"), max_length=32, blank=True)
    parameter = models.CharField(_("parameter"), max_length=64, blank=True)
    method = models.CharField(_("method"), max_length=16, choices=_words(Method))
    role = models.CharField(pgettext_lazy("of a point", "role"), max_length=16, choices=_words(Role))
    level = models.CharField(_("level"), max_length=16, choices=_words(Depth))
    parent = models.CharField(_("parent point"), max_length=32, blank=True)
    energy = models.CharField(_("energy (GB 17167)"), max_length=64, blank=True)
    required_class = models.CharField(_("class of the plant's plan"), max_length=32, blank=True)
    frequency = models.CharField(_("measuring frequency"), max_length=100, blank=True)
    collecting = models.CharField(_("collecting"), max_length=16, choices=_words(Collecting))
    remark = models.TextField(_("remark"), blank=True)

    class Meta(Version.Meta):
        """Database rules."""

        db_table = "plant_point"
        indexes: ClassVar[tuple[models.Index, ...]] = _by_code("point")
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *_with_code("point"),
            models.CheckConstraint(condition=~Q(stream="") | Q(role=Role.INTERNAL.value), name="plant_point_stream"),
        )


class Edition(Version):
    """An edition of the network (网络图版本)."""

    TYPE = "edition"
    SCHEMA = "edition/1"

    kind = models.CharField(_("kind"), max_length=16, choices=_words(EditionKind))
    title = models.CharField(_("title"), max_length=100)
    drawn_on = models.DateField(_("state of"))
    walked_on = models.DateField(_("walk-down on"), null=True, blank=True)
    persons = models.CharField(_("walked by"), max_length=200, blank=True)
    remark = models.TextField(_("remark"), blank=True)
    points = models.PositiveIntegerField(_("metering points"))
    findings = models.PositiveIntegerField(_("findings"))

    class Meta(Version.Meta):
        """Database rules."""

        db_table = "plant_edition"


class ClinkerBoundary(Version):
    """The definition of the clinker boundary in use (熟料生产边界)."""

    TYPE = "clinker_boundary"
    SCHEMA = "clinker_boundary/1"

    definition = models.CharField(_("definition"), max_length=16, choices=_words(Definition))
    grounds = models.TextField(_("grounds"))
    document = models.CharField(_("document"), max_length=64, blank=True)

    class Meta(Version.Meta):
        """Database rules."""

        db_table = "plant_clinker_boundary"
