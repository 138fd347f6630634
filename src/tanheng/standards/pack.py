"""The rule pack: documents, dated values, tables and rule books, and the questions asked of them."""

from __future__ import annotations

import datetime
import difflib
import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from tanheng.core import canonical
from tanheng.standards.errors import UnknownIdError, ValueMissingError
from tanheng.standards.rulebook import RuleBook
from tanheng.standards.values import Document, Parameter, ParameterValue, Table, TextValue, WordValue, document_id

_V = TypeVar("_V", ParameterValue, WordValue, TextValue)
_T = TypeVar("_T")

_ASKED_WRONGLY = {
    ParameterValue: "standards.value.is_number",
    WordValue: "standards.value.is_word",
    TextValue: "standards.value.is_text",
}


class RulePack:
    """Standards as data. Made by :func:`tanheng.standards.load_pack`; never changed afterwards.

    Parameters
    ----------
    documents, parameters, tables, rulebooks : mapping
        By id.
    content : object
        What the files say, for the digest: canonical JSON of it is the same wherever the files lie.
    """

    def __init__(
        self,
        *,
        documents: Mapping[str, Document],
        parameters: Mapping[str, Parameter],
        tables: Mapping[str, Table],
        rulebooks: Mapping[str, RuleBook],
        content: object,
    ) -> None:
        self.documents = documents
        self.parameters = parameters
        self.tables = tables
        self.rulebooks = rulebooks
        self._content = content

    @functools.cached_property
    def digest(self) -> str:
        """``sha256:`` and the hash of everything the pack and its overlays say; comments and layout do not count."""
        return canonical.digest(canonical.dumps(self._content))

    def ids(self, prefix: str = "") -> tuple[str, ...]:
        """Return the ids of parameters that begin with ``prefix``, sorted."""
        return tuple(sorted(identifier for identifier in self.parameters if identifier.startswith(prefix)))

    def document(self, identifier: str) -> Document:
        """Return a document by its id or by its number, such as ``GB/T 32151.8-2015``.

        Raises
        ------
        UnknownIdError
            When the pack knows no such document.
        """
        return _lookup(self.documents, document_id(identifier), "standards.document.unknown")

    def parameter(self, identifier: str) -> Parameter:
        """Return everything known under an id.

        Raises
        ------
        UnknownIdError
            When there is no such parameter; names near ids.
        """
        return _lookup(self.parameters, identifier, "standards.value.unknown")

    def table(self, identifier: str) -> Table:
        """Return a table by its id.

        Raises
        ------
        UnknownIdError
            When there is no such table.
        """
        return _lookup(self.tables, identifier, "standards.table.unknown")

    def rulebook(self, identifier: str) -> RuleBook:
        """Return a rule book by its id.

        Raises
        ------
        UnknownIdError
            When there is no such rule book.
        """
        return _lookup(self.rulebooks, identifier, "standards.rulebook.unknown")

    def value(self, identifier: str, *, on: datetime.date, known: datetime.date | None = None) -> ParameterValue:
        """Return the number that describes the day ``on``, as known on the day ``known``.

        Parameters
        ----------
        identifier : str
            Id of a parameter, or ``<table>.<row>.<column>``.
        on : datetime.date
            A day the value has to describe.
        known : datetime.date, optional
            Values published after this day are left out; None takes all there are.

        Raises
        ------
        ValueMissingError
            When no value describes the day, or none was known then; names what there is.
        """
        return self._dated(identifier, ParameterValue, on=on, known=known, choose=_describing)

    def latest(self, identifier: str, *, on: datetime.date, known: datetime.date | None = None) -> ParameterValue:
        """Return the number that describes ``on``, else the newest of those that describe an earlier time.

        Grid factors appear up to two years after the year they describe; whether an older one may stand in is for the rule
        book to say. Parameters and errors as :meth:`value`.
        """
        return self._dated(identifier, ParameterValue, on=on, known=known, choose=_newest)

    def word(self, identifier: str, *, on: datetime.date, known: datetime.date | None = None) -> WordValue:
        """Return the choice that describes ``on``, such as the method of a year. Parameters and errors as :meth:`value`."""
        return self._dated(identifier, WordValue, on=on, known=known, choose=_describing)

    def text(self, identifier: str, *, on: datetime.date, known: datetime.date | None = None) -> TextValue:
        """Return the text that describes ``on``, such as an accuracy class. Parameters and errors as :meth:`value`."""
        return self._dated(identifier, TextValue, on=on, known=known, choose=_describing)

    def _dated(
        self,
        identifier: str,
        kind: type[_V],
        *,
        on: datetime.date,
        known: datetime.date | None,
        choose: Callable[[Iterable[_V], datetime.date], _V | None],
    ) -> _V:
        parameter = self.parameter(identifier)
        values = [value for value in parameter.known(known) if isinstance(value, kind)]
        found = choose(values, on)
        if found is not None:
            return found
        if parameter.values and not isinstance(parameter.values[0], kind):
            raise ValueMissingError(_ASKED_WRONGLY[type(parameter.values[0])], id=identifier)
        raise _missing(parameter, on=on, known=known, near=_near(identifier, self.parameters))


def _describing(values: Iterable[_V], on: datetime.date) -> _V | None:
    """Return the value that describes ``on``; of several the one known last, which supersedes the others."""
    return max((value for value in values if value.describes(on)), key=lambda value: value.known_since, default=None)


def _newest(values: Iterable[_V], on: datetime.date) -> _V | None:
    """Return the value that describes ``on``, else the one whose time ended last before it."""
    begun = [value for value in values if value.describes_from <= on]
    return _describing(begun, on) or max(begun, key=lambda value: (value.describes_to or on, value.known_since), default=None)


def _missing(parameter: Parameter, *, on: datetime.date, known: datetime.date | None, near: str) -> ValueMissingError:
    later = [value.known_since for value in parameter.values if value.describes(on)]
    if known is not None and later:
        return ValueMissingError("standards.value.later", id=parameter.id, on=on, known=known, since=min(later))
    have = "; ".join(f"{value.describes_from} – {value.describes_to or '…'}" for value in parameter.values)
    return ValueMissingError("standards.value.missing", id=parameter.id, on=on, have=have or "–", near=near or "–")


def _lookup(mapping: Mapping[str, _T], identifier: str, code: str) -> _T:
    found = mapping.get(identifier)
    if found is None:
        raise UnknownIdError(code, id=identifier, near=_near(identifier, mapping) or "–")
    return found


def _near(identifier: str, mapping: Mapping[str, Any]) -> str:
    """Return the ids most like ``identifier``, itself left out."""
    close = difflib.get_close_matches(identifier, mapping, n=4, cutoff=0.6)
    return ", ".join(name for name in close if name != identifier)
