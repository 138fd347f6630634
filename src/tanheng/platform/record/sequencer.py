"""The sequencer."""

from __future__ import annotations

from tanheng.platform.record.models import Checkpoint, Plant


def sequenced(plant: Plant) -> int:
    """Return how many entries of a plant's log its last checkpoint covers."""
    last = Checkpoint.objects.filter(plant=plant, epoch=plant.epoch).order_by("-size").first()
    return last.size if last is not None else 0
