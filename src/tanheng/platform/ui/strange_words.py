"""The words of a plant's own sheets that are in none of our lists, and what each may mean; a person decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import override

from tanheng.platform.record.models import Plant
from tanheng.platform.ui import heads, layouts
from tanheng.platform.ui.layouts import Layout
from tanheng.platform.ui.ledger import LedgerPages, heading
from tanheng.platform.ui.resources import LANGUAGES
from tanheng.platform.ui.sheets import Row

_MOST = 200  # on one page


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the workbook that is in no list of ours, and what it may mean."""

    index: int
    field: str
    heading: str
    text: str
    options: Sequence[tuple[str, str]]
    meaning: str


def strange_words(ledger: LedgerPages, plant: Plant, layout: Layout, rows: Sequence[Row]) -> list[Word]:
    """Return the words of lists, and the names of other records, that we do not know; each with a proposal.

    Those that the layout gives a meaning have been read already, so they are not among them.
    """
    form = ledger.form
    options = {name: [(code, str(label)) for code, label in labels.items()] for name, labels in form.labels.items()}
    meanings = {name: one.meanings(plant) for name, one in form.references.items()}
    options |= {name: one.options(plant) for name, one in form.references.items()}
    places = layouts.places(layout)
    asked = [name for name, choices in options.items() if choices]  # of a ledger that is still empty no record can be meant
    found: dict[tuple[str, str], str] = {}
    for row in rows:
        data, _faults = ledger.resource.cells(row, places)
        for name in asked:
            text = data.get(name, "")
            known = meanings[name].get(text.casefold()) if name in meanings else text in form.labels[name]
            if text and not known:
                word = row.cells[places[name]]
                found.setdefault((name, word.casefold()), word)
    unknown = [(name, word) for (name, _plain), word in found.items()][:_MOST]
    return [
        Word(index, name, heading(ledger.model, name), text, options[name], _meaning(ledger, name, text, options[name]))
        for index, (name, text) in enumerate(unknown)
    ]


def nearest(text: str, words: Iterable[str], count: int = 3) -> list[str]:
    """Return the words that are most like a text, the most alike first.

    Examples
    --------
    >>> nearest("煤磨皮带称", ["电能表", "皮带秤", "转子秤", "皮带输送机"], 2)
    ['皮带秤', '皮带输送机']
    """
    said = heads.plain(text)
    return sorted(words, key=lambda word: -heads.likeness(said, heads.plain(word)))[:count]


def _meaning(ledger: LedgerPages, name: str, text: str, options: Sequence[tuple[str, str]]) -> str:
    """Return the choice whose text, in either language, is most like a word; empty where none is."""
    texts = [(label, code) for code, label in options]
    for language in LANGUAGES:
        with override(language):
            texts += [(str(label), code) for code, label in ledger.form.labels.get(name, {}).items()]
    scored = ((heads.likeness(heads.plain(text), heads.plain(label)), code) for label, code in texts)
    best, code = max(scored, default=(0.0, ""))
    return code if best >= heads.LIKE else ""
