"""What is done with one record beside correcting it: put in service, exchange, confirm."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tanheng.metrology.instruments.lifecycle import FOLLOWING
from tanheng.metrology.instruments.model import UseState
from tanheng.platform.instruments import exchange, overview, selectors, services, words
from tanheng.platform.instruments.models import Certificate, Chain, Confirmation, Installation, Instrument, Spell
from tanheng.platform.instruments.schemas.confirmation_1 import Confirmation as ConfirmationContent
from tanheng.platform.instruments.schemas.confirmation_1 import Verdict
from tanheng.platform.instruments.schemas.spell_1 import Spell as SpellContent
from tanheng.platform.record import attachments
from tanheng.platform.record.models import Version
from tanheng.platform.ui.additions import ActionPage
from tanheng.platform.ui.forms import DAYS, UNCHOSEN
from tanheng.platform.ui.ledger import Action


def _day(label: Any, *, required: bool = True) -> forms.DateField:  # Any: lazy text
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, input_formats=DAYS, widget=widget)


def _text(label: Any, *, longest: int = 300, required: bool = True) -> forms.CharField:  # Any: as above
    return forms.CharField(label=label, max_length=longest, required=required)


class StepForm(forms.Form):
    """A step of an instrument's life."""

    started_on = _day(gettext_lazy("since"))
    why = _text(gettext_lazy("why"))
    person = _text(gettext_lazy("decided by"), longest=100)
    document = forms.FileField(label=gettext_lazy("document"), required=False)


class DowngradeForm(StepForm):
    """A step to a lower class."""

    new_class = _text(gettext_lazy("class used from then on"), longest=40)


class StepPage(ActionPage):
    """Taking an instrument to its next state."""

    state: ClassVar[UseState]
    form: ClassVar[type[forms.Form]] = StepForm

    def initial(self, record: Version) -> dict[str, object]:  # noqa: ARG002  # the base class's
        """Propose today, and the person who is logged in."""
        return {"started_on": selectors.today(self.plant), "person": self.actor.name}

    def act(self, record: Version, given: Mapping[str, Any]) -> str:  # Any: cleaned data
        """Enter the step."""
        instrument = cast("Instrument", record)
        content = SpellContent(
            instrument=instrument.code,
            state=self.state,
            started_on=given["started_on"],
            why=given["why"].strip(),
            new_class=given.get("new_class", "").strip(),
            person=given["person"].strip(),
            document=self._kept(given.get("document")),
        )
        services.save(Spell, content, plant=self.plant, actor=self.actor)
        said = {"instrument": instrument.code, "state": words.said(words.USE[self.state]), "day": given["started_on"]}
        return _("“%(instrument)s”: %(state)s since %(day)s.") % said

    def _kept(self, file: UploadedFile[Any] | None) -> str:  # Any: as above
        if file is None:
            return ""
        kept = attachments.store(file.chunks(), plant=self.plant.pk, name=file.name or "file", actor=self.actor)
        return kept.sha256


def _step(state: UseState, title: Promise | str) -> Action:
    form: type[forms.Form] = DowngradeForm if state is UseState.DOWNGRADED else StepForm
    page = type(f"{state.name.title()}Page", (StepPage,), {"state": state, "heading": title, "form": form})
    return Action(name=state.value.replace("_", "-"), title=title, page=page, offered=_follows(state))


def _follows(state: UseState) -> Any:  # Any: a function of a version
    def offered(version: Version) -> bool:
        return not version.retired and state in FOLLOWING[overview.use_today(cast("Instrument", version))]

    return offered


OF_INSTRUMENT = (
    _step(UseState.IN_SERVICE, gettext_lazy("Put in service")),
    _step(UseState.DOWNGRADED, gettext_lazy("Downgrade")),
    _step(UseState.REPAIR, gettext_lazy("Send to repair")),
    _step(UseState.OUT_OF_SERVICE, gettext_lazy("Take out of service")),
    _step(UseState.SEALED_UP, gettext_lazy("Seal up")),
    _step(UseState.SCRAPPED, gettext_lazy("Scrap")),
)


class ExchangeForm(forms.Form):
    """What comes instead, when, and what both showed."""

    on = _day(gettext_lazy("exchanged on"))
    at = forms.CharField(label=gettext_lazy("exchanged at (HH:MM)"), max_length=5, required=False)
    closing_reading = forms.DecimalField(label=gettext_lazy("closing reading of the old"), required=False)
    instrument = _text(gettext_lazy("number of the new instrument or chain"), longest=64)
    opening_reading = forms.DecimalField(label=gettext_lazy("opening reading of the new"), required=False)
    reading_unit = _text(gettext_lazy("unit of the readings"), longest=20, required=False)
    why = _text(gettext_lazy("why"))


class ExchangePage(ActionPage):
    """Exchanging what stands at a point: the end of one and the beginning of the other, together."""

    heading = gettext_lazy("Exchange")
    explanation = gettext_lazy("The old installation ends and the new one begins in the same minute; both readings are kept.")
    form: ClassVar[type[forms.Form]] = ExchangeForm

    def initial(self, record: Version) -> dict[str, object]:
        """Propose the unit that the old one has."""
        return {"reading_unit": cast("Installation", record).reading_unit}

    def act(self, record: Version, given: Mapping[str, Any]) -> str:  # Any: cleaned data
        """Exchange."""
        code = given["instrument"].strip()
        is_chain = Chain.objects.filter(plant=self.plant, code=code).latest_versions().exists()
        wanted = exchange.Exchange(
            on=given["on"],
            at=given["at"].strip(),
            instrument="" if is_chain else code,
            chain=code if is_chain else "",
            closing_reading=given["closing_reading"],
            opening_reading=given["opening_reading"],
            reading_unit=given["reading_unit"].strip(),
            why=given["why"].strip(),
        )
        old, new = exchange.exchange(cast("Installation", record), wanted, plant=self.plant, actor=self.actor)
        said = {"old": old.instrument or old.chain, "new": new.instrument or new.chain, "point": new.point}
        return _("At point “%(point)s” “%(new)s” took the place of “%(old)s”.") % said


class RemoveForm(forms.Form):
    """When it was taken out, what it showed, and why."""

    on = _day(gettext_lazy("taken out on"))
    at = forms.CharField(label=gettext_lazy("taken out at (HH:MM)"), max_length=5, required=False)
    closing_reading = forms.DecimalField(label=gettext_lazy("closing reading"), required=False)
    reading_unit = _text(gettext_lazy("unit of the readings"), longest=20, required=False)
    why = _text(gettext_lazy("why"))


class RemovePage(ActionPage):
    """Taking out what stands at a point; nothing comes instead."""

    heading = gettext_lazy("Take out")
    form: ClassVar[type[forms.Form]] = RemoveForm

    def initial(self, record: Version) -> dict[str, object]:
        """Propose the unit that it has."""
        return {"reading_unit": cast("Installation", record).reading_unit}

    def act(self, record: Version, given: Mapping[str, Any]) -> str:  # Any: cleaned data
        """Take it out."""
        ended = exchange.remove(
            cast("Installation", record),
            on=given["on"],
            at=given["at"].strip(),
            closing_reading=given["closing_reading"],
            reading_unit=given["reading_unit"].strip(),
            why=given["why"].strip(),
            plant=self.plant,
            actor=self.actor,
        )
        return _("“%(item)s” was taken out of point “%(point)s”.") % {
            "item": ended.instrument or ended.chain,
            "point": ended.point,
        }


def _is_there(version: Version) -> bool:
    return not version.retired and cast("Installation", version).ended_on is None


OF_INSTALLATION = (
    Action(name="exchange", title=gettext_lazy("Exchange"), page=ExchangePage, offered=_is_there),
    Action(name="take-out", title=gettext_lazy("Take out"), page=RemovePage, offered=_is_there),
)


class ConfirmForm(forms.Form):
    """What the use requires, and the verdict."""

    required_class = _text(gettext_lazy("class required"), longest=40, required=False)
    required_mpe = forms.DecimalField(label=gettext_lazy("error allowed"), required=False)
    found_error = forms.DecimalField(label=gettext_lazy("greatest error found"), required=False)
    mpe_unit = _text(gettext_lazy("unit of the errors"), longest=20, required=False)
    verdict = forms.ChoiceField(
        label=gettext_lazy("verdict"),
        choices=[("", "—"), *words.labels(words.VERDICT).items()],
        error_messages={"required": UNCHOSEN},
    )
    confirmed_on = _day(gettext_lazy("confirmed on"))
    remark = forms.CharField(label=gettext_lazy("remark"), required=False, widget=forms.Textarea({"rows": 2}))


class ConfirmPage(ActionPage):
    """Confirming a certificate; never by who entered it."""

    allows = "instruments.confirm"
    heading = gettext_lazy("Confirm the certificate")
    explanation = gettext_lazy(
        "Compare what the certificate says with what the use requires. Who entered it cannot confirm it."
    )
    form: ClassVar[type[forms.Form]] = ConfirmForm

    def initial(self, record: Version) -> dict[str, object]:
        """Propose today, and the class that the plant's points demand."""
        return {
            "confirmed_on": selectors.today(self.plant),
            "required_class": overview.demanded_class(cast("Certificate", record)),
        }

    def act(self, record: Version, given: Mapping[str, Any]) -> str:  # Any: cleaned data
        """Confirm."""
        certificate = cast("Certificate", record)
        day: datetime.date = given["confirmed_on"]
        content = ConfirmationContent(
            certificate=str(certificate.subject),
            required_class=given["required_class"].strip(),
            required_mpe=given["required_mpe"],
            found_error=given["found_error"],
            mpe_unit=given["mpe_unit"].strip(),
            verdict=Verdict(given["verdict"]),
            confirmed_on=day,
            remark=given["remark"].strip(),
        )
        services.save(Confirmation, content, plant=self.plant, actor=self.actor)
        said = {"number": certificate.number, "verdict": words.said(words.VERDICT[content.verdict])}
        return _("Certificate “%(number)s”: %(verdict)s.") % said


def _unconfirmed(version: Version) -> bool:
    confirmed = Confirmation.objects.filter(plant=version.plant_id, certificate=str(version.subject)).latest_versions()
    return not version.retired and not confirmed.exists()


OF_CERTIFICATE = (
    Action(
        name="confirm",
        title=gettext_lazy("Confirm"),
        page=ConfirmPage,
        permission="instruments.confirm",
        offered=_unconfirmed,
    ),
)
