"""Checkpoints: what the plant's log has published."""

from __future__ import annotations

from django.db import models


class Checkpoint(models.Model):
    """One signed checkpoint of a plant's log, with the cosignatures it has."""

    plant = models.ForeignKey("record.Plant", on_delete=models.PROTECT, related_name="+")
    epoch = models.PositiveIntegerField()
    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    note = models.TextField()
    at = models.DateTimeField()
    cosigned_at = models.DateTimeField(null=True)
    witness = models.CharField(max_length=200, blank=True)
    failure = models.TextField(blank=True)

    class Meta:
        """Database rules."""

        db_table = "record_checkpoint"
        ordering = ("plant", "epoch", "size")
        constraints = (models.UniqueConstraint(fields=("plant", "epoch", "size"), name="record_checkpoint_size"),)

    def __str__(self) -> str:
        return f"{self.plant_id}/{self.epoch}/{self.size}"
