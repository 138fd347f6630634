"""Tables of the record app."""

from __future__ import annotations

from tanheng.platform.record.models.attachment import Attachment
from tanheng.platform.record.models.audit import AuditEvent
from tanheng.platform.record.models.checkpoint import Checkpoint
from tanheng.platform.record.models.entry import LogEntry
from tanheng.platform.record.models.idempotency import IdempotencyKey
from tanheng.platform.record.models.plant import Plant
from tanheng.platform.record.models.sort_key import SortKey
from tanheng.platform.record.models.version import Version, VersionQuerySet

__all__ = [
    "Attachment",
    "AuditEvent",
    "Checkpoint",
    "IdempotencyKey",
    "LogEntry",
    "Plant",
    "SortKey",
    "Version",
    "VersionQuerySet",
]
