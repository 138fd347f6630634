"""Payloads of the network need Django's settings, though no database."""

from __future__ import annotations

from tanheng.platform.testing import configure

configure()
