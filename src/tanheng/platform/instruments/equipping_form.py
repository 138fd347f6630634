"""The form of changes that nobody has made yet: up to three at a time, each a line."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tanheng.metrology.equipping import CertificateArrives, Change, ClassChanged, InstrumentBought, StateChanged
from tanheng.metrology.instruments import accuracy
from tanheng.metrology.instruments.certificate import Certificate, CertificateKind, Result
from tanheng.metrology.instruments.model import Installation, Instrument, Spell, UseState
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
)
_LINES = 3


class ChangeForm(forms.Form):
    """One change."""

    what = forms.ChoiceField(label=_("What happens"), choices=_KINDS, required=False)
    item = forms.ChoiceField(label=_("Instrument or chain"), required=False)
    point = forms.ChoiceField(label=_("Metering point"), required=False)
    kind = forms.ChoiceField(label=_("Kind of instrument"), required=False)
    accuracy_class = forms.CharField(label=_("Class"), required=False, max_length=20)

    def __init__(self, *args: Any, counted: Counted, **more: Any) -> None:  # Any: Django's own arguments
        super().__init__(*args, **more)
        lang, register = language(), counted.register
        titles = {one.code: one.title for one in register.instruments} | {one.code: one.title for one in register.chains}
        items = [(code, f"{code} · {title[lang]}") for code, title in titles.items()]
        points = [(one.code, f"{one.code} · {one.title[lang]}") for one in counted.network.points]
        self._set("item", items)
        self._set("point", points)
        self._set("kind", [(kind.key, kind.title(lang)) for kind in kinds().values()])
        dress(self)

    def _set(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # declared above
        field.choices = [("", "—"), *choices]

    def clean(self) -> dict[str, Any]:  # Any: cleaned values
        """Refuse a change that lacks what it needs."""
        given = dict(self.cleaned_data)
        needed = {"": (), "buy": ("point", "kind"), "class": ("item", "accuracy_class")}.get(given.get("what", ""), ("item",))
        for name in needed:
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
        What was sent; None for an empty form.
    """

    def __init__(self, data: QueryDict | None, *, counted: Counted, on: datetime.date) -> None:
        self.is_bound, self._on, self._counted = data is not None, on, counted
        self.lines = [ChangeForm(data, prefix=f"changes-{number}", counted=counted) for number in range(_LINES)]

    def is_valid(self) -> bool:
        """Tell whether every line has what it needs."""
        return not [line for line in self.lines if not line.is_valid()]  # every line tells its faults

    def changes(self) -> Sequence[Change]:
        """Return the changes of the lines that are filled in."""
        return [self._change(line.cleaned_data, number) for number, line in enumerate(self.lines) if line.cleaned_data["what"]]

    def _change(self, given: dict[str, Any], number: int) -> Change:  # Any: cleaned values
        stated = accuracy.normal(given["accuracy_class"]) if given["accuracy_class"] else ""
        match given["what"]:
            case "certificate":
                return CertificateArrives(self._certificate(given["item"], stated or self._stated(given["item"])))
            case "buy":
                return self._bought(given, stated, number)
            case "class":
                return ClassChanged(given["item"], stated, self._on)
            case state:
                return StateChanged(given["item"], UseState(state), self._on)

    def _bought(self, given: dict[str, Any], stated: str, number: int) -> InstrumentBought:  # Any: as above
        code = f"+{number + 1}"
        title = {"zh": code, "en": code}
        return InstrumentBought(
            Instrument(code=code, title=title, kind=given["kind"], states=(Spell(start=self._on, state=UseState.IN_SERVICE),)),
            Installation(instrument=code, point=given["point"], start=self._on),
            self._certificate(code, stated),
        )

    def _stated(self, item: str) -> str:
        """Return the class of the newest certificate: one that arrives is taken to state it again."""
        own = [one for one in self._counted.register.certificates if one.instrument == item]
        return max(own, key=lambda one: one.issued_on).accuracy_class if own else ""

    def _certificate(self, item: str, stated: str) -> Certificate:
        return Certificate(
            instrument=item,
            number="~",
            kind=CertificateKind.VERIFICATION,
            issuer="",
            issued_on=self._on,
            valid_to=None,
            result=Result.QUALIFIED,
            accuracy_class=stated,
            confirmed_on=self._on,
            fit=True,
        )
