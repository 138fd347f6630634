"""The equipping rate of a plant for its pages and files: what was asked, what is counted, and the words for it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tanheng.accounting.source_streams import Grade
from tanheng.metrology import equipping
from tanheng.metrology.equipping import EDITIONS, RULE_SETS, Beside, Cure, Gap, Note, Rates, Reason, Remark, Row, Rules, Why
from tanheng.metrology.instruments.model import Register, UseState
from tanheng.metrology.network.model import Network
from tanheng.metrology.requirement import Outcome
from tanheng.platform.instruments import kinds, selectors, words
from tanheng.platform.plant import selectors as plant_selectors
from tanheng.platform.plant.selectors import Classes
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant
from tanheng.standards import load_pack

RULE_SET_WORDS: Mapping[str, Promise | str] = {
    "jjf2309": "JJF 2309-2025",
    "db50t": _("DB50/T draft (Chongqing)"),
}
UNIT_WORDS: Mapping[str, Promise | str] = {"key": _("key emitter"), "other": _("other unit")}
OUTCOMES: Mapping[Outcome, tuple[Promise | str, str]] = {
    Outcome.NON_CONFORMITY: (_("non-conformity"), "bad"),
    Outcome.OBSERVATION: (_("observation"), "wait"),
    Outcome.WARNING: (pgettext_lazy("outcome", "warning"), "wait"),
}
CURES: Mapping[Cure, Promise | str] = {
    Cure.NAME: _("name its kind in the ledger"),
    Cure.CONFIRM: _("confirm the certificate"),
    Cure.CALIBRATE: _("have it verified or calibrated"),
    Cure.PUT_IN_SERVICE: _("put it in service"),
    Cure.MOVE: _("move a spare one here"),
    Cure.REPAIR: _("repair and verify it"),
    Cure.COMPLETE: _("complete the chain"),
    Cure.BUY: _("buy one"),
}
LEVEL_WORDS: Mapping[str, Promise | str] = {
    "entry": _("entry of the plant"),
    "system": _("main secondary units"),
    "equipment": _("main equipment"),
}
GRADES: Mapping[Grade, Promise | str] = {
    Grade.MAJOR: _("major stream"),
    Grade.MINOR: _("minor stream"),
    Grade.DE_MINIMIS: _("de-minimis stream"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader chose: whose rules, which edition, which kind of unit, which day, and the plant's own prices."""

    rule_set: str
    edition: str
    unit: str
    on: datetime.date
    prices: Mapping[Cure, Decimal] = field(default_factory=dict)

    @property
    def query(self) -> dict[str, str]:
        """Return what an address says of it."""
        prices = {f"price_{cure}": str(price) for cure, price in self.prices.items()}
        return {"rules": self.rule_set, "edition": self.edition, "unit": self.unit, "on": self.on.isoformat(), **prices}

    @property
    def rules(self) -> Rules:
        """Return the requirements."""
        return equipping.rules(load_pack(), rule_set=self.rule_set, edition=self.edition, key_unit=self.unit == "key")


def asked(query: QueryDict, today: datetime.date) -> Asked:
    """Return what an address asks for; what it does not say, or says wrongly, is the usual."""
    return Asked(
        rule_set=_one_of(query.get("rules", ""), RULE_SETS),
        edition=_one_of(query.get("edition", ""), EDITIONS),
        unit=_one_of(query.get("unit", ""), tuple(UNIT_WORDS)),
        on=_day(query.get("on", ""), today),
        prices={cure: price for cure in Cure if (price := _price(query.get(f"price_{cure}", ""))) is not None},
    )


def _one_of(text: str, known: tuple[str, ...]) -> str:
    return text if text in known else known[0]


def _day(text: str, today: datetime.date) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return today


def _price(text: str) -> Decimal | None:
    try:
        price = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    return price if price.is_finite() and price >= 0 else None


@dataclass(frozen=True, slots=True)
class Counted:
    """A plant with its rates and gaps on a day, and what is not validly traced beside what counts."""

    network: Network
    register: Register
    rates: Rates
    gaps: tuple[Gap, ...]
    beside: tuple[Beside, ...]
    emissions: Mapping[str, Decimal]
    classes: Classes


def emissions_of(classes: Classes) -> dict[str, Decimal]:
    """Return the estimated emission of each source stream that has one, tCO2 a year."""
    classified = next(iter(classes.by_rule_set.values())).streams
    return {one.stream.id: one.stream.emission for one in classified}


def count(actor: Actor, plant: Plant, wanted: Asked) -> Counted:
    """Return the rates of a plant as its ledgers stand for a day.

    Raises
    ------
    RightsError
    """
    network = plant_selectors.network(actor, plant, on=wanted.on, rule_set=f"cn.{wanted.rule_set}.source_stream")
    register = selectors.register(actor, plant)
    classes = plant_selectors.classes_of(actor, plant, on=wanted.on)
    emissions = emissions_of(classes)
    rates = equipping.rates(network, register, wanted.rules, on=wanted.on, emissions=emissions)
    found = equipping.gaps(rates, register, emissions=emissions, prices=wanted.prices)
    return Counted(network, register, rates, found, equipping.beside(rates), emissions, classes)


def reason_text(reason: Reason, lang: str) -> str:
    """Return a reason in words; states of use and parts of chains by their own."""
    if reason.why is Why.CHAIN_PART:
        reason = replace(reason, has=words.ROLE.get(reason.has, {}).get(lang, reason.has))
    elif reason.why is Why.NOT_IN_SERVICE:
        reason = replace(reason, has=words.USE[UseState(reason.has)][lang])
    elif reason.why is Why.KIND:
        reason = replace(reason, has=_kinds(reason.has, lang))
    return reason.text(lang)


def note_text(note: Note, lang: str) -> str:
    """Return a remark in words; kinds of instruments by their own."""
    if note.remark is Remark.KIND_NOT_NAMED:
        note = replace(note, has=_kinds(note.has, lang))
    return note.text(lang)


def _kinds(keys: str, lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(kinds.title(key, lang) for key in keys.split(", "))


def row_title(key: str, row: Row, lang: str) -> str:
    """Return the title of a row; one of GB 17167 with its level."""
    level = key.rpartition(".")[2]
    return f"{row.title[lang]} · {LEVEL_WORDS[level]}" if "." in key else row.title[lang]


def judged(row: Row) -> tuple[Promise | str, str]:
    """Return the words and the look of what a row's rate means."""
    if not row.equipped.whole:
        return _("nothing to equip"), "calm"
    if row.required is None:
        return _("requirement not held"), "calm"
    if row.outcome is None:
        return _("met"), "good"
    return OUTCOMES[row.outcome]
