"""Beginning with the standard network of a cement line: what the plant has is chosen, then the network is made."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tanheng.core.errors import InputError
from tanheng.core.states import word
from tanheng.platform.plant import template, vocabulary
from tanheng.platform.plant.pages.figures import FigurePage
from tanheng.platform.plant.services import building
from tanheng.platform.record.actor import require
from tanheng.platform.ui.forms import dress
from tanheng.platform.ui.language import language, text_of
from tanheng.standards import WordValue, load_pack


def _fuels(*phases: str) -> list[tuple[str, Any]]:  # Any: lazy text
    """Return the fuels of some phases: ``solid``, ``gas``."""
    pack, rows = load_pack(), vocabulary.Rows(vocabulary.FUELS[0])
    table = pack.table(vocabulary.FUELS[0])
    states = {row: pack.parameter(table.cell(row, "phase")).values[-1] for row in table.rows}
    return [(row, rows[row]) for row, state in states.items() if isinstance(state, WordValue) and state.word in phases]


def _or_none(rows: list[tuple[str, Any]]) -> list[tuple[str, Any]]:  # Any: lazy text
    return [("", gettext_lazy("none")), *rows]


class StandardForm(forms.Form):
    """What the plant has."""

    lines = forms.MultipleChoiceField(
        label=gettext_lazy("Production lines"), widget=forms.CheckboxSelectMultiple({"class": "form-check-input"})
    )
    fuel = forms.ChoiceField(
        label=gettext_lazy("Solid fuel of the kiln"), choices=lambda: _fuels("solid"), initial="bituminous_coal"
    )
    gas = forms.ChoiceField(label=gettext_lazy("Gas to the kiln"), choices=lambda: _or_none(_fuels("gas")), required=False)
    waste = forms.ChoiceField(
        label=gettext_lazy("Alternative fuel"),
        choices=lambda: _or_none(list(vocabulary.Rows(vocabulary.FUELS[1]).items())),
        required=False,
    )
    material = forms.ChoiceField(
        label=gettext_lazy("Alternative raw material without carbonate"),
        choices=lambda: _or_none(list(vocabulary.Rows(vocabulary.MATERIALS[1]).items())),
        required=False,
    )
    waste_heat = forms.BooleanField(label=gettext_lazy("Waste-heat power"), required=False)
    cems = forms.BooleanField(label=gettext_lazy("Continuous measurement of CO₂ in the stack (CEMS)"), required=False)
    heat = forms.BooleanField(label=gettext_lazy("Purchased heat"), required=False)


class StandardPage(FigurePage):
    """The standard network."""

    template = "plant/standard.html"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Ask what the plant has."""
        require(self.actor, "plant.write", self.plant.pk)
        return self._page(self._form(None))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make the network."""
        require(self.actor, "plant.write", self.plant.pk)
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form)
        given = dict(form.cleaned_data)
        lines = given.pop("lines")
        try:
            built = building.build(self.plant, actor=self.actor, lines=lines, options=template.Options(**given))
        except InputError as error:
            for finding in error.findings or (error,):
                name = str(finding.fields.get("field", ""))
                form.add_error(name if name in form.fields else None, text_of(finding))
            return self._page(form)
        said = {"streams": built.streams, "nodes": built.nodes, "edges": built.edges, "points": built.points}
        text = _("Made: %(streams)s source streams, %(nodes)s nodes, %(edges)s edges, %(points)s points. Now walk the plant.")
        messages.success(request, text % said)
        return redirect(self.address("flow"))

    def _form(self, data: Any) -> StandardForm:  # Any: what was posted
        lines = building.clinker_lines(self.plant)
        has_waste_heat = any(line.waste_heat_power for line in lines)
        form = StandardForm(data, initial={"lines": [line.code for line in lines], "waste_heat": has_waste_heat})
        name = "name_zh" if language() == "zh" else "name_en"
        choices = [(line.code, f"{line.code} · {getattr(line, name) or line.name_zh}") for line in lines]
        form.fields["lines"].choices = choices  # type: ignore[attr-defined]  # a field of choices
        dress(form)
        return form

    def _page(self, form: StandardForm) -> HttpResponse:
        values = {
            "form": form,
            "has_lines": bool(building.clinker_lines(self.plant)),
            "new_line": self.address("lines:new"),
            "back": self.address("flow"),
            "check": word(template.check_state(), language()),
        }
        return self.show(values, status=400 if form.errors else 200)
