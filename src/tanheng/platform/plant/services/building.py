"""Building the standard network of some lines: all of its records or none, each through the services that check them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from tanheng.core.errors import InputError
from tanheng.platform.plant import template
from tanheng.platform.plant.models import Edge, Line, Node, Point, SourceStream
from tanheng.platform.plant.schemas.line_1 import ClinkerKind
from tanheng.platform.plant.schemas.line_1 import Line as LineContent
from tanheng.platform.plant.selectors.records import contents, records
from tanheng.platform.plant.services import keeping
from tanheng.platform.record.actor import Actor, require
from tanheng.platform.record.models import Plant


@dataclass(frozen=True, slots=True)
class Built:
    """How many records were made."""

    streams: int
    nodes: int
    edges: int
    points: int


def clinker_lines(plant: Plant) -> list[LineContent]:
    """Return the plant's lines that make clinker."""
    return [line for line in contents(Line, plant) if line.clinker is not ClinkerKind.NONE]


@transaction.atomic
def build(plant: Plant, *, actor: Actor, lines: Collection[str], options: template.Options) -> Built:
    """Make the standard network of the lines named; what the plant shares is made with the first of them.

    Raises
    ------
    RightsError
    InputError
        No line of clinker is named, or a code of its network is in use.
    """
    require(actor, "plant.write", plant.pk)
    keeping.hold(Node, plant)
    chosen = [line for line in clinker_lines(plant) if line.code in lines]
    if not chosen or len(chosen) != len(set(lines)):
        raise InputError("platform.plant.template_lines", field="lines")
    planned, held = template.planned(chosen, options), records(plant)
    ledgers = (
        (SourceStream, planned.streams, held.streams.keys()),
        (Node, planned.nodes, held.nodes.keys() | held.edges.keys()),
        (Edge, planned.edges, held.nodes.keys() | held.edges.keys()),
        (Point, planned.points, held.points.keys()),
    )
    taken = [one.code for _, made, used in ledgers for one in made if one.code in used and one.code not in planned.shared]
    if taken:
        raise InputError("platform.plant.template_used", field="lines", users=", ".join(taken[:10]))
    counts = []
    for model, made, used in ledgers:
        fresh = [one for one in made if one.code not in used]
        counts.append(len(keeping.save_many(model, fresh, plant=plant, actor=actor)))
    return Built(*counts)
