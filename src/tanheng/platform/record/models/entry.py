"""Log entries: the outbox. A row exists exactly when the change it states was committed."""

from __future__ import annotations

from django.db import models


class LogEntry(models.Model):
    """One statement of a plant's log, as bytes, under its index.

    ``payload`` and ``salt`` stand here for a statement whose payload has no table of its own.
    """

    plant = models.ForeignKey("record.Plant", on_delete=models.PROTECT, related_name="+")
    epoch = models.PositiveIntegerField()
    index = models.BigIntegerField()
    type = models.CharField(max_length=64)
    subject = models.CharField(max_length=128)
    statement = models.BinaryField()
    payload = models.BinaryField(null=True)
    salt = models.BinaryField(null=True)
    at = models.DateTimeField()

    class Meta:
        """Database rules."""

        db_table = "record_log_entry"
        ordering = ("plant", "epoch", "index")
        constraints = (models.UniqueConstraint(fields=("plant", "epoch", "index"), name="record_log_entry_index"),)
        indexes = (models.Index(fields=("plant", "subject"), name="record_log_entry_subject"),)

    def __str__(self) -> str:
        return f"{self.plant_id}/{self.epoch}/{self.index}"
