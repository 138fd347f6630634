"""What the forms of ledgers share. A form reads what was typed; whether it may stand is said by the service, field by field."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import functools
import re
import typing
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.forms.models import fields_for_model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tanheng.core.errors import TanhengError
from tanheng.core.messages import render
from tanheng.platform.record import schema
from tanheng.platform.record.models import Plant, Version
from tanheng.platform.ui.dropped_zero import year_of_either
from tanheng.platform.ui.kept_file import KeptFile
from tanheng.platform.ui.language import language
from tanheng.platform.ui.ledger import VALID_FROM, VALID_TO, Labels, heading
from tanheng.platform.ui.references import Reference

DAYS = ("%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d")
_LONG = 500
_MANY = 12  # records among which one is searched for rather than seen
_MONTH = re.compile(r"((?:19|20)\d\d)\s*[年.\-/]\s*(1[0-2]|0?[1-9])\s*月?")
_WHOLE = re.compile(r"\d{4}\s*[年.\-/]\s*\d{1,2}\s*[月.\-/]\s*\d{1,2}\s*日?|\d{8}")
_SOME_DAY = datetime.date(2000, 1, 1)  # stands for a missing day while the other fields are looked at
UNCHOSEN = _("Nothing is preset here: whoever fills it in chooses.")


def dress(form: forms.Form) -> None:
    """Give the controls of a form their look."""
    for field in form.fields.values():
        widget = field.widget
        match widget:
            case forms.CheckboxInput():
                look = "form-check-input"
            case forms.CheckboxSelectMultiple() | forms.RadioSelect():
                look = ""
            case forms.Select():
                look = "form-select"
            case _:
                look = "form-control"
        widget.attrs.setdefault("class", look)


class LedgerForm(forms.Form):
    """The fields of a payload, its days, and for a correction the version seen and the reason.

    Attributes
    ----------
    model : type
        Heir of ``Version``; its columns say how each field is typed.
    content_type : type
        Dataclass of the present payload schema; its fields are the form's.
    labels : mapping
        Of each field that is a list of words, the words as they are shown.
    helps : mapping
        What stands below a field.
    references : mapping
        Fields that name a record of another ledger.
    attached : mapping
        Fields that hold a file, by the SHA-256 of its bytes (64 hexadecimal digits, empty for none), and what it may be.
    groups : tuple
        Headings, and the fields that stand below each, on the form and on the record's page; the last group also takes the
        fields that none names. Without groups the fields stand in one block.
    open_at_first : frozenset of str
        Lists of words of a new record in which somebody has to choose, whatever the model's default is: a conclusion, such as
        the result of a certificate, is never preset, nor after a refusal.
    """

    model: ClassVar[type[Version]]
    content_type: ClassVar[type]
    labels: ClassVar[Mapping[str, Labels]] = {}
    helps: ClassVar[Mapping[str, Any]] = {}  # Any: lazy text
    references: ClassVar[Mapping[str, Reference]] = {}
    attached: ClassVar[Mapping[str, frozenset[str]]] = {}
    groups: ClassVar[tuple[tuple[Promise | str, tuple[str, ...]], ...]] = ()
    open_at_first: ClassVar[frozenset[str]] = frozenset()

    def __init__(
        self,
        *args: Any,  # Any: the base class's
        record: Version | None = None,
        offers: Mapping[str, Sequence[tuple[str, str]]] | None = None,
        **kwargs: Any,  # Any: as above
    ) -> None:
        self.record = record
        if record is not None:
            kwargs["initial"] = {**initial_of(record), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        names = [field.name for field in dataclasses.fields(self.content_type)]
        made: dict[str, Any] = fields_for_model(self.model, fields=names)  # Any: form fields
        for name in names:
            self.fields[name] = self._adapted(name, made[name])
        self.fields["valid_from"] = _day(VALID_FROM)
        self.fields["valid_to"] = _day(VALID_TO)
        self.fields["reason"] = forms.CharField(
            label=_("Reason of the correction"),
            max_length=2000,
            required=record is not None,
            widget=forms.Textarea({"rows": 2}),
        )
        self.fields["seen"] = forms.IntegerField(required=record is not None, widget=forms.HiddenInput)
        if record is None:
            del self.fields["reason"], self.fields["seen"]
        for name, words in (offers or {}).items():
            self.fields[name] = self._offered(name, words)
        dress(self)

    @classmethod
    def offers(cls, plant: Plant) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Return what the plant itself offers for a field: by default the records that its references may name."""
        return {name: reference.options(plant) for name, reference in cls.references.items()}

    def _offered(self, name: str, words: Sequence[tuple[str, str]]) -> forms.ChoiceField:
        typed = self.fields[name]
        present = str(self.initial.get(name) or "") if self.record is not None else ""
        kept = [(present, present)] if present and present not in dict(words) else []  # what it names may have ended since
        choice = forms.ChoiceField(
            label=typed.label,
            required=typed.required,
            choices=[("", "—"), *kept, *words],
            initial=typed.initial,
            help_text=typed.help_text,
        )
        if len(words) > _MANY:
            choice.widget.attrs["data-search"] = ""
        return choice

    def _adapted(self, name: str, field: Any) -> Any:  # Any: form fields
        if name in self.attached:
            return forms.CharField(
                label=heading(self.model, name),
                required=field.required,
                max_length=64,
                help_text=self.helps.get(name, ""),
                widget=KeptFile(self.attached[name]),
            )
        if name in self.labels:
            initial = None if self.record is None and name in self.open_at_first else field.initial
            blank = [("", "—")] if initial in (None, "") else []
            unchosen = {"required": str(UNCHOSEN)} if name in self.open_at_first else {}
            refusal = _("“%(value)s” is none of the words allowed:")
            words = "、".join(str(word) for word in self.labels[name].values())
            return forms.ChoiceField(
                label=heading(self.model, name),
                required=field.required or _is_word(_hints(self.content_type)[name]),
                choices=[*blank, *self.labels[name].items()],
                initial=initial,
                help_text=self.helps.get(name, ""),
                error_messages={"invalid_choice": f"{refusal} {words}", **unchosen},
            )
        if isinstance(field, forms.DateField):
            field = _day("", required=field.required)
        elif isinstance(field, forms.CharField) and (field.max_length or _LONG) >= _LONG:
            field.widget = forms.Textarea({"rows": 3})
        field.label = heading(self.model, name)
        field.help_text = self.helps.get(name, "")
        return field

    def content(self) -> Any:  # Any: an instance of content_type
        """Return what was typed as the payload's content; blanks stand for what is missing or does not read."""
        hints = _hints(self.content_type)
        return self.content_type(**{name: _typed(self.cleaned_data.get(name), hint) for name, hint in hints.items()})

    def read(self, data: Mapping[str, object], record: Version | None = None) -> None:
        """Read another row: an import makes the form of new records once, and that of corrections once."""
        self.data = data
        self.record = record
        self._errors = None

    @classmethod
    def grouped(cls, names: Iterable[str]) -> list[tuple[str, list[str]]]:
        """Return some fields by the headings that they stand below; groups without a field are left out."""
        left = list(names)
        found: list[tuple[str, list[str]]] = [("", [])]
        for title, group in cls.groups:
            found.append((str(title), [name for name in group if name in left]))
            left = [name for name in left if name not in group]
        found[-1][1].extend(left)
        return [(title, group) for title, group in found if group]

    def visible_groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return what is typed into, by the headings that it stands below."""
        shown = {field.name: field for field in self.visible_fields()}
        return [(title, [shown[name] for name in group]) for title, group in self.grouped(shown)]

    def leave_open(self) -> None:
        """Take back what lists have chosen before anybody chose, for the form of what all rows of a sheet say."""
        for name, words in self.labels.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField) and field.initial not in (None, ""):
                field.initial = None
                field.choices = [("", "—"), *words.items()]

    @property
    def content_names(self) -> list[str]:
        """Return the fields of the payload."""
        return [field.name for field in dataclasses.fields(self.content_type)]

    def add_refusal(self, error: TanhengError, *, only: str | None = None) -> None:
        """Put what a service found beside the fields it names."""
        for finding in getattr(error, "findings", ()) or (error,):
            field = str(finding.fields.get("field", ""))
            if only is None or field == only:
                self.add_error(field if field in self.fields else None, self.refusal(finding))

    def refusal(self, error: TanhengError, *, column: str = "") -> str:
        """Return what a service found, with fields and words as the page shows them.

        Parameters
        ----------
        column : str
            What the field is called, where it is not by its heading.
        """
        field = str(error.fields.get("field", ""))
        said = dict(error.fields)
        for name, value in error.fields.items():
            words = self.labels.get(field if name == "value" else name, {})
            if isinstance(value, str) and value in words:
                said[name] = str(words[value])
        if field in self.fields:
            said["field"] = column or heading(self.model, field)
        return render(error.code, language(), said)


def initial_of(version: Version) -> dict[str, object]:
    """Return what a version says, for a form."""
    payload = schema.decode(bytes(version.payload))
    said = schema.project(payload)
    return {**said, "valid_from": payload.valid_from, "valid_to": payload.valid_to, "seen": version.version}


class DayField(forms.DateField):
    """A day; of what is none it says why."""

    def to_python(self, value: Any) -> datetime.date | None:  # Any: what was typed
        """Return the day that was typed."""
        try:
            return super().to_python(value)
        except forms.ValidationError:
            text = str(value).strip()
            if year := year_of_either(text):
                said = {"value": f"{year}.1", "first": f"{year}-01-15", "second": f"{year}-10-15"}
                raise forms.ValidationError(
                    _(
                        "%(value)s, which is not text, may be January, or October typed as %(value)s0, whose zero a "
                        "spreadsheet drops: write the day, such as %(first)s or %(second)s"
                    ),
                    code="lost_zero",
                    params=said,
                ) from None
            if found := _MONTH.fullmatch(text):
                said = {"example": f"{found[1]}-{int(found[2]):02}-15"}
                raise forms.ValidationError(
                    _("only year and month: add the day, such as %(example)s"), code="month", params=said
                ) from None
            if _WHOLE.fullmatch(text):
                raise forms.ValidationError(
                    _("“%(value)s” is no day of the calendar"), code="no_day", params={"value": text}
                ) from None
            raise


def _day(label: Any, *, required: bool = False) -> forms.DateField:  # Any: lazy text
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return DayField(label=label, required=required, input_formats=DAYS, widget=widget)


@functools.cache
def _hints(kind: type) -> dict[str, Any]:  # Any: annotations
    return typing.get_type_hints(kind)


def _is_word(hint: Any) -> bool:  # Any: an annotation
    return isinstance(hint, type) and issubclass(hint, enum.Enum)


def _typed(value: object, hint: Any) -> object:  # Any: an annotation
    options = [option for option in typing.get_args(hint) if option is not type(None)]
    if options:
        return None if value in (None, "") else _typed(value, options[0])
    if hint is str:
        return str(value).strip() if value is not None else ""
    if _is_word(hint):
        return hint(value) if value else next(iter(hint))
    if hint is bool:
        return bool(value)
    if hint is datetime.date and value is None:
        return _SOME_DAY
    return None if value == "" else value
