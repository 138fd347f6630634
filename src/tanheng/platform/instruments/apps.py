"""The instruments app."""

from __future__ import annotations

from django.apps import AppConfig


class InstrumentsConfig(AppConfig):
    """Instruments, their life cycle, installations, chains, seals, certificates and confirmations."""

    name = "tanheng.platform.instruments"
    label = "instrument"
