"""The instrument ledger line by line, as printed forms and the year's end show it: everything as text, on one day."""

from __future__ import annotations

import datetime
import enum
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tanheng.accounting.plant import Words
from tanheng.metrology.instruments.certificate import Certificate, Result
from tanheng.metrology.instruments.model import Register, UseState
from tanheng.metrology.network.model import Level, Network, Point
from tanheng.platform.instruments import kinds, selectors, words
from tanheng.platform.instruments.models import Instrument, Seal
from tanheng.platform.instruments.schemas.instrument_1 import Traceability
from tanheng.platform.instruments.schemas.seal_1 import SealState
from tanheng.platform.instruments.standing import Standing, standings
from tanheng.platform.plant import selectors as plant_selectors
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant
from tanheng.platform.ui.ledger import digits


class Mark(enum.StrEnum):
    """The colour mark of an instrument (状态标识): 合格 green, 准用 yellow, 停用 red."""

    QUALIFIED = "qualified"
    RESTRICTED = "restricted"
    STOPPED = "stopped"


MARKS: Mapping[Mark, Words] = {
    Mark.QUALIFIED: {"zh": "合格", "en": "qualified"},
    Mark.RESTRICTED: {"zh": "准用", "en": "restricted"},
    Mark.STOPPED: {"zh": "停用", "en": "stopped"},
}


def mark(standing: Standing) -> Mark:
    """Return the mark that an instrument bears: stopped unless it is in use with a certificate that counts."""
    if not (standing.use.in_use and standing.trace.counts):
        return Mark.STOPPED
    restricted = standing.certificate is not None and standing.certificate.result is Result.RESTRICTED
    return Mark.RESTRICTED if restricted or standing.use is UseState.DOWNGRADED else Mark.QUALIFIED


@dataclass(frozen=True, slots=True)
class Line:
    """One instrument on the day, with what it stands for."""

    row: Instrument
    standing: Standing
    points: tuple[Point, ...]
    chains: tuple[str, ...]
    seals: tuple[str, ...]

    @property
    def level(self) -> Level | None:
        """Return the outermost level of its points; None where it stands at none."""
        return min((point.level for point in self.points), default=None)

    @property
    def certificate(self) -> Certificate | None:
        """Return the certificate in force."""
        return self.standing.certificate


@dataclass(frozen=True, slots=True)
class Lines:
    """The ledger of a plant on a day."""

    on: datetime.date
    lines: tuple[Line, ...]
    network: Network
    register: Register

    def without_scrapped(self) -> tuple[tuple[Line, ...], tuple[str, ...]]:
        """Return the lines of what is not scrapped, and the numbers of what is."""
        kept = tuple(line for line in self.lines if line.standing.use is not UseState.SCRAPPED)
        return kept, tuple(line.row.code for line in self.lines if line.standing.use is UseState.SCRAPPED)


def lines(actor: Actor, plant: Plant, *, on: datetime.date, rows: Iterable[Instrument] | None = None) -> Lines:
    """Return the ledger of a day.

    Parameters
    ----------
    rows : iterable of Instrument, optional
        Only these, in their order; by default all, in the order of their numbers.

    Raises
    ------
    RightsError
    """
    register = selectors.register(actor, plant, on=None if rows is not None else on)
    network = plant_selectors.network(actor, plant)
    stood = standings(register, on)
    chains: dict[str, list[str]] = defaultdict(list)
    for chain in register.chains:
        for member in chain.members:
            chains[member].append(chain.code)
    seals: dict[str, list[str]] = defaultdict(list)
    for seal in selectors.ledger(actor, Seal, plant, on=on).exclude(state=SealState.REMOVED).order_by("number"):
        seals[seal.instrument].append(seal.number)
    listed = rows if rows is not None else selectors.ledger(actor, Instrument, plant, on=on).order_by("code")
    made = []
    for row in listed:
        if row.code not in stood:
            continue
        own = stood[row.code]
        through = [point for chain in chains[row.code] for point in stood[chain].points]
        codes = sorted({*own.points, *through})
        points = tuple(network.point_of[code] for code in codes if code in network.point_of)
        made.append(Line(row, own, points, tuple(chains[row.code]), tuple(seals[row.code])))
    return Lines(on, tuple(made), network, register)


def range_text(row: Instrument) -> str:
    """Return the range of an instrument as printed; without that of its ends, such as ``0 ~ 60 t/h``."""
    if row.range_text:
        return row.range_text
    low, high = (digits(value) if value is not None else "" for value in (row.range_low, row.range_high))
    ends = f"{low} ~ {high}" if low and high else f"≥ {low}" if low else f"≤ {high}" if high else ""
    return f"{ends} {row.range_unit}".strip()


def interval_text(row: Instrument, language: str | None = None) -> str:
    """Return cycle or interval in months with its kind, such as ``检定 12 个月``."""
    count = row.interval_months or row.cycle_months
    if row.traceability == Traceability.NONE or count is None:
        return ""
    kind = words.said(words.TRACEABILITY[Traceability(row.traceability)], language)
    months = words.said({"zh": f"{count} 个月", "en": f"{count} months"}, language)
    return f"{kind} {months}"


def place_text(row: Instrument) -> str:
    """Return place and use of an instrument; once where both say the same."""
    return "；".join(dict.fromkeys(text for text in (row.place, row.purpose) if text))


def uncertainty_text(certificate: Certificate | None) -> str:
    """Return U and k as printed."""
    if certificate is None or certificate.uncertainty is None:
        return ""
    factor = f", k = {plain(certificate.coverage_factor)}" if certificate.coverage_factor is not None else ""
    return f"U = {plain(certificate.uncertainty)} {certificate.uncertainty_unit}{factor}"


def plain(value: Decimal | None) -> str:
    """Return the digits of a number without zeros that only pad the column."""
    return "" if value is None else digits(value)


def kind_text(row: Instrument, language: str | None = None) -> str:
    """Return the kind of an instrument as a word."""
    return kinds.title(row.kind, language)
