"""A field that names a record of another ledger: what may be chosen, how it reads, where it leads.

::

    class CertificateForm(LedgerForm):
        references = {"instrument": Reference(model=Instrument, pages="instruments", names=("number", "name_zh"))}

The payload holds the other record's subject, or with ``by`` a column of it, such as the code of a production line.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import override

from tanheng.platform.record.models import Plant, Version
from tanheng.platform.ui import naming
from tanheng.platform.ui.language import LANGUAGES

SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Named:
    """A record as others name it; ``pages`` is the name of its ledger."""

    subject: uuid.UUID
    text: str
    pages: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A field that names a record of another ledger of the same plant.

    Parameters
    ----------
    model : type
        The other ledger's heir of ``Version``.
    pages : str
        The other ledger's name; it leads to its pages.
    by : str
        Column of the other record that the field holds; by default its subject, which never changes.
    names : tuple of str
        Columns that make up what is shown; a list is in the order of the first.
    beside : Reference, optional
        A second ledger whose records the field may name as well; no value may mean a record of both.
    """

    model: type[Version]
    pages: str
    by: str = SUBJECT
    names: tuple[str, ...] = ("code", "name_zh")
    beside: Reference | None = None

    @property
    def _said(self) -> tuple[str, ...]:
        """Return the columns that texts are made of: the names, and the English one beside the Chinese."""
        return (*self.names, naming.ENGLISH) if naming.CHINESE in self.names and naming.has_both(self.model) else self.names

    def options(self, plant: Plant) -> list[tuple[str, str]]:
        """Return what may be chosen: the value held and the text shown, in the order of the texts."""
        rows = self._rows(plant).latest_versions().order_by(*self.names)
        own = [(str(value), self._text(words)) for value, *words in rows.values_list(self.by, *self._said)]
        return own + (self.beside.options(plant) if self.beside is not None else [])

    def named(self, plant: Plant, values: Iterable[object]) -> dict[str, Named]:
        """Return the records that some values of the field name; a retired one is found by its subject only."""
        wanted = {str(value) for value in values if value and (self.by != SUBJECT or _is_uuid(str(value)))}
        if not wanted:
            return {}
        rows = self._rows(plant).filter(**{f"{self.by}__in": wanted})
        rows = rows.order_by("version") if self.by == SUBJECT else rows.latest_versions().order_by()
        found = rows.values_list(self.by, "subject", *self._said)
        own = {str(value): Named(subject, self._text(words), self.pages) for value, subject, *words in found}
        return (self.beside.named(plant, wanted - own.keys()) if self.beside is not None else {}) | own

    def meanings(self, plant: Plant) -> dict[str, str]:
        """Return what a cell of a sheet may say for each record: value, text or one of its names, in small letters.

        A name that two records share means neither.
        """
        said: dict[str, set[str]] = {}
        for value, *words in self._rows(plant).latest_versions().values_list(self.by, *self._said):
            for text in {str(value), *self._texts(words), *(str(word) for word in words if word)}:
                said.setdefault(text.strip().casefold(), set()).add(str(value))
        others = self.beside.meanings(plant) if self.beside is not None else {}
        for text, value in others.items():
            said.setdefault(text, set()).add(value)
        exact = {text: values.pop() for text, values in said.items() if len(values) == 1}
        return exact | {str(value).casefold(): value for value in exact.values()}

    def _rows(self, plant: Plant) -> Any:  # Any: heirs of Version have the same manager
        rows: Any = self.model._default_manager  # Any: as above; Django's documented name
        return rows.filter(plant=plant)

    def _text(self, words: Sequence[object]) -> str:
        """Return the text of a record, in the language of the page."""
        said = {name: str(word or "") for name, word in zip(self._said, words, strict=True)}
        if len(said) > len(self.names):
            said[naming.CHINESE] = naming.called(said[naming.CHINESE], said.pop(naming.ENGLISH))
        return " · ".join(dict.fromkeys(word for word in said.values() if word))

    def _texts(self, words: Sequence[object]) -> set[str]:
        """Return the text of a record in each language: a sheet may come from either."""
        found = set()
        for one in LANGUAGES:
            with override(one):
                found.add(self._text(words))
        return found


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
