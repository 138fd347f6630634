"""Errors of reports."""

from __future__ import annotations

from tanheng.core.errors import TanhengError


class ReportError(TanhengError):
    """A report that cannot be made: a font or template is missing or wrong."""
