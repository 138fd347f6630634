"""The pages of the form 1-8-1: filling in the eight items and keeping them, a draft of the numbers, and every kept form."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tanheng.core.errors import InputError
from tanheng.metrology.equipping import EDITIONS
from tanheng.platform.accounts.selectors import names
from tanheng.platform.errors import ConflictError
from tanheng.platform.instruments import form_181_kept, selectors, words
from tanheng.platform.instruments.form_181 import ITEMS, form_181
from tanheng.platform.record.actor import require
from tanheng.platform.record.sniffing import XLSX
from tanheng.platform.ui.forms import DAYS, dress
from tanheng.platform.ui.frame import Page
from tanheng.platform.ui.language import text_of


class DraftForm(forms.Form):
    """The day and the edition: what a draft needs."""

    on = forms.DateField(
        label=gettext_lazy("As of"), input_formats=DAYS, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    edition = forms.ChoiceField(label="GB 17167", choices=[(one, one) for one in EDITIONS])


class Form181(DraftForm):
    """The day, the edition, the eight items, and why a kept form is corrected."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: the base class's
        super().__init__(*args, **kwargs)
        for key, text in ITEMS.items():
            choices = [("", "—"), ("yes", _("yes")), ("no", _("no"))]
            self.fields[key] = forms.ChoiceField(label=words.said(text), choices=choices, required=False)
        self.fields["reason"] = forms.CharField(
            label=_("Reason of the correction"),
            help_text=_("Only where the year has a form already: it is kept beside this one."),
            required=False,
            max_length=300,
        )
        self.fields["seen"] = forms.IntegerField(required=False, widget=forms.HiddenInput())
        dress(self)

    @property
    def answers(self) -> dict[str, str]:
        """Return what was answered."""
        return {key: self.cleaned_data[key] for key in ITEMS}


class Form181Page(Page):
    """Filling in the form of a year, and every form that was kept."""

    permission = "instruments.read"
    template = "instruments/form_181.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the page with the answers of the year asked for, or of the last one kept."""
        on = self._day(request.GET.get("on", ""))
        last = form_181_kept.last_of(self.plant, on.year)
        kept = form_181_kept.kept(self.actor, self.plant)
        before = last or next(iter(kept), None)
        answers = form_181_kept.content_of(before).answers if before is not None else {}
        edition = last.edition if last is not None else EDITIONS[0]
        seen = last.version if last is not None else None
        return self._page(Form181(initial={"on": on, "edition": edition, "seen": seen, **answers}))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the form."""
        require(self.actor, "instruments.write", self.plant.pk)
        form = Form181(request.POST)
        if not form.is_valid():
            return self._page(form, status=400)
        given = form.cleaned_data
        try:
            row = form_181_kept.keep(
                self.plant,
                on=given["on"],
                edition=given["edition"],
                answers=form.answers,
                actor=self.actor,
                seen=given["seen"],
                reason=given["reason"],
            )
        except (InputError, ConflictError) as error:
            name = str(error.fields.get("field", ""))
            form.add_error(name if name in form.fields else None, text_of(error))
            return self._page(form, status=409 if isinstance(error, ConflictError) else 400)
        said = {"year": row.year, "version": row.version, "index": row.log_index}
        messages.success(request, _("The form of %(year)s is kept: version %(version)s, log index %(index)s.") % said)
        return redirect(self.address("form-1-8-1"))

    def _day(self, text: str) -> datetime.date:
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            return selectors.today(self.plant)

    def _page(self, form: Form181, *, status: int = 200) -> HttpResponse:
        rows = form_181_kept.kept(self.actor, self.plant)
        people = names(row.actor for row in rows)
        values = {
            "form": form,
            "may_keep": self.actor.may("instruments.write", self.plant.pk),
            "kept": [(row, people.get(row.actor, _("the platform")), self._file(row)) for row in rows],
            "items": len(ITEMS),
            "draft": self.address("form-1-8-1-file"),
            "back": self.address("instruments:list"),
        }
        return self.show(values, status=status)

    def _file(self, row: Any) -> str:  # Any: a row of the ledger
        return self.address("form-1-8-1-kept", year=row.year, version=row.version)


class Form181File(Page):
    """A draft: the numbers of a day as a workbook, with the answers kept for its year."""

    permission = "instruments.read"
    template = "instruments/form_181.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the file; of a wrong day the refusal."""
        form = DraftForm({"on": selectors.today(self.plant), "edition": EDITIONS[0], **request.GET.dict()})
        if not form.is_valid():
            return HttpResponse("\n".join(str(fault) for faults in form.errors.values() for fault in faults), status=400)
        given = form.cleaned_data
        last = form_181_kept.last_of(self.plant, given["on"].year)
        answers = form_181_kept.content_of(last).answers if last is not None else {}
        data = form_181(self.actor, self.plant, on=given["on"], answers=answers, edition=given["edition"])
        return _workbook(data, f"{self.plant.code}-form-1-8-1.xlsx")


class KeptForm(Page):
    """A kept form, as it was filled in."""

    permission = "instruments.read"

    def get(self, request: HttpRequest, year: int, version: int) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the file: the same bytes each time."""
        row = form_181_kept.version_of(self.actor, self.plant, year, version)
        return _workbook(form_181_kept.printed(row), f"{self.plant.code}-form-1-8-1-{year}-v{version}.xlsx")


def _workbook(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


urlpatterns: list[URLPattern] = [
    path("form-1-8-1/", Form181Page.as_view(), name="form-1-8-1"),
    path("form-1-8-1.xlsx", Form181File.as_view(), name="form-1-8-1-file"),
    path("form-1-8-1/<int:year>/<int:version>.xlsx", KeptForm.as_view(), name="form-1-8-1-kept"),
]
