"""The list of source streams (碳源流一览表, JJF 2309-2025 Annex B) as a sheet: estimates, shares, classes."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from tanheng.platform.plant import selectors, words
from tanheng.platform.plant.models import SourceStream
from tanheng.platform.record.models import Version
from tanheng.platform.ui import sheets
from tanheng.platform.ui.language import language
from tanheng.platform.ui.ledger import heading, shown
from tanheng.platform.ui.listing import LedgerPage
from tanheng.platform.ui.sheets import Sheet

_FIELDS = ("code", "name_zh", "kind", "line", "item", "emission", "emission_year", "emission_source")


def stream_list(page: LedgerPage, rows: Sequence[Version]) -> bytes:
    """Return the workbook of some rows; the shares are of all streams of the plant."""
    found = selectors.classes_of(page.actor, page.plant)
    titles = [one.rules.title[language()] for one in found.by_rule_set.values()]
    heads = [*(heading(SourceStream, name) for name in _FIELDS), _("Share"), *titles, _("Other reading")]
    made = [_row(row, found) for row in rows if isinstance(row, SourceStream)]
    created = max((row.known_from for row in rows), default=page.plant.founded_at)
    return sheets.workbook([Sheet(name=_("List of source streams"), heads=heads, rows=made)], created=created)


def _row(row: SourceStream, found: selectors.Classes) -> list[object]:
    classed = [found.of(row.code, name) for name in selectors.RULE_SETS]
    first = classed[0]
    others = [shown(one.other.value, words.GRADES) for one in classed if one is not None and one.differs]
    return [
        row.code,
        row.name_zh,
        shown(row.kind, words.EMISSIONS),
        row.line,
        shown(row.item, words.ITEMS),
        row.emission,
        str(row.emission_year or ""),
        row.emission_source,
        f"{first.share * 100:.2f} %" if first is not None else "",
        *(shown(one.grade.value, words.GRADES) if one is not None else "" for one in classed),
        "; ".join(dict.fromkeys(others)),
    ]
