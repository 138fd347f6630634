"""The carbon-flow network of a plant on a day: classes of its source streams, the boundary in use, the network itself."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tanheng.accounting import source_streams
from tanheng.accounting.boundaries import clinker_boundary
from tanheng.accounting.source_streams import Classification, Classified, Grade
from tanheng.metrology.network.model import Network
from tanheng.platform.plant import models
from tanheng.platform.plant.network import assemble, title_of
from tanheng.platform.plant.schemas.clinker_boundary_1 import Definition
from tanheng.platform.plant.schemas.source_stream_1 import EmissionKind, SourceStream
from tanheng.platform.plant.selectors.records import contents, records
from tanheng.platform.record.actor import Actor, require
from tanheng.platform.record.models import Plant
from tanheng.standards import load_pack

RULE_SETS = ("cn.jjf2309.source_stream", "cn.db50t.source_stream")
_CLASSED = (EmissionKind.COMBUSTION, EmissionKind.PROCESS)


@dataclass(frozen=True, slots=True)
class Classes:
    """Source streams with their classes by each rule set.

    Attributes
    ----------
    by_rule_set : mapping of rule set → Classification
        Of the streams of combustion and process that have an estimate.
    without : tuple of str
        Codes of the streams of these kinds without an estimate: the shares leave them out.
    """

    by_rule_set: Mapping[str, Classification]
    without: tuple[str, ...]

    def of(self, code: str, rule_set: str = RULE_SETS[0]) -> Classified | None:
        """Return a stream's class; None for one without an estimate, and for electricity and heat, which have no class."""
        found = self.by_rule_set[rule_set].streams
        return next((one for one in found if one.stream.id == code), None)

    def grades(self, rule_set: str = RULE_SETS[0]) -> dict[str, Grade]:
        """Return the classes by code."""
        return {one.stream.id: one.grade for one in self.by_rule_set[rule_set].streams}


def network(actor: Actor, plant: Plant, *, on: datetime.date | None = None, rule_set: str = RULE_SETS[0]) -> Network:
    """Return the carbon-flow network, without instruments: as it holds on a day, or by the last version of each record.

    Parameters
    ----------
    rule_set : str
        Table of the rule pack whose limits class the source streams.

    Raises
    ------
    RightsError
    """
    require(actor, "plant.read", plant.pk)
    held = records(plant, on=on)
    return assemble(
        held.streams.values(),
        held.nodes.values(),
        held.edges.values(),
        held.points.values(),
        grades=classes(held.streams.values()).grades(rule_set),
        stages=stages_inside(definition(plant, on=on)),
    )


def classes(streams: Iterable[SourceStream]) -> Classes:
    """Return the classes of source streams by both rule sets; streams without an estimate are left out of the shares."""
    pack = load_pack()
    classed = [one for one in streams if one.kind in _CLASSED]
    known = [source_streams.SourceStream(one.code, title_of(one), one.emission) for one in classed if one.emission is not None]
    found = {name: source_streams.classify(known, source_streams.rule_set(pack, name)) for name in RULE_SETS}
    return Classes(found, tuple(sorted(one.code for one in classed if one.emission is None)))


def classes_of(actor: Actor, plant: Plant, *, on: datetime.date | None = None) -> Classes:
    """Return the classes of the plant's source streams.

    Raises
    ------
    RightsError
    """
    require(actor, "plant.read", plant.pk)
    return classes(contents(models.SourceStream, plant, on=on))


def definition(plant: Plant, *, on: datetime.date | None = None) -> Definition | None:
    """Return the clinker boundary in use, None while none was chosen."""
    rows = models.ClinkerBoundary.objects.filter(plant=plant)
    row = (rows.latest_versions() if on is None else rows.on(on)).first()
    return Definition(row.definition) if row is not None else None


def stages_inside(chosen: Definition | None) -> frozenset[str]:
    """Return the stages of clinker production that a definition includes; none where there is none."""
    if chosen is None:
        return frozenset()
    return frozenset(system.id for system in clinker_boundary(load_pack(), chosen.value).systems if system.inside)
