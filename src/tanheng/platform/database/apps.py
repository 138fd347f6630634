"""The database's functions as a Django app: first among ours, so that every policy finds them."""

from __future__ import annotations

from django.apps import AppConfig


class DatabaseConfig(AppConfig):
    """Functions that policies and triggers stand on."""

    name = "tanheng.platform.database"
    label = "database"
