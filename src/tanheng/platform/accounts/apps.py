"""The accounts app."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and their rights."""

    name = "tanheng.platform.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Listen for logins, so that the audit trail has them."""
        from tanheng.platform.accounts import signals

        signals.connect()
