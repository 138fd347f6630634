"""The metering network (计量网络图) with its instruments: what stands at each point on a day, what is missing or overdue there.

The network is that of the present ledgers or of an edition; instruments and certificates are those of its day.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from tanheng.metrology.equipping import count_point, drawn, rules
from tanheng.metrology.instruments import chains, trace
from tanheng.metrology.instruments.certificate import TraceState
from tanheng.metrology.instruments.model import Register
from tanheng.metrology.network.drawing import Drawn, Standing, TitleBlock, part_word, parts, points_sheets, points_svg
from tanheng.metrology.network.findings import Finding, findings
from tanheng.metrology.network.model import Network, Point
from tanheng.metrology.network.placing import to_be_placed
from tanheng.metrology.network.words import level_word
from tanheng.platform.errors import MissingError
from tanheng.platform.instruments import selectors, words
from tanheng.platform.instruments.models import Chain, Instrument
from tanheng.platform.plant import drawings, editions
from tanheng.platform.plant import selectors as plant
from tanheng.platform.plant.links import Links, Shown
from tanheng.platform.plant.models import Edition
from tanheng.platform.plant.pages.figures import FigurePage, pdf_file
from tanheng.platform.plant.schemas.edition_1 import Edition as EditionContent
from tanheng.platform.plant.selectors.network import stages_inside
from tanheng.platform.record import schema
from tanheng.platform.record.actor import require
from tanheng.platform.ui.language import language
from tanheng.standards import load_pack

TITLE = _("Metering network")
_LOOKS = {
    Standing.VALID: (_("equipped, valid"), "good"),
    Standing.DUE_SOON: (_("due soon"), "wait"),
    Standing.UNJUDGED: (_("not judged"), "calm"),
    Standing.SHORT: (_("there, not counted"), "wait"),
    Standing.INVALID: (_("no valid traceability"), "bad"),
    Standing.MISSING: (_("not equipped"), "bad"),
}


class InstrumentLinks(Links):
    """The addresses of the plant's records, an instrument's or a chain's among them."""

    def address(self, kind: str, code: str) -> str:
        """Return where a thing's record is; empty for one without."""
        if kind == "instrument":
            return super().address("instrument", code) or super().address("chain", code)
        return super().address(kind, code)


class NetworkPage(FigurePage):
    """The metering network."""

    template = "instruments/network.html"

    @functools.cached_property
    def links(self) -> Links:
        """Return where the things of the drawing have their records."""
        return InstrumentLinks(self, {"instrument": (Instrument, "instruments"), "chain": (Chain, "chains")})

    @functools.cached_property
    def edition(self) -> EditionContent | None:
        """Return the edition asked for; None for the present network.

        Raises
        ------
        MissingError
        """
        wanted = self.request.GET.get("edition", "")
        if not wanted:
            return None
        row = next((one for one in self.editions if str(one.subject) == wanted), None)
        if row is None:
            raise MissingError("platform.record.missing", type=Edition.TYPE, subject=wanted)
        return cast("EditionContent", schema.decode(bytes(row.payload)).content)

    @functools.cached_property
    def editions(self) -> list[Edition]:
        """Return the plant's editions, oldest first."""
        return list(Edition.objects.filter(plant=self.plant).latest_versions().order_by("drawn_on", "id"))

    @property
    def day(self) -> datetime.date:
        """Return the day whose state is shown: today, or the day of the edition, which a design may have in the future."""
        return self.today if self.edition is None else min(self.edition.drawn_on, self.today)

    @functools.cached_property
    def register(self) -> Register:
        """Return the instruments of the plant."""
        return selectors.register(self.actor, self.plant)

    @functools.cached_property
    def network(self) -> Network:
        """Return the network with what stands at its points on the day."""
        if self.edition is None:
            drawn = plant.network(self.actor, self.plant, on=self.day)
        else:
            frozen = self.edition.network
            drawn = editions.thawed(frozen, stages_inside(frozen.definition))
        return trace.standing(drawn, self.register, self.day)

    @functools.cached_property
    def held(self) -> chains.Holdings:
        """Return the instruments by their codes."""
        return chains.holdings(self.register)

    @functools.cached_property
    def judged(self) -> Mapping[str, Drawn]:
        """Return how each point stands on the day, equipped or not as the equipping rate counts it."""
        asked = rules(load_pack())
        counts = (count_point(point, self.held, asked, self.day) for point in self.network.points)
        return {count.point.code: drawn(count, self.held, self.day) for count in counts}

    @functools.cached_property
    def traces(self) -> Mapping[str, TraceState]:
        """Return how each instrument and chain of the network stands on the day."""
        held = self.held
        codes = {code for point in self.network.points for code in point.instruments}
        return {
            code: (
                chains.trace_of_chain(held.chains[code], held, self.day) if code in held.chains else held.trace(code, self.day)
            )
            for code in codes
        }

    @property
    def kinds(self) -> dict[str, str]:
        """Return the kind of each instrument, and of a chain that of its sensor."""
        own = {one.code: one.kind for one in self.register.instruments}
        return own | {chain.code: own.get(chain.members[0], "") for chain in self.register.chains if chain.members}

    @property
    def part(self) -> str | None:
        """Return the energy or medium chosen; None for all."""
        wanted = self.request.GET.get("part", "")
        return wanted if wanted in parts(self.network) else None

    @property
    def block(self) -> TitleBlock:
        """Return what the drawing says of itself."""
        part = part_word(self.part) if self.part is not None else None
        said = self.edition
        if said is None:
            return drawings.block_of(self.plant, on=self.day, part=part)
        return drawings.block_of(
            self.plant, on=said.drawn_on, edition=said.kind.value, title=said.title, walked_on=said.walked_on, part=part
        )

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the page."""
        require(self.actor, "instruments.read", self.plant.pk)
        lang = language()
        points = [point for point in self.network.points if self._is_shown(point)]
        states = {point.code: self.judged[point.code].standing for point in points}
        counted = Counter(states.values())
        to_place = to_be_placed(self.register, on=self.day)
        found = findings(self.network, known_instruments=to_place, systems=drawings.system_titles())
        query = {name: request.GET[name] for name in ("edition", "part") if request.GET.get(name)}
        values = {
            "is_empty": not self.network.points,
            "drawing": self.on_page(self._draw()) if self.network.points else "",
            "is_full": self.is_full,
            "other_size": self.other_size,
            "tiles": [(str(word), look, counted[state]) for state, (word, look) in _LOOKS.items()],
            "groups": self._grouped(found),
            "count": len(found),
            "rows": [self._row(point, states[point.code]) for point in points],
            "parts": [(one, part_word(one)[lang], one == self.part) for one in parts(self.network)],
            "lines": self.lines(),
            "editions": [
                (str(one.subject), f"{one.title} · {one.drawn_on}", str(one.subject) == request.GET.get("edition"))
                for one in self.editions
            ],
            "pdf": self.address("metering-network-pdf", query=query),
            "flow": self.address("flow"),
        }
        return self.show(values)

    def _draw(self) -> str:
        return points_svg(
            self.network,
            block=self.block,
            lang=language(),
            judged=self.judged,
            part=self.part,
            line=self.line,
            kinds=self.kinds,
        )

    def _is_shown(self, point: Point) -> bool:
        if self.part is not None and parts(dataclasses.replace(self.network, points=(point,))) != (self.part,):
            return False
        return self.line is None or self._line_of(point) in ("", self.line)

    def _line_of(self, point: Point) -> str:
        """Return the production line of a point: that of its node, or of either end of its edge."""
        edge = self.network.edge_of.get(point.place)
        places = (edge.start, edge.end) if edge is not None else (point.place,)
        nodes = (self.network.node_of.get(place) for place in places)
        return next((node.line for node in nodes if node is not None and node.line), "")

    def _grouped(self, found: Sequence[Finding]) -> list[tuple[str, list[Shown]]]:
        """Return the findings by their code, those that weigh more first: a plant that begins has many of one kind."""
        groups = itertools.groupby(found, key=lambda one: (one.severity, one.code))
        return [(severity.value, self.links.shown(group)) for (severity, _code), group in groups]

    def _row(self, point: Point, state: Standing) -> dict[str, Any]:  # Any: template context
        lang = language()
        word, look = _LOOKS[state]
        return {
            "code": point.code,
            "title": point.title[lang],
            "address": self.links.address("point", point.code),
            "level": level_word(point.level)[lang],
            "place": point.place,
            "place_address": self.links.address("edge", point.place) or self.links.address("node", point.place),
            "instruments": [
                (
                    code,
                    self.links.address("instrument", code),
                    words.TRACE[self.traces[code]][lang],
                    words.LOOKS[self.traces[code]],
                )
                for code in point.instruments
            ],
            "word": word,
            "look": look,
        }


class NetworkPdf(NetworkPage):
    """The metering network for printing, one part a sheet."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the file."""
        require(self.actor, "instruments.read", self.plant.pk)
        if self.part is not None:
            sheets: Sequence[str] = [self._draw()]
        else:
            sheets = points_sheets(
                self.network, block=self.block, lang=language(), judged=self.judged, line=self.line, kinds=self.kinds
            )
        return pdf_file(sheets, name=f"{self.plant.code}-metering-network.pdf", title=str(TITLE), on=self.block.on)


urlpatterns: list[URLPattern] = [
    path("metering-network/", NetworkPage.as_view(), name="metering-network"),
    path("metering-network.pdf", NetworkPdf.as_view(), name="metering-network-pdf"),
]
