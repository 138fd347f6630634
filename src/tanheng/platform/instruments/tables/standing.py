"""Columns of what an instrument or chain is today, which no column of its row says."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from django.utils.safestring import SafeString

from tanheng.platform.instruments import overview
from tanheng.platform.instruments.standing import Standing
from tanheng.platform.instruments.tables.chips import trace_chip, use_chip
from tanheng.platform.ui.tables import BLANK, LedgerTable


class Stood(tables.Column):  # type: ignore[misc]  # django-tables2 has no types
    """A column of what an instrument or chain is today, which no column of its row says."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: the base class's
        super().__init__(*args, accessor="code", orderable=False, **kwargs)


class StandingTable(LedgerTable):
    """A table that knows how each instrument and chain of the plant stands today."""

    @functools.cached_property
    def standings(self) -> Mapping[str, Standing]:
        """Return the standings; empty where the table belongs to no page."""
        return overview.standings_of(self._page.plant) if self._page is not None else {}

    def render_use(self, value: str) -> SafeString:
        """Return the chip of the state of use."""
        return use_chip(self.standings[value].use) if value in self.standings else BLANK

    def render_trace(self, value: str) -> SafeString:
        """Return the chip of the state of the certificate."""
        return trace_chip(self.standings[value].trace) if value in self.standings else BLANK

    def render_valid_class(self, value: str) -> str | SafeString:
        """Return the class of the certificate in force."""
        return (self.standings[value].accuracy_class if value in self.standings else "") or BLANK

    def render_due(self, value: str) -> str | SafeString:
        """Return the last day of the certificate in force, or of the newest one."""
        day = self.standings[value].last_day if value in self.standings else None
        return day.isoformat() if day is not None else BLANK

    def render_points(self, value: str) -> str | SafeString:
        """Return where it is installed."""
        return ", ".join(self.standings[value].points) or BLANK if value in self.standings else BLANK
