"""Tables of the plant app: master data, the carbon-flow network, equipment, editions and the clinker boundary in use."""

from __future__ import annotations

from tanheng.platform.plant.models.equipment import Equipment
from tanheng.platform.plant.models.master import Enterprise, Line, Permit, Site
from tanheng.platform.plant.models.network import ClinkerBoundary, Edge, Edition, Node, Point, SourceStream

__all__ = [
    "ClinkerBoundary",
    "Edge",
    "Edition",
    "Enterprise",
    "Equipment",
    "Line",
    "Node",
    "Permit",
    "Point",
    "Site",
    "SourceStream",
]
