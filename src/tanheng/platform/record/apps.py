"""The record app."""

from __future__ import annotations

from django.apps import AppConfig


class RecordConfig(AppConfig):
    """Outbox, versions, attachments, audit trail."""

    name = "tanheng.platform.record"
    label = "record"
