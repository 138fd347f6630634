"""The carbon-flow diagram and the boundaries: drawn from the ledgers, each part leading to its record."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from tanheng.accounting.boundaries import ENTERPRISE, Boundary, ProductionSystem, clinker_boundaries, production_systems
from tanheng.accounting.source_streams import Classification
from tanheng.core.states import word
from tanheng.metrology.network.drawing import boundary_svg, flow_sheets, flow_svg
from tanheng.metrology.network.model import Medium, Network
from tanheng.platform.plant import drawings, editions, models, selectors, words
from tanheng.platform.plant.links import Links
from tanheng.platform.plant.schemas.clinker_boundary_1 import Definition
from tanheng.platform.record.models import Version
from tanheng.platform.ui.frame import Page
from tanheng.platform.ui.language import language
from tanheng.reports.diagram import diagram_pdf
from tanheng.standards import load_pack

FLOW = _("Carbon flow for metering")
BOUNDARY = _("Boundaries of carbon metering")
_LEDGERS: Mapping[str, Promise | str] = {
    "source-streams": _("Source streams"),
    "nodes": _("Nodes"),
    "edges": _("Edges"),
    "points": _("Metering points"),
}
_DEFINITIONS = tuple(one.value for one in Definition)


class FigurePage(Page):
    """A page with a drawing of the plant."""

    permission = "plant.read"

    @functools.cached_property
    def today(self) -> datetime.date:
        """Return the present day at the plant."""
        return selectors.today(self.plant)

    @functools.cached_property
    def links(self) -> Links:
        """Return where the things of the drawing have their records."""
        return Links(self)

    @property
    def line(self) -> str | None:
        """Return the production line chosen in the top bar; None for all."""
        return self.choices.line or None

    @property
    def is_full(self) -> bool:
        """Return whether the drawing is asked for in its natural size."""
        return self.request.GET.get("size") == "full"

    @property
    def other_size(self) -> str:
        """Return the address of the same drawing in its other size."""
        return self.with_query("size", "fit" if self.is_full else "full")

    def with_query(self, name: str, value: str) -> str:
        """Return the address of this page with one of its choices changed."""
        query = self.request.GET.copy()
        query[name] = value
        return f"{self.request.path}?{query.urlencode()}"

    def on_page(self, svg: str) -> SafeString:
        """Return a drawing whose parts lead to their records."""
        return drawings.linked(svg, self.links.address, full=self.is_full)

    def lines(self) -> list[tuple[str, str, bool]]:
        """Return the production lines to choose from: code, name, and whether it is chosen."""
        return [(code, f"{code} · {name}", code == self.line) for code, name in self.choices.lines]


class FlowPage(FigurePage):
    """The carbon-flow diagram (碳计量流向图)."""

    template = "plant/flow.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the page."""
        network = selectors.network(self.actor, self.plant, on=self.today)
        found = self.links.shown(editions.found_without_instruments(network))
        values = {
            "is_empty": not network.nodes,
            "drawings": [self.on_page(one) for one in self.draw(network)] if network.nodes else [],
            "other_size": self.other_size,
            "is_full": self.is_full,
            "other_view": self.with_query("view", "" if self.is_whole else "whole"),
            "is_whole": self.is_whole,
            "findings": found,
            "count": len(found),
            "media": self.offered(network),
            "lines": self.lines(),
            "may_write": self.actor.may("plant.write", self.plant.pk),
            "ledgers": [(title, self.address(f"{name}:list"), self.address(f"{name}:new")) for name, title in _LEDGERS.items()],
            "standard": self.address("standard-network"),
            "pdf": self.address("flow-pdf", query=self._printed),
            "freeze": self.address("editions:new"),
        }
        return self.show(values)

    @property
    def is_whole(self) -> bool:
        """Return whether the drawing is asked for in one piece."""
        return self.request.GET.get("view") == "whole"

    @property
    def _printed(self) -> dict[str, str]:
        """Return what a printed drawing takes over from the page."""
        chosen = {"m": ",".join(self.media), "view": "whole" if self.is_whole else ""}
        return {name: value for name, value in chosen.items() if value}

    @functools.cached_property
    def media(self) -> list[Medium]:
        """Return the media chosen; empty for all."""
        known = {one.value for one in Medium}
        chosen = [one for text in self.request.GET.getlist("m") for one in text.split(",")]
        return [Medium(one) for one in chosen if one in known]

    def offered(self, network: Network) -> list[tuple[str, Promise | str, bool]]:
        """Return the media that the network has: key, word, and whether it is drawn."""
        used = {edge.medium for edge in network.edges}
        return [(one.value, words.MEDIA[one.value], not self.media or one in self.media) for one in Medium if one in used]

    def draw(self, network: Network) -> tuple[str, ...]:
        """Return the sheets of the drawing, or the drawing in one piece."""
        part = None
        if self.line is not None:
            name = dict(self.choices.lines).get(self.line, self.line)
            part = {"zh": name, "en": name}
        said: dict[str, Any] = {  # Any: what both drawings take
            "block": drawings.block_of(self.plant, on=self.today, part=part),
            "lang": language(),
            "systems": drawings.system_titles(),
            "media": self.media or None,
            "line": self.line,
        }
        return (flow_svg(network, **said),) if self.is_whole else flow_sheets(network, **said)


class FlowPdf(FlowPage):
    """The carbon-flow diagram for printing."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the file."""
        network = selectors.network(self.actor, self.plant, on=self.today)
        return pdf_file(self.draw(network), name=f"{self.plant.code}-carbon-flow.pdf", title=str(FLOW), on=self.today)


class BoundaryPage(FigurePage):
    """Both definitions of the clinker boundary, the enterprise boundary, and what lies outside it (碳计量边界示意图)."""

    template = "plant/boundary.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the page."""
        chosen = selectors.definition(self.plant, on=self.today)
        record = models.ClinkerBoundary.objects.filter(plant=self.plant).latest_versions().first()
        boundaries = self.boundaries(chosen)
        systems = production_systems(load_pack())
        rows: Any = models.Equipment.objects  # Any: heirs of Version have the same manager
        equipment = list(rows.filter(plant=self.plant).latest_versions().order_by("code"))
        values = {
            "chosen": words.DEFINITIONS[chosen.value] if chosen is not None else "",
            "record": record,
            "record_address": self.address("clinker-boundary:detail", subject=record.subject) if record else "",
            "change": (
                self.address("clinker-boundary:edit", subject=record.subject)
                if record
                else self.address("clinker-boundary:new")
            ),
            "history": self._history(record),
            "may_write": self.actor.may("plant.write", self.plant.pk),
            "drawing": self.on_page(self.draw(boundaries)),
            "other_size": self.other_size,
            "is_full": self.is_full,
            "definitions": [words.DEFINITIONS[one.id] for one in boundaries],
            "stages": _stages(boundaries),
            "systems": [_system(one) for one in systems],
            "kinds": [load_pack().table(ENTERPRISE).columns[kind].title[language()] for kind in _KINDS],
            "equipment": [self._equipment(one) for one in equipment],
            "outside": [self._equipment(one) for one in equipment if not one.in_boundary],
            "new_equipment": self.address("equipment:new"),
            "pdf": self.address("boundary-pdf"),
        }
        return self.show(values)

    def boundaries(self, chosen: Definition | None) -> tuple[Boundary, ...]:
        """Return the definition in use, then the other one; while none is chosen, the first of them."""
        return clinker_boundaries(load_pack(), (chosen or Definition.COOLER).value, _DEFINITIONS)

    def draw(self, boundaries: Sequence[Boundary]) -> str:
        """Return the picture with its tables."""
        block = drawings.block_of(self.plant, on=self.today)
        return boundary_svg(boundaries, production_systems(load_pack()), block=block, lang=language())

    def _history(self, record: models.ClinkerBoundary | None) -> list[tuple[Version, Promise | str]]:
        """Return the choices made, newest first."""
        if record is None:
            return []
        versions = selectors.history(self.actor, models.ClinkerBoundary, self.plant, record.subject)
        return [(one, words.DEFINITIONS[one.definition]) for one in versions]

    def _equipment(self, one: models.Equipment) -> dict[str, Any]:  # Any: template context
        return {
            "row": one,
            "name": _name(one),
            "kind": words.EQUIPMENT_KINDS[one.kind],
            "address": self.address("equipment:detail", subject=one.subject),
        }


_KINDS = ("combustion", "process", "electricity", "heat")


def _stages(boundaries: Sequence[Boundary]) -> list[tuple[str, list[tuple[bool, str]]]]:
    """Return each stage of clinker production with, for each definition, whether it is inside and how sure that is."""
    lang = language()
    return [
        (
            stage.title[lang],
            [
                (found.inside, word(found.check, lang))
                for boundary in boundaries
                for found in boundary.systems
                if found.id == stage.id
            ],
        )
        for stage in boundaries[0].systems
    ]


def _system(system: ProductionSystem) -> dict[str, Any]:  # Any: template context
    lang = language()
    return {
        "title": system.title[lang],
        "group": system.group_title[lang],
        "emissions": [kind in system.emissions for kind in _KINDS],
        "check": word(system.check, lang),
        "emissions_check": word(system.emissions_check, lang),
    }


class BoundaryPdf(BoundaryPage):
    """The boundaries for printing."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the file."""
        drawing = self.draw(self.boundaries(selectors.definition(self.plant, on=self.today)))
        return pdf_file([drawing], name=f"{self.plant.code}-boundary.pdf", title=str(BOUNDARY), on=self.today)


class ClassesPage(FigurePage):
    """The source streams with their classes by both rule sets and both readings (碳源流一览表)."""

    template = "plant/classes.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the page."""
        found = selectors.classes_of(self.actor, self.plant, on=self.today)
        rows: Any = models.SourceStream.objects  # Any: as above
        streams = list(rows.filter(plant=self.plant).on(self.today).order_by("code"))
        values = {
            "sets": [_limits(one) for one in found.by_rule_set.values()],
            "rows": [self._row(one, found) for one in streams],
            "without": found.without,
            "total": next(iter(found.by_rule_set.values())).total,
        }
        return self.show(values)

    def _row(self, stream: models.SourceStream, found: selectors.Classes) -> dict[str, Any]:  # Any: template context
        classed = [found.of(stream.code, name) for name in selectors.RULE_SETS]
        return {
            "row": stream,
            "name": _name(stream),
            "kind": words.EMISSIONS[stream.kind],
            "item": words.ITEMS.get(stream.item, ""),
            "address": self.address("source-streams:detail", subject=stream.subject),
            "share": f"{classed[0].share * 100:.2f}" if classed[0] is not None else "",
            "classes": [
                (words.GRADES[one.grade.value], words.GRADES[one.other.value] if one.differs else "")
                if one is not None
                else None
                for one in classed
            ],
        }


def _name(row: models.SourceStream | models.Equipment) -> str:
    """Return the name of a record in the language of the page, as far as it has one."""
    return row.name_en if language() == "en" and row.name_en else row.name_zh


def _limits(found: Classification) -> dict[str, Any]:  # Any: template context
    rules, lang = found.rules, language()
    return {
        "title": rules.title[lang],
        "document": rules.document,
        "check": word(rules.check, lang),
        "major_tonnes": rules.major_tonnes,
        "major_share": f"{rules.major_share * 100:f}".rstrip("0").rstrip("."),
        "de_minimis_tonnes": rules.de_minimis_tonnes,
        "de_minimis_share": f"{rules.de_minimis_share * 100:f}".rstrip("0").rstrip("."),
    }


def pdf_file(drawn: Sequence[str], *, name: str, title: str, on: datetime.date) -> HttpResponse:
    """Return drawings as a PDF to keep, one sheet each."""
    answer = HttpResponse(diagram_pdf(drawn, title=title, lang=language(), on=on), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
