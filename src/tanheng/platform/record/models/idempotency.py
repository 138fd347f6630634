"""Idempotency keys: the answer that a repeated request gets instead of a second change."""

from __future__ import annotations

from django.db import models


class IdempotencyKey(models.Model):
    """One answered request of the API; written in the transaction of the change it answers."""

    actor = models.UUIDField()
    key = models.CharField(max_length=100)
    request = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.BinaryField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        """Database rules."""

        db_table = "record_idempotency_key"
        constraints = (models.UniqueConstraint(fields=("actor", "key"), name="record_idempotency_key_once"),)

    def __str__(self) -> str:
        return self.key
