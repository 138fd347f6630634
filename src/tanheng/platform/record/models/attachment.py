"""Attachments: files by their hash, and what was said when each arrived."""

from __future__ import annotations

import uuid

from django.db import models


class Attachment(models.Model):
    """One file that a person or a terminal handed in.

    The bytes lie in the data folder under ``sha256``; one file handed in twice is two rows and one file.
    """

    plant = models.ForeignKey("record.Plant", on_delete=models.PROTECT, related_name="+")
    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    subject = models.UUIDField(null=True)
    name = models.CharField(max_length=200)
    media = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    actor = models.UUIDField()
    at = models.DateTimeField()
    salt = models.BinaryField()
    log_epoch = models.PositiveIntegerField()
    log_index = models.BigIntegerField()

    class Meta:
        """Database rules."""

        db_table = "record_attachment"
        ordering = ("plant", "log_epoch", "log_index")
        constraints = (
            models.UniqueConstraint(fields=("plant", "log_epoch", "log_index"), name="record_attachment_log_index"),
            models.CheckConstraint(condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="record_attachment_sha256"),
            models.CheckConstraint(condition=models.Q(size__gte=0), name="record_attachment_size"),
        )
        indexes = (models.Index(fields=("plant", "subject"), name="record_attachment_subject"),)

    def __str__(self) -> str:
        return self.name
