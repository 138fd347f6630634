"""The app of the pages."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Frame, ledgers, overview, system."""

    name = "tanheng.platform.ui"
    label = "ui"
