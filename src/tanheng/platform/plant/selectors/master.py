"""Reading the plant's master data. Every read is inside the scope of the request, which hides other plants."""

from __future__ import annotations

from tanheng.platform.plant.models import Line, Site
from tanheng.platform.record.reading import Reads

READS = Reads("plant.read")

plants, plant_by_code = READS.plants, READS.plant_by_code
ledger, one, history = READS.ledger, READS.one, READS.history


def codes(model: type[Site] | type[Line], plant: int) -> frozenset[str]:
    """Return the codes in use."""
    return frozenset(model.objects.filter(plant_id=plant).latest_versions().values_list("code", flat=True))
