"""The REST API under ``/api/v1``: one root, and a router from each app that offers one."""

from __future__ import annotations

from tanheng.platform.api.root import api

__all__ = ["api"]
