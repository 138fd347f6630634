"""What the rule pack hands out: texts, dated values, parameters, tables and documents. All frozen."""

from __future__ import annotations

import abc
import datetime
import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from tanheng.core.identifiers import ParameterId
from tanheng.core.states import CheckState

_LETTERS_SLASH = re.compile(r"(?<=[a-z])/(?=[a-z])")
_NOT_OF_ID = re.compile(r"[^a-z0-9.]+")


def document_id(number: str) -> str:
    """Return the id of a document from its number; an id stays as it is.

    Examples
    --------
    >>> document_id("GB/T 32151.8-2015"), document_id("(EU) 2025/2547")
    ('gbt-32151.8-2015', 'eu-2025-2547')
    """
    return _NOT_OF_ID.sub("-", _LETTERS_SLASH.sub("", number.lower())).strip("-")


@dataclass(frozen=True, slots=True)
class Text:
    """A text in Chinese and English; a printed place such as ``Table 1`` may be the same in both."""

    zh: str
    en: str

    def __getitem__(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


class Layer(enum.StrEnum):
    """Where a file comes from: the pack as released, or a folder of the site."""

    SHIPPED = "shipped"
    OVERLAY = "overlay"


class RuleStatus(enum.StrEnum):
    """Standing of the text a value comes from: in force, a consultation draft, or an assumption."""

    FINAL = "final"
    DRAFT = "draft"
    SCENARIO = "scenario"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody authorised to confirm a value, by name and role."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Two persons compared a value with the printed page; the value's check state stays as shipped.

    Attributes
    ----------
    document, place : str, Text
        What they read, and where in it.
    digits : str
        The digits they read; equal to those of the value.
    date : datetime.date
    persons : tuple of Person
        At least two, with different names.
    """

    document: str
    place: Text
    digits: str
    date: datetime.date
    persons: tuple[Person, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated(abc.ABC):
    """A statement of a document with the time it describes and the day since when it is known.

    Attributes
    ----------
    describes_from, describes_to : datetime.date
        First and last day the value describes; ``describes_to`` is None while it runs on.
    known_since : datetime.date
        Day of publication, or the latest day it can have been; the note says which when it is not printed.
    reason : Text or None
        Why a value supersedes one known earlier for the same time.
    file : str
        The file of the pack or of the overlay that states it.
    """

    id: ParameterId
    title: Text
    document: str
    place: Text
    describes_from: datetime.date
    describes_to: datetime.date | None
    known_since: datetime.date
    check: CheckState
    status: RuleStatus
    note: Text | None
    reason: Text | None
    layer: Layer
    file: str
    confirmations: tuple[Confirmation, ...] = ()

    def describes(self, on: datetime.date) -> bool:
        """Say whether the value describes the day ``on``."""
        return self.describes_from <= on and (self.describes_to is None or on <= self.describes_to)

    def overlaps(self, other: Dated) -> bool:
        """Say whether there is a day that both describe."""
        starts_later = max(self, other, key=lambda value: value.describes_from)
        return self.describes(starts_later.describes_from) and other.describes(starts_later.describes_from)

    @property
    @abc.abstractmethod
    def printed(self) -> str:
        """The digits or the word as printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterValue(Dated):
    """A number of a document.

    Attributes
    ----------
    value : Decimal
    digits : str
        The number as printed, trailing zeros included.
    unit : str
        A unit of :mod:`tanheng.core.units`.
    """

    value: Decimal
    digits: str
    unit: str

    @property
    def printed(self) -> str:
        """The digits as printed."""
        return self.digits


@dataclass(frozen=True, slots=True, kw_only=True)
class WordValue(Dated):
    """A choice a document makes, such as the method of a year or the state of a fuel.

    Attributes
    ----------
    word : str
        One of the parameter's choices.
    meaning : Text
        What a person reads for the word.
    """

    word: str
    meaning: Text

    @property
    def printed(self) -> str:
        """The word."""
        return self.word


@dataclass(frozen=True, slots=True, kw_only=True)
class TextValue(Dated):
    """What a document says in words of its own, such as an accuracy class, a regulation or a measuring frequency.

    Attributes
    ----------
    text : Text
        As printed; a class such as ``0.5S`` reads the same in both languages.
    """

    text: Text

    @property
    def printed(self) -> str:
        """The text in Chinese, the language of print."""
        return self.text.zh


Values = tuple[ParameterValue, ...] | tuple[WordValue, ...] | tuple[TextValue, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """An id with everything the pack knows under it.

    Attributes
    ----------
    unit : str or None
        None for a parameter whose values are words or texts.
    choices : mapping of str to Text
        The words it may have; empty for a number and for a text.
    required : pair of dates or None
        The time that values must cover without a gap; an end of None stands for an open one.
    values : tuple of Dated
        Ordered by the time they describe, then by the day they became known.
    """

    id: ParameterId
    title: Text
    unit: str | None
    choices: Mapping[str, Text]
    required: tuple[datetime.date, datetime.date | None] | None
    values: Values
    layer: Layer

    def known(self, known: datetime.date | None) -> Values:
        """Return the values known on the day ``known``; all of them for None."""
        if known is None:
            return self.values
        return tuple(value for value in self.values if value.known_since <= known)  # type: ignore[return-value]  # of one kind


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: a number with a unit (or one of its own in each cell), a word out of choices, or a text."""

    key: str
    title: Text
    unit: str | None
    choices: Mapping[str, Text]
    textual: bool = False

    @property
    def numeric(self) -> bool:
        """Whether its cells are numbers."""
        return not (self.textual or self.choices)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a document. Each cell is a parameter called ``<table id>.<row>.<column>``.

    Attributes
    ----------
    rows : mapping of str to Text
        Keys and titles in the order of the file; rows an overlay adds come last.
    """

    id: str
    title: Text
    document: str
    columns: Mapping[str, Column]
    rows: Mapping[str, Text]
    layer: Layer

    def cell(self, row: str, column: str) -> ParameterId:
        """Return the id of the parameter in one cell."""
        return ParameterId(f"{self.id}.{row}.{column}")


@dataclass(frozen=True, slots=True)
class Document:
    """A standard, notice, announcement or page that the pack draws on or knows of.

    Attributes
    ----------
    id : str
        Lower-case form of the number.
    number : str
        The number as printed; empty where there is none.
    issued, in_force : datetime.date or None
        None where the day is not known.
    check : CheckState
        How sure we are of what ``known`` says.
    known : Text
        What is known of the document, and what is not.
    sources : tuple of str
        Where it was seen.
    """

    id: str
    number: str
    title: Text
    issuer: Text | None
    status: RuleStatus
    issued: datetime.date | None
    in_force: datetime.date | None
    check: CheckState
    known: Text
    sources: tuple[str, ...]
    layer: Layer
    file: str
