"""How one instrument stands today, on one page: the page that the QR code of its label leads to."""

from __future__ import annotations

from typing import Any, cast

from tanheng.metrology.instruments.certificate import TraceState
from tanheng.metrology.network.model import Point
from tanheng.platform.instruments import selectors, words
from tanheng.platform.instruments.labels import COLOURS
from tanheng.platform.instruments.lines import MARKS, interval_text, lines, mark, place_text, range_text, uncertainty_text
from tanheng.platform.instruments.models import Instrument
from tanheng.platform.instruments.tables import trace_chip, use_chip
from tanheng.platform.record.models import Version
from tanheng.platform.ui.listing import LedgerPage


def context(page: LedgerPage, record: Version) -> dict[str, Any]:  # Any: template context
    """Return what the tab shows of an instrument today."""
    row = cast("Instrument", record)
    found = lines(page.actor, page.plant, on=selectors.today(page.plant), rows=[row]).lines
    if not found:
        return {"line": None}
    line = found[0]
    certificate = line.certificate
    return {
        "line": line,
        "mark": words.said(MARKS[mark(line.standing)]),
        "colour": COLOURS[mark(line.standing)],
        "use": use_chip(line.standing.use),
        "trace": trace_chip(line.standing.trace),
        "range": range_text(row),
        "interval": interval_text(row),
        "place": place_text(row),
        "uncertainty": uncertainty_text(certificate),
        "points": [(_named(point), _search("points:list", point.code, page)) for point in line.points],
        "chains": [(code, _search("chains:list", code, page)) for code in line.chains],
        "certificate": certificate,
        "certificate_number": words.said(words.numbered(certificate.number)) if certificate is not None else "",
        "last_day": line.standing.last_day,
        "confirming": page.address("certificates-to-confirm") if line.standing.trace is TraceState.UNCONFIRMED else "",
        "certificate_address": _search("certificates:list", certificate.number or row.code, page)
        if certificate is not None
        else "",
    }


def _named(point: Point) -> str:
    return f"{point.code} · {words.said(point.title)}"


def _search(route: str, text: str, page: LedgerPage) -> str:
    return page.address(route, query={"f-q": text})
