"""The notice app."""

from __future__ import annotations

from django.apps import AppConfig


class NoticeConfig(AppConfig):
    """Alarms, duties, mail."""

    name = "tanheng.platform.notice"
    label = "notice"
