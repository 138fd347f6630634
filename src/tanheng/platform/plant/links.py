"""Where the things of a drawing or a finding have their records."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tanheng.metrology.network.findings import Finding
from tanheng.platform.plant import models
from tanheng.platform.record.models import Version
from tanheng.platform.ui.frame import Page
from tanheng.platform.ui.language import language

LEDGER_OF: Mapping[str, tuple[type[Version], str]] = {
    "node": (models.Node, "nodes"),
    "edge": (models.Edge, "edges"),
    "point": (models.Point, "points"),
    "stream": (models.SourceStream, "source-streams"),
}
"""Of each kind of thing in a drawing or finding, its ledger and the name of its pages."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding as a page shows it; ``address`` leads to the record to mend."""

    severity: str
    text: str
    code: str
    address: str


class Links:
    """The addresses of a plant's records by kind and code, looked up once for a page.

    Parameters
    ----------
    page : Page
        Knows plant and addresses.
    more : mapping, optional
        Kinds beside those of the plant app, such as the instruments of a higher one.
    """

    def __init__(self, page: Page, more: Mapping[str, tuple[type[Version], str]] | None = None) -> None:
        self._page = page
        self._ledgers = {**LEDGER_OF, **(more or {})}

    @functools.cached_property
    def _subjects(self) -> dict[tuple[str, str], uuid.UUID]:
        found: dict[tuple[str, str], uuid.UUID] = {}
        for kind, (model, _pages) in self._ledgers.items():
            rows: Any = model._default_manager  # Any: heirs of Version; Django's documented name
            pairs = rows.filter(plant=self._page.plant).latest_versions().values_list("code", "subject")
            found |= {(kind, code): subject for code, subject in pairs}
        return found

    def address(self, kind: str, code: str) -> str:
        """Return where a thing's record is; empty for one without."""
        subject = self._subjects.get((kind, code))
        return self._page.address(f"{self._ledgers[kind][1]}:detail", subject=subject) if subject is not None else ""

    def shown(self, found: Iterable[Finding]) -> list[Shown]:
        """Return findings in the language of the page, each with its record."""
        lang = language()
        return [Shown(one.severity.value, one.text(lang), one.subject, self.address(one.kind, one.subject)) for one in found]
