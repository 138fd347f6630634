"""The plant app."""

from __future__ import annotations

from django.apps import AppConfig


class PlantConfig(AppConfig):
    """Enterprise, sites, permits, lines."""

    name = "tanheng.platform.plant"
    label = "plant"
