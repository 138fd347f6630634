"""A ledger as a sheet: the columns of export and template, and rows read back into the ledger's form.

A sheet that was exported can be corrected and imported again: headings are the same in both directions, in either language.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.forms import DateField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from tanheng.core.errors import InputError
from tanheng.platform.record.models import Version
from tanheng.platform.ui import dropped_zero
from tanheng.platform.ui.forms import DAYS as DAY_FORMATS
from tanheng.platform.ui.forms import LedgerForm
from tanheng.platform.ui.ledger import heading
from tanheng.platform.ui.questions import Question, is_short, short_day, whole_day
from tanheng.platform.ui.sheets import Row

LANGUAGES = ("zh-hans", "en")
DAYS = ("valid_from", "valid_to")
YES = frozenset({"是", "yes", "true", "1", "y", "√", "✓"})
NO = frozenset({"否", "no", "false", "0", "n", ""})

_SHORT_DAY = "short-"
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

FAULTS = _("Faults (left out when imported)")  # heading of the column that a marked workbook has

# Columns of an export that say which version a row is; an import passes over them.
EXTRAS = {"version": pgettext_lazy("of a record", "Version"), "known_from": _("Recorded at"), "log_index": _("Log index")}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet.

    Parameters
    ----------
    words : tuple of str
        What may stand in it, where it is a list; empty otherwise.
    """

    name: str
    heading: str
    is_required: bool
    words: tuple[str, ...]
    example: str


class LedgerResource:
    """How a ledger is exchanged as a sheet.

    Attributes
    ----------
    form : type
        The ledger's form: it reads the cells.
    key : tuple of str
        Fields by which a row finds the record that it corrects.
    examples : mapping
        One good value of each column, for the template.
    aliases : mapping
        What plants call a field in their own sheets, so that it is proposed for such a heading.
    splits : mapping
        Of a field whose cell may say several fields at once, such as a range (``0~120t``), those fields.
    asked : mapping
        Fields that may be empty, but must not be so unnoticed: who lays a sheet out says them for all rows, or that none has
        them. For each the fields that cannot do without it.
    """

    form: ClassVar[type[LedgerForm]]
    key: ClassVar[tuple[str, ...]]
    examples: ClassVar[Mapping[str, str]] = {}
    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    splits: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    asked: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    @classmethod
    def fields(cls) -> list[str]:
        """Return the fields of the payload that a sheet can hold: all but files."""
        return [field.name for field in dataclasses.fields(cls.form.content_type) if field.name not in cls.form.attached]

    @classmethod
    def columns(cls, form: LedgerForm) -> list[Column]:
        """Return the columns, in the language of the page."""
        model = cls.form.model
        return [
            Column(
                name,
                heading(model, name),
                is_required=form.fields[name].required,
                words=tuple(str(word) for word in cls.form.labels.get(name, {}).values()),
                example=cls._example(name),
            )
            for name in (*cls.fields(), *DAYS)
        ]

    @classmethod
    def _example(cls, name: str) -> str:
        given = cls.examples.get(name, "")
        return str(cls.form.labels.get(name, {}).get(given, given))

    @classmethod
    def place(cls, head: Iterable[str], names: Iterable[str]) -> dict[str, int]:
        """Return which column of a sheet holds which field.

        Raises
        ------
        InputError
            With every heading that is unknown, twice there or missing.
        """
        names = list(names)
        known = _known_headings(cls.form, [*names, *cls.form.attached])
        found: dict[str, int] = {}
        faults = []
        for index, text in enumerate(head):
            name = known.get(_plain(text))
            if name in EXTRAS or name == "faults" or name in cls.form.attached:
                continue
            if name is None:
                if text.strip():
                    faults.append(InputError("platform.ui.heading_unknown", heading=text.strip()[:100]))
            elif name in found:
                faults.append(InputError("platform.ui.heading_twice", heading=text.strip()))
            else:
                found[name] = index
        missing = [heading(cls.form.model, name) for name in names if name not in found and name not in DAYS]
        if missing:
            faults.append(InputError("platform.ui.heading_missing", headings=", ".join(missing)))
        if faults:
            raise InputError("platform.ui.sheet_refused", findings=faults)
        return found

    @classmethod
    def cells(cls, row: Row, places: Mapping[str, int]) -> tuple[dict[str, str], list[InputError]]:
        """Return the cells of a row as the form takes them, words of a list as their codes, and what is neither yes nor no."""
        data, faults = {}, []
        for name, index in places.items():
            text = unescaped(row.cells[index].strip()) if index < len(row.cells) else ""
            if name in cls.form.labels:
                data[name] = codes(cls.form, name).get(text.casefold(), text)
            elif name not in DAYS and cls.form.model._meta.get_field(name).get_internal_type() == "BooleanField":
                if text.casefold() not in YES | NO:
                    faults.append(InputError("platform.ui.flag", field=name, value=text[:100]))
                data[name] = "" if text.casefold() in NO else text
            else:
                data[name] = narrow(text) if name in _figures(cls.form) else text
                if index in row.lacking and name in days_of(cls.form):
                    data[name] = dropped_zero.with_either(data[name])
        return data, faults

    @classmethod
    def raised(cls, data: Mapping[str, str]) -> list[str]:
        """Return the names of the questions that a row raises: what it says can be meant in several ways."""
        said = {name: data[name] for name in sorted(days_of(cls.form)) if data.get(name)}
        either = {name: year for name, text in said.items() if (year := dropped_zero.year_of_either(text))}
        short = [name for name, text in said.items() if name in either or is_short(text)]
        return [*(dropped_zero.name_of(*one) for one in either.items()), *(f"{_SHORT_DAY}{name}" for name in short)]

    @classmethod
    def question(cls, name: str) -> Question | None:
        """Return a question by its name, in the language of the page; None where there is none of that name."""
        asked = dropped_zero.field_and_year(name)
        if asked is not None and asked[0] in days_of(cls.form):
            return dropped_zero.question(asked[0], heading(cls.form.model, asked[0]), asked[1])
        field = name.removeprefix(_SHORT_DAY)
        is_ours = name.startswith(_SHORT_DAY) and field in days_of(cls.form)
        return short_day(name, heading(cls.form.model, field)) if is_ours else None

    @classmethod
    def settle(cls, data: dict[str, str], answers: Mapping[str, str]) -> None:
        """Take a row as the questions that it raises were answered."""
        for name in cls.raised(data):  # which month it is stands before which day of it
            if name not in answers:
                continue
            if field := cls.place_of(name):
                data[field] = dropped_zero.month_meant(data[field], answers[name])
            elif name.startswith(_SHORT_DAY):
                field = name.removeprefix(_SHORT_DAY)
                data[field] = whole_day(data[field], answers[name])

    @classmethod
    def place_of(cls, question: str) -> str:
        """Return the field of whose single cells a question asks; empty for a question of whole rows or of the whole sheet."""
        asked = dropped_zero.field_and_year(question)
        return asked[0] if asked is not None else ""

    @classmethod
    def candidates(cls, name: str, text: str) -> Sequence[str]:  # noqa: ARG003  # heirs know words
        """Return the few codes of a field that a word may mean which means none of them alone."""
        return ()

    @classmethod
    def identity_in(cls, data: Mapping[str, str]) -> tuple[str, ...]:
        """Return by what a row finds its record; a day in whichever way it is written."""
        days = days_of(cls.form)
        return tuple(_day(data.get(name, "")) if name in days else data.get(name, "") for name in cls.key)

    @classmethod
    def identity(cls, version: Version) -> tuple[str, ...]:
        """Return by what a row finds this record."""
        return tuple(str(getattr(version, name)) for name in cls.key)


@functools.cache
def faults_heads() -> frozenset[str]:
    """Return the heading of the column of faults in a marked workbook, in both languages."""
    found = set()
    for language in LANGUAGES:
        with override(language):
            found.add(str(FAULTS))
    return frozenset(found)


def _plain(text: str) -> str:
    return "".join(text.split()).rstrip("*").casefold()


def _known_headings(form: type[LedgerForm], names: list[str]) -> dict[str, str]:
    known = {_plain(name): name for name in names}
    for language in LANGUAGES:
        with override(language):
            known |= {_plain(heading(form.model, name)): name for name in (*names, *DAYS)}
            known |= {_plain(str(text)): name for name, text in {**EXTRAS, "faults": FAULTS}.items()}
    return known


@functools.cache
def days_of(form: type[LedgerForm]) -> frozenset[str]:
    """Return the fields of a form that are days."""
    names = [field.name for field in dataclasses.fields(form.content_type)]
    return frozenset({*DAYS, *(name for name in names if _type(form, name) == "DateField")})


@functools.cache
def _figures(form: type[LedgerForm]) -> frozenset[str]:
    """Return the fields of a form that are written in figures."""
    names = [field.name for field in dataclasses.fields(form.content_type)]
    kinds = ("DecimalField", "IntegerField", "PositiveIntegerField", "PositiveSmallIntegerField", "FloatField")
    return days_of(form) | {name for name in names if _type(form, name) in kinds}


def _day(text: str) -> str:
    """Return a day as records have it; what is none as it is, for the form to refuse."""
    try:
        return str(DateField(input_formats=DAY_FORMATS).clean(text))
    except ValidationError:
        return text


def _type(form: type[LedgerForm], name: str) -> str:
    return form.model._meta.get_field(name).get_internal_type()


def narrow(text: str) -> str:
    """Return a text with full-width signs as usual ones.

    Examples
    --------
    >>> narrow("２０２５．３．１")
    '2025.3.1'
    """
    return text.translate(_NARROW).strip()


@functools.cache
def codes(form: type[LedgerForm], name: str) -> dict[str, str]:
    """Return the code of each word of a list: the codes themselves, and the words in both languages, in small letters."""
    labels = form.labels[name]
    found = {code.casefold(): code for code in labels}
    for language in LANGUAGES:
        with override(language):
            found |= {str(label).casefold(): code for code, label in labels.items()}
    return found


def unescaped(text: str) -> str:
    """Take away the apostrophe that keeps an exported text from being a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA else text


FORMULA = frozenset("=+-@\t\r")


def escaped(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would take for a formula."""
    return f"'{text}" if text[:1] in FORMULA else text
