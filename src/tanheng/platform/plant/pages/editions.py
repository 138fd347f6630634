"""An edition of the network on its page: its drawing, what was found then, and how it differs from another or from today."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from tanheng.metrology.network.drawing import flow_sheets
from tanheng.platform.plant import drawings, editions, models, selectors
from tanheng.platform.plant.links import LEDGER_OF, Links
from tanheng.platform.plant.pages import network as ledgers
from tanheng.platform.plant.pages.figures import pdf_file
from tanheng.platform.plant.schemas.edition_1 import Edition as Content
from tanheng.platform.plant.schemas.edition_1 import Snapshot
from tanheng.platform.plant.selectors.network import stages_inside
from tanheng.platform.plant.services.editions import snapshot
from tanheng.platform.record import schema
from tanheng.platform.record.models import Version
from tanheng.platform.ui.language import language
from tanheng.platform.ui.ledger import Action, Labels, Tab, heading, shown
from tanheng.platform.ui.listing import LedgerPage

NOW = "now"
_KIND_OF = {"streams": "stream", "nodes": "node", "edges": "edge", "points": "point"}
_TITLES = {
    "streams": gettext_lazy("Source streams"),
    "nodes": gettext_lazy("Nodes"),
    "edges": gettext_lazy("Edges"),
    "points": gettext_lazy("Metering points"),
}
_CHANGES = {
    editions.Change.ADDED: (gettext_lazy("added"), "good"),
    editions.Change.REMOVED: (gettext_lazy("removed"), "bad"),
    editions.Change.CHANGED: (gettext_lazy("changed"), "wait"),
}
_LABELS: dict[str, dict[str, Labels]] = {
    "streams": dict(ledgers.SourceStreamForm.labels),
    "nodes": dict(ledgers.NodeForm.labels),
    "edges": dict(ledgers.EdgeForm.labels),
    "points": dict(ledgers.PointForm.labels),
}


def said(record: Version) -> Content:
    """Return what an edition says, read from what was logged."""
    return cast("Content", schema.decode(bytes(record.payload)).content)


def draw(page: LedgerPage, record: Version) -> tuple[str, ...]:
    """Return the sheets of the carbon-flow diagram of an edition."""
    content = said(record)
    network = editions.thawed(content.network, stages_inside(content.network.definition))
    block = drawings.block_of(
        page.plant, on=content.drawn_on, edition=content.kind.value, title=content.title, walked_on=content.walked_on
    )
    return flow_sheets(network, block=block, lang=language(), systems=drawings.system_titles())


def drawing_tab(page: LedgerPage, record: Version) -> dict[str, Any]:  # Any: template context
    """Return the drawing; a part whose record still exists leads to it."""
    links = Links(page)
    return {"drawings": [drawings.linked(one, links.address) for one in draw(page, record)]}


def findings_tab(page: LedgerPage, record: Version) -> dict[str, Any]:  # noqa: ARG001  # Any: as above; a tab's signature
    """Return what was found then, in the words of then."""
    found = [
        {"severity": one.severity, "code": one.subject, "text": one.zh if language() == "zh" else one.en, "address": ""}
        for one in said(record).network.findings
    ]
    return {"findings": found}


def differences_tab(page: LedgerPage, record: Version) -> dict[str, Any]:  # Any: as above
    """Return how the edition differs from another one, or from the network of today."""
    rows: Any = models.Edition.objects  # Any: heirs of Version have the same manager
    others = [
        one for one in rows.filter(plant=page.plant).latest_versions().order_by("drawn_on") if one.subject != record.subject
    ]
    earlier = [one for one in others if one.drawn_on <= record.drawn_on]  # type: ignore[attr-defined]  # an edition
    wanted = page.request.GET.get("with", "")
    usual = str(earlier[-1].subject) if earlier else NOW
    chosen = next((one for one in others if str(one.subject) == (wanted or usual)), None)
    found, links = _found(page, record, chosen), Links(page)
    return {
        "rows": [_row(links, one) for one in found],
        "others": [(str(one.subject), f"{one.title} · {one.drawn_on}", one is chosen) for one in others],
        "is_now": chosen is None,
        "count": len(found),
    }


def _found(page: LedgerPage, record: Version, other: models.Edition | None) -> tuple[editions.Difference, ...]:
    """Return the differences in the order of time: from the earlier network to the later one."""
    own = said(record)
    if other is None:
        return editions.differences(own.network, _present(page))
    theirs = said(other)
    pair = sorted((own, theirs), key=lambda one: one.drawn_on)
    return editions.differences(pair[0].network, pair[1].network)


def _present(page: LedgerPage) -> Snapshot:
    return snapshot(page.plant, on=selectors.today(page.plant))


def _row(links: Links, one: editions.Difference) -> dict[str, Any]:  # Any: template context
    model, labels = LEDGER_OF[_KIND_OF[one.ledger]][0], _LABELS[one.ledger]
    word, look = _CHANGES[one.change]
    return {
        "ledger": _TITLES[one.ledger],
        "code": one.code,
        "title": one.title[language()],
        "word": word,
        "look": look,
        "address": links.address(_KIND_OF[one.ledger], one.code),
        "fields": [
            (heading(model, name), shown(before, labels.get(name)), shown(after, labels.get(name)))
            for name, before, after in one.fields
        ],
    }


class EditionPdf(LedgerPage):
    """The diagram of an edition for printing."""

    def get(self, request: HttpRequest, subject: uuid.UUID) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the file."""
        record = self.ledger.reads.one(self.actor, self.ledger.model, self.plant, subject)
        name = f"{self.plant.code}-edition-{record.drawn_on}.pdf"
        return pdf_file(draw(self, record), name=name, title=record.title, on=record.drawn_on)


TABS = (
    Tab(name="drawing", title=gettext_lazy("Drawing"), context=drawing_tab, template="plant/edition_drawing.html"),
    Tab(name="found", title=gettext_lazy("Findings then"), context=findings_tab, template="plant/findings.html"),
    Tab(
        name="differences",
        title=gettext_lazy("Differences"),
        context=differences_tab,
        template="plant/edition_differences.html",
    ),
)
ACTIONS = (Action(name="pdf", title="PDF", page=EditionPdf, permission="plant.read"),)
