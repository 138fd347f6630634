"""Many certificates confirmed at once: after a binder of them was entered, each line is looked at and ticked."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tanheng.core.errors import InputError
from tanheng.metrology.instruments.accuracy import is_better
from tanheng.metrology.instruments.certificate import CertificateKind
from tanheng.platform.instruments import overview, selectors, services, words
from tanheng.platform.instruments.models import Certificate, Confirmation
from tanheng.platform.instruments.schemas.confirmation_1 import Confirmation as Content
from tanheng.platform.instruments.schemas.confirmation_1 import Verdict
from tanheng.platform.plant.models import Point
from tanheng.platform.record.actor import Actor, require
from tanheng.platform.record.models import Plant
from tanheng.platform.ui.forms import DAYS, dress
from tanheng.platform.ui.frame import Page
from tanheng.platform.ui.language import text_of


@dataclass(frozen=True, slots=True)
class Waiting:
    """A certificate that waits for its confirmation.

    Parameters
    ----------
    required : str
        The strictest class that the plant's plan demands where its instrument stands; empty for none.
    is_own : bool
        Whether the actor entered or corrected it: then somebody else confirms it.
    """

    row: Certificate
    required: str
    is_own: bool

    @property
    def named(self) -> str:
        """Return the number of the certificate, or that it has none."""
        return words.said(words.numbered(self.row.number))

    @property
    def falls_short(self) -> bool:
        """Whether its class is worse than the one required, or none is printed."""
        return bool(self.required) and (not self.row.accuracy_class or bool(is_better(self.required, self.row.accuracy_class)))

    @property
    def may_be_ticked(self) -> bool:
        """Whether it can be confirmed as fit here; the others are confirmed on their own page."""
        return not (self.is_own or self.falls_short)


def waiting(actor: Actor, plant: Plant) -> list[Waiting]:
    """Return the certificates without a confirmation; a notice of a failed verification needs none."""
    confirmed = set(selectors.ledger(actor, Confirmation, plant).values_list("certificate", flat=True))
    rows = selectors.ledger(actor, Certificate, plant).exclude(kind=CertificateKind.RESULT_NOTICE)
    listed = [row for row in rows.order_by("instrument", "chain", "number") if str(row.subject) not in confirmed]
    subjects = [row.subject for row in listed]
    own = set(Certificate.objects.filter(plant=plant, actor=actor.uid, subject__in=subjects).values_list("subject", flat=True))
    required = _required(plant)
    return [Waiting(row, required[row.instrument or row.chain], row.subject in own) for row in listed]


def _required(plant: Plant) -> dict[str, str]:
    """Return the strictest class that the plan demands of each instrument and chain where it stands."""
    wanted = dict(Point.objects.filter(plant=plant).latest_versions().values_list("code", "required_class"))
    found: defaultdict[str, str] = defaultdict(str)
    for code, one in overview.standings_of(plant).items():
        for demanded in filter(None, (wanted.get(point, "") for point in one.points)):
            if not found[code] or is_better(demanded, found[code]):
                found[code] = demanded
    return found


def confirm_many(ticked: list[Waiting], *, plant: Plant, actor: Actor, on: datetime.date) -> int:
    """Confirm certificates as fit for their use: all of them or none; return how many.

    Raises
    ------
    RightsError, DutiesError
    InputError
        With every fault.
    """
    contents = [
        Content(
            certificate=str(one.row.subject),
            required_class=one.required,
            required_mpe=None,
            found_error=None,
            mpe_unit="",
            verdict=Verdict.FIT,
            confirmed_on=on,
            remark="",
        )
        for one in ticked
    ]
    return len(services.save_many(Confirmation, contents, plant=plant, actor=actor))


class DayForm(forms.Form):
    """When they were confirmed."""

    confirmed_on = forms.DateField(
        label=gettext_lazy("confirmed on"), input_formats=DAYS, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


class ConfirmingPage(Page):
    """The certificates that wait, each with what its use requires."""

    permission = "instruments.confirm"
    template = "instruments/confirming.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the list."""
        return self._page(DayForm(initial={"confirmed_on": selectors.today(self.plant)}))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Confirm what was ticked."""
        require(self.actor, "instruments.confirm", self.plant.pk)
        form = DayForm(request.POST)
        chosen = {_subject(text) for text in request.POST.getlist("s")}
        ticked = [one for one in waiting(self.actor, self.plant) if one.row.subject in chosen and one.may_be_ticked]
        if not form.is_valid():
            return self._page(form, status=400)
        if not ticked:
            form.add_error(None, text_of(InputError("platform.instruments.nothing_ticked", field="s")))
            return self._page(form, status=400)
        try:
            count = confirm_many(ticked, plant=self.plant, actor=self.actor, on=form.cleaned_data["confirmed_on"])
        except InputError as error:
            for finding in error.findings or (error,):
                form.add_error(None, text_of(finding))
            return self._page(form, status=400)
        messages.success(request, _("%(count)s certificates are confirmed.") % {"count": count})
        return redirect(self.address("certificates:list"))

    def _page(self, form: DayForm, *, status: int = 200) -> HttpResponse:
        dress(form)
        rows = [(one, self.address("certificates:detail", subject=one.row.subject)) for one in waiting(self.actor, self.plant)]
        return self.show({"form": form, "rows": rows, "back": self.address("certificates:list")}, status=status)


def _subject(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
