"""The audit trail: who did what, when, from where, and how it ended."""

from __future__ import annotations

from django.db import models


class AuditEvent(models.Model):
    """One line of the audit trail (ASVS 16.2.1: who, what, when, where)."""

    class Result(models.TextChoices):
        """How it ended."""

        DONE = "done"
        REFUSED = "refused"
        FAILED = "failed"

    plant = models.ForeignKey("record.Plant", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    actor = models.UUIDField(null=True)
    session = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=128, blank=True)
    result = models.CharField(max_length=8, choices=Result.choices)
    detail = models.JSONField(default=dict)

    class Meta:
        """Database rules."""

        db_table = "record_audit_event"
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("plant", "-at"), name="record_audit_event_at"),
            models.Index(fields=("actor", "-at"), name="record_audit_event_actor"),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action}"
