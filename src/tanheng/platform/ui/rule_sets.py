"""The rule sets: which documents the platform calculates by, how sure each value is, and what differs between two days."""

from __future__ import annotations

import datetime
import functools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from tanheng.core.period import PlantClock
from tanheng.core.states import CheckState, word
from tanheng.platform.record import clock
from tanheng.platform.ui.forms import dress
from tanheng.platform.ui.frame import Page
from tanheng.platform.ui.language import language
from tanheng.standards import Dated, Document, Parameter, RulePack, RuleStatus, document_id, load_pack

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_NUMBER = re.compile(r"\d{4,}(\.\d+)?")
_LOOKS = {CheckState.VERIFIED: "good", CheckState.SECONDARY: "info", CheckState.UNVERIFIED: "wait"}


@functools.cache
def pack() -> RulePack:
    """Return the rule pack of this process; a new one comes with a new version, which starts the process again."""
    return load_pack()


class DaysForm(forms.Form):
    """Two days to compare."""

    first = forms.DateField(label=gettext_lazy("First day"), required=False, widget=_DAY)
    second = forms.DateField(label=gettext_lazy("Second day"), required=False, widget=_DAY)


@dataclass(frozen=True, slots=True)
class Row:
    """One document as the page lists it.

    Parameters
    ----------
    states : list of (word, look, count)
        How many of its values are in which check state.
    """

    document: Document
    title: str
    issuer: str
    known: str
    check: tuple[str, str]
    is_draft: bool
    states: list[tuple[str, str, int]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A parameter whose value in force is another on the second day; empty where there is none.

    Parameters
    ----------
    document : str
        Of the later value, or of the one that ended.
    """

    id: str
    title: str
    unit: str
    first: str
    second: str
    document: str
    is_draft: bool


def rows(rules: RulePack, lang: str) -> list[Row]:
    """Return the documents: those that values come from first, then by number."""
    counted: dict[str, Counter[CheckState]] = {}
    for parameter in rules.parameters.values():
        for value in parameter.values:
            counted.setdefault(document_id(value.document), Counter())[value.check] += 1

    def row(document: Document) -> Row:
        found = counted.get(document.id, Counter())
        states = [(word(state, lang), _LOOKS[state], found[state]) for state in CheckState if found[state]]
        check = (word(document.check, lang), _LOOKS[document.check])
        issuer = document.issuer[lang] if document.issuer is not None else ""
        is_draft = document.status is not RuleStatus.FINAL
        return Row(document, document.title[lang], issuer, document.known[lang], check, is_draft, states)

    made = [row(document) for document in rules.documents.values()]
    return sorted(made, key=lambda one: (not one.states, one.document.number or "~", one.document.id))


def in_force(parameter: Parameter, day: datetime.date) -> Dated | None:
    """Return the value that describes a day by all that is known, the last one known; None where there is none."""
    found: list[Dated] = [
        value
        for value in parameter.values
        if value.describes_from <= day and (value.describes_to is None or day <= value.describes_to)
    ]
    return max(found, key=lambda value: value.known_since) if found else None


def differences(rules: RulePack, first: datetime.date, second: datetime.date, lang: str) -> Iterator[Difference]:
    """Yield what is calculated with another value on the second day than on the first, by id."""
    for identifier in rules.ids():
        parameter = rules.parameter(identifier)
        before, after = in_force(parameter, first), in_force(parameter, second)
        same = before is after or (before is not None and after is not None and before.printed == after.printed)
        if not same:
            stated = after or before
            document = rules.documents.get(document_id(stated.document)) if stated is not None else None
            place = (document.number or document.title[lang]) if document is not None else ""
            shown = (printed(parameter, before, lang), printed(parameter, after, lang))
            is_draft = stated is not None and stated.status is not RuleStatus.FINAL
            yield Difference(identifier, parameter.title[lang], parameter.unit or "", *shown, place, is_draft)


def printed(parameter: Parameter, value: Dated | None, lang: str) -> str:
    """Return a value as its document prints it, grouped by thousands; a word in the language of the page."""
    if value is None:
        return ""
    chosen = parameter.choices.get(value.printed)
    if chosen is not None:
        return chosen[lang]
    return f"{Decimal(value.printed):,}" if _NUMBER.fullmatch(value.printed) else value.printed


def by_document(found: Iterable[Difference]) -> list[tuple[str, list[Difference]]]:
    """Return differences by the documents that they come from, in the order in which those are first named."""
    groups: dict[str, list[Difference]] = {}
    for one in found:
        groups.setdefault(one.document, []).append(one)
    return list(groups.items())


class RuleSets(Page):
    """Documents, versions, check states, drafts, and what changed between two days."""

    template = "ui/rule_sets.html"
    permission: ClassVar[str] = "record.read"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the page."""
        rules, lang = pack(), language()
        today = PlantClock(self.plant.zone).local(clock.now_ms(self.plant)).date()
        asked = DaysForm(request.GET or None)
        given = asked.cleaned_data if asked.is_valid() else {}
        second: datetime.date = given.get("second") or today
        first: datetime.date = given.get("first") or second.replace(year=second.year - 1, month=1, day=1)
        form = asked if asked.errors else DaysForm(initial={"first": first, "second": second})
        dress(form)
        listed = rows(rules, lang)
        values = {
            "rows": listed,
            "drafts": sum(one.is_draft for one in listed),
            "counts": [
                (
                    word(state, lang),
                    _LOOKS[state],
                    sum(one.check is state for p in rules.parameters.values() for one in p.values),
                )
                for state in CheckState
            ],
            "digest": rules.digest,
            "form": form,
            "first": first,
            "second": second,
            "differences": by_document(differences(rules, first, second, lang)),
        }
        return self.show(values, status=400 if asked.errors else 200)
