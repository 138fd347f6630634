"""The record app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RecordConfig(AppConfig):
    """Outbox, versions, attachments, audit trail."""

    name = "tanheng.platform.record"
    label = "record"

    def ready(self) -> None:
        """Have records of before an upgrade be put in order like those after it."""
        post_migrate.connect(_learn_sort_keys, sender=self)


def _learn_sort_keys(**_: Any) -> None:  # Any: what a signal carries
    from tanheng.platform.record import sorting

    sorting.learn_all()
