"""What each ledger of the plant is checked against. Ledgers whose records name each other are written under one lock."""

from __future__ import annotations

from collections.abc import Mapping

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
from tanheng.platform.plant.services.checks.edition import EditionCheck
from tanheng.platform.plant.services.checks.equipment import BoundaryCheck, EquipmentCheck
from tanheng.platform.plant.services.checks.master import EnterpriseCheck, LineCheck, PermitCheck, SiteCheck
from tanheng.platform.plant.services.checks.network import EdgeCheck, NodeCheck, PointCheck, StreamCheck
from tanheng.platform.record.checking import Check
from tanheng.platform.record.models import Version

CHECKS: Mapping[type[Version], type[Check]] = {
    Enterprise: EnterpriseCheck,
    Site: SiteCheck,
    Permit: PermitCheck,
    Line: LineCheck,
    SourceStream: StreamCheck,
    Node: NodeCheck,
    Edge: EdgeCheck,
    Point: PointCheck,
    Equipment: EquipmentCheck,
    Edition: EditionCheck,
    ClinkerBoundary: BoundaryCheck,
}
