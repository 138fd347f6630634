"""The form of changes that nobody has made yet: as many lines as wanted, and one click for what the list of cures suggests."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tanheng.metrology.equipping import (
    CertificateArrives,
    ChainCompleted,
    Change,
    ClassChanged,
    Cure,
    Gap,
    InstrumentBought,
    KindNamed,
    Moved,
    Reason,
    StateChanged,
    Why,
    new_certificate,
)
from tanheng.metrology.equipping.reasons import WHY_OF
from tanheng.metrology.instruments import accuracy
from tanheng.metrology.instruments.model import UNNAMED, Installation, Instrument, Spell, UseState
from tanheng.platform.instruments.equipping import Counted
from tanheng.platform.instruments.kinds import kinds
from tanheng.platform.ui.forms import dress
from tanheng.platform.ui.language import language

_KINDS = (
    ("", _("no change")),
    ("certificate", _("a certificate arrives and is confirmed")),
    ("buy", _("an instrument is bought for a point")),
    ("class", _("an instrument gets another class")),
    ("in_service", _("an instrument is put in service")),
    ("scrapped", _("an instrument is scrapped")),
    ("kind", _("the kind of an instrument is named")),
    ("move", _("an instrument is moved to a point")),
    ("complete", _("a chain gets the parts it lacks")),
)
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "": (),
    "buy": ("point", "kind"),
    "class": ("item", "accuracy_class"),
    "kind": ("item", "kind"),
    "move": ("item", "point"),
}
"""What a change needs besides its instrument or chain."""

FEWEST, MOST = 3, 200
_TOTAL = "changes-TOTAL_FORMS"
_UNTRACED = frozenset(WHY_OF.values())


class ChangeForm(forms.Form):
    """One change."""

    what = forms.ChoiceField(label=_("What happens"), choices=_KINDS, required=False)
    item = forms.ChoiceField(label=_("Instrument or chain"), required=False)
    point = forms.ChoiceField(label=_("Metering point"), required=False)
    kind = forms.ChoiceField(label=_("Kind of instrument"), required=False)
    accuracy_class = forms.CharField(label=_("Class"), required=False, max_length=20)

    def __init__(self, *args: Any, choices: Mapping[str, list[tuple[str, str]]], **more: Any) -> None:  # Any: Django's own
        super().__init__(*args, **more)
        for name, listed in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # declared above
            field.choices = [("", "—"), *listed]
        dress(self)

    def clean(self) -> dict[str, Any]:  # Any: cleaned values
        """Refuse a change that lacks what it needs."""
        given = dict(self.cleaned_data)
        for name in _NEEDED.get(given.get("what", ""), ("item",)):
            if not given.get(name):
                self.add_error(name, _("This change needs it."))
        if given.get("accuracy_class") and not accuracy.is_class(given["accuracy_class"]):
            self.add_error("accuracy_class", _("Not a class: write a number such as 0.5 or 0.5S, or Ⅰ to Ⅳ."))
        return given


class Changes:
    """The lines of the form.

    Parameters
    ----------
    data : QueryDict or None
        What was sent; None for an empty form. Beside the lines it may ask for one more (``more``), for one less (``drop``),
        or for what the list of cures suggests at a point (``add``).
    """

    def __init__(self, data: QueryDict | None, *, counted: Counted, on: datetime.date) -> None:
        self._on, self._counted = on, counted
        self.is_bound = data is not None
        given = _edited(data, counted) if data is not None else None
        count = _total(given) if given is not None else FEWEST
        choices = _choices(counted)
        self.lines = [ChangeForm(given, prefix=f"changes-{number}", choices=choices) for number in range(count)]

    def is_valid(self) -> bool:
        """Tell whether every line has what it needs."""
        return not [line for line in self.lines if not line.is_valid()]  # every line tells its faults

    def changes(self) -> Sequence[Change]:
        """Return the changes of the lines that are filled in."""
        return [self._change(line.cleaned_data, number) for number, line in enumerate(self.lines) if line.cleaned_data["what"]]

    def _change(self, given: dict[str, Any], number: int) -> Change:  # Any: cleaned values
        stated = accuracy.normal(given["accuracy_class"]) if given["accuracy_class"] else ""
        item = given["item"]
        match given["what"]:
            case "certificate":
                return CertificateArrives(new_certificate(item, stated or self._stated(item), self._on))
            case "buy":
                return self._bought(given, stated, number)
            case "class":
                return ClassChanged(item, stated, self._on)
            case "kind":
                return KindNamed(item, given["kind"])
            case "move":
                return Moved(item, given["point"], self._on)
            case "complete":
                return ChainCompleted(item, stated, self._on)
            case state:
                return StateChanged(item, UseState(state), self._on)

    def _bought(self, given: dict[str, Any], stated: str, number: int) -> InstrumentBought:  # Any: as above
        code = f"+{number + 1}"
        title = {"zh": code, "en": code}
        return InstrumentBought(
            Instrument(code=code, title=title, kind=given["kind"], states=(Spell(start=self._on, state=UseState.IN_SERVICE),)),
            Installation(instrument=code, point=given["point"], start=self._on),
            new_certificate(code, stated, self._on),
        )

    def _stated(self, item: str) -> str:
        """Return the class of the newest certificate: one that arrives is taken to state it again."""
        own = [one for one in self._counted.register.certificates if one.instrument == item]
        return max(own, key=lambda one: one.issued_on).accuracy_class if own else ""


def _choices(counted: Counted) -> dict[str, list[tuple[str, str]]]:
    lang, register = language(), counted.register
    titles = {one.code: one.title for one in register.instruments} | {one.code: one.title for one in register.chains}
    return {
        "item": [(code, f"{code} · {title[lang]}") for code, title in titles.items()],
        "point": [(one.code, f"{one.code} · {one.title[lang]}") for one in counted.network.points],
        "kind": [(kind.key, kind.title(lang)) for kind in kinds().values()],
    }


def _total(data: QueryDict) -> int:
    """Return how many lines there are; of a number that cannot be, the fewest."""
    text = data.get(_TOTAL, "")
    count = int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else FEWEST
    return min(max(count, 1), MOST)


def _edited(data: QueryDict, counted: Counted) -> QueryDict:
    """Return what was sent with the line more, the line less, or the lines suggested that it asks for."""
    lines = [_line(data, number) for number in range(_total(data))]
    drop = data.get("drop", "")
    if drop.isascii() and drop.isdecimal() and int(drop) < len(lines):
        del lines[int(drop)]
    if data.get("add"):
        filled = [line for line in lines if line["what"]]
        found = next((gap for gap in counted.gaps if gap.point.code == data["add"]), None)
        lines = [*filled, *(line for line in suggested(found, counted) if line not in filled)] if found is not None else lines
    if data.get("more"):
        lines.append(dict.fromkeys(ChangeForm.base_fields, ""))
    made = data.copy()
    for number, line in enumerate(lines or [dict.fromkeys(ChangeForm.base_fields, "")]):
        for name, value in line.items():
            made[f"changes-{number}-{name}"] = value
    made[_TOTAL] = str(max(len(lines), 1))
    return made


def _line(data: QueryDict, number: int) -> dict[str, str]:
    return {name: data.get(f"changes-{number}-{name}", "") for name in ChangeForm.base_fields}


def suggested(gap: Gap, counted: Counted) -> list[dict[str, str]]:
    """Return the lines that try the cheapest cure of a gap."""
    blank = dict.fromkeys(ChangeForm.base_fields, "")
    if gap.way.cures == (Cure.MOVE,):
        return [{**blank, "what": "move", "item": gap.way.item, "point": gap.point.code}]
    if gap.way.cures == (Cure.BUY,):
        return [{**blank, "what": "buy", "point": gap.point.code, **_to_buy(gap, counted)}]
    found = [{**blank, **line} for reason in _reasons(gap, counted) for line in _cured(reason, gap, counted)]
    return [line for index, line in enumerate(found) if line not in found[:index]]


def _reasons(gap: Gap, counted: Counted) -> Iterator[Reason]:
    """Yield the reasons against the instrument or chain to which the cure is done."""
    item = next(one for one in counted.rates.points[gap.point.code].items if one.code == gap.way.item)
    yield from item.reasons


def _cured(reason: Reason, gap: Gap, counted: Counted) -> Iterator[dict[str, str]]:
    if reason.why in _UNTRACED:
        yield {"what": "certificate", "item": reason.item}
    elif reason.why is Why.NOT_IN_SERVICE:
        yield {"what": "in_service", "item": reason.item}
    elif reason.why is Why.CHAIN_PART:
        yield {"what": "complete", "item": reason.item, "accuracy_class": _to_buy(gap, counted)["accuracy_class"]}
    elif reason.why is Why.KIND:
        parts = next((chain.members for chain in counted.register.chains if chain.code == reason.item), (reason.item,))
        yield {"what": "kind", "item": parts[0], "kind": _to_buy(gap, counted)["kind"]}


def _to_buy(gap: Gap, counted: Counted) -> dict[str, str]:
    """Return a kind that the class table names for the point with the class it asks for; else a kind that nobody named."""
    rules, parameter = counted.rates.rules, gap.point.parameter
    kind = min(rules.kinds_for(parameter), default=UNNAMED)
    basis = rules.classes.get((parameter, kind, "entry")) or rules.classes.get((parameter, kind, "general"))
    stated = gap.point.required_class or (basis.printed["zh"] if basis is not None else "")
    return {"kind": kind, "accuracy_class": stated}
