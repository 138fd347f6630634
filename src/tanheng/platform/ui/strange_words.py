"""The words of a sheet that are not our own: those that we do not know, and those that were read as one of ours.

A person decides what the first mean and sees what became of the others. What a person said is kept with the layout.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import override

from tanheng.platform.record.models import Plant
from tanheng.platform.ui import heads
from tanheng.platform.ui.layouts import Layout, adapted, sheets_of
from tanheng.platform.ui.ledger import LedgerPages, heading
from tanheng.platform.ui.questions import Question
from tanheng.platform.ui.resources import LANGUAGES, codes
from tanheng.platform.ui.sheets import Grid, Row

_MOST = 200  # on one page
_MOST_LIKELY = 6
_LEAD = 0.1  # by which one choice must be more alike than the next, to be proposed

Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the workbook and what it may mean.

    Parameters
    ----------
    likely : sequence of pairs
        Those of the ``options`` that it is most likely to mean.
    meaning : str
        What is proposed, or was said before; empty where nobody can tell.
    count : int
        In how many rows it stands.
    """

    index: int
    field: str
    heading: str
    text: str
    options: Choices
    meaning: str
    likely: Choices = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class Meaning:
    """A word of ours, and which words of the workbook were read as it."""

    heading: str
    text: str
    words: tuple[tuple[str, int], ...]

    @property
    def count(self) -> int:
        """Return the number of rows."""
        return sum(count for _word, count in self.words)


@dataclass(slots=True)
class Look:
    """What a look at the rows found: words that are unknown, words read as ours, and questions that rows raise.

    Parameters
    ----------
    settled : list of Meaning
        What single cells were said to mean before, wherever an answer is used.
    """

    words: list[Word] = field(default_factory=list)
    guesses: list[Word] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    settled: list[Meaning] = field(default_factory=list)

    @property
    def meanings(self) -> list[Meaning]:
        """Return the words that were read as ours, by what they were read as."""
        found: dict[tuple[str, str], list[tuple[str, int]]] = {}
        for word in self.guesses:
            said = dict(word.options)[word.meaning]
            found.setdefault((word.heading, said), []).append((word.text, word.count))
        return [*(Meaning(head, said, tuple(words)) for (head, said), words in found.items()), *self.settled]


def look(
    ledger: LedgerPages,
    plant: Plant,
    rows: Sequence[Row],
    places: Mapping[str, int],
    *,
    layout: Layout | None = None,
) -> Look:
    """Return the words of lists, and names of other records, that are not ours, and the questions that nobody answered.

    Parameters
    ----------
    layout : Layout, optional
        Of a plant's own sheets. What it gives a meaning has been read already; a blank in a column of a required list is a
        word to be asked for too, since it says nothing.
    """
    options = _options(ledger, plant)
    meanings = {name: one.meanings(plant) for name, one in ledger.form.references.items()}
    asked = [name for name, choices in options.items() if choices]  # of a ledger that is still empty no record can be meant
    required = _required_lists(ledger, layout)
    answers = layout.answers if layout is not None else {}
    strange: Counter[tuple[str, str]] = Counter()
    guessed: Counter[tuple[str, str, str]] = Counter()
    raised: Counter[str] = Counter()
    cells: defaultdict[str, list[str]] = defaultdict(list)
    sheets = {row.sheet for row in rows}
    spelt: dict[str, str] = {}
    for row in rows:
        data, _faults = ledger.resource.cells(row, places)
        for name in ledger.resource.raised(data):
            raised[name] += 1
            asked_of = row.lacking.get(places.get(ledger.resource.place_of(name), -1))
            cells[name] += [_named(row, asked_of, sheets)] if asked_of is not None else []
        for name in asked:
            if name not in places:
                continue
            text, word = data.get(name, ""), row.cells[places[name]].strip() if places[name] < len(row.cells) else ""
            plain = word.casefold()
            spelt.setdefault(plain, word)
            if not text:
                strange.update([(name, plain)] if name in required else [])
            elif name in meanings:
                strange.update([(name, plain)] if text.casefold() not in meanings[name] else [])
            elif text not in ledger.form.labels[name]:
                strange[name, plain] += 1
            elif plain not in codes(ledger.form, name):
                guessed[name, plain, text] += 1
    made = Look()
    made.words = [
        _asked(ledger, index, name, spelt[plain], options[name], count)
        for index, ((name, plain), count) in enumerate(list(strange.items())[:_MOST])
    ]
    made.guesses = [
        Word(index, name, heading(ledger.model, name), spelt[plain], options[name], code, count=count)
        for index, ((name, plain, code), count) in enumerate(guessed.items())
    ]
    questions = ((ledger.resource.question(name), count) for name, count in raised.items())
    for one in (replace(one, count=count, cells=tuple(cells[one.name])) for one, count in questions if one is not None):
        if one.name not in answers:
            made.questions.append(one)
        elif one.announced is not None:
            head, text = one.announced
            made.settled.append(Meaning(head, str(dict(one.options)[answers[one.name]]), ((text, one.count),)))
    return made


def _named(row: Row, cell: str, sheets: Collection[str]) -> str:
    """Return what a cell is called, with its sheet where there are several."""
    return f"{row.sheet}!{cell}" if len(sheets) > 1 else cell


def said_before(ledger: LedgerPages, plant: Plant, layout: Layout, grids: Sequence[Grid]) -> list[Word]:
    """Return the words that the layout gives a meaning, so that it can be changed; those of this workbook first."""
    options = _options(ledger, plant)
    counts: Counter[tuple[str, str]] = Counter()
    for grid in sheets_of(layout, grids):
        own = adapted(layout, grid) or layout
        for name in layout.words:
            index = own.index(name)
            if index is not None:
                texts = (grid.text(row, index).casefold() for row in range(own.last + 1, len(grid.rows) + 1))
                counts.update((name, text) for text in texts if text in layout.words[name])
    said = [(name, text, code) for name, words in layout.words.items() for text, code in words.items() if name in options]
    ordered = sorted(said, key=lambda one: counts[one[:2]] == 0)
    return [
        Word(index, name, heading(ledger.model, name), text, options[name], code, count=counts[name, text])
        for index, (name, text, code) in enumerate(ordered)
    ]


def _options(ledger: LedgerPages, plant: Plant) -> dict[str, Choices]:
    found: dict[str, Choices] = {
        name: [(code, str(label)) for code, label in labels.items()] for name, labels in ledger.form.labels.items()
    }
    return found | {name: one.options(plant) for name, one in ledger.form.references.items()}


def _required_lists(ledger: LedgerPages, layout: Layout | None) -> set[str]:
    form = ledger.form()
    names = ledger.form.labels if layout is not None else ()
    return {name for name in names if layout is not None and name in layout.fields and form.fields[name].required}


def nearest(text: str, words: Iterable[str], count: int = 3) -> list[str]:
    """Return the words that are most like a text, the most alike first.

    Examples
    --------
    >>> nearest("煤磨皮带称", ["电能表", "皮带秤", "转子秤", "皮带输送机"], 2)
    ['皮带秤', '皮带输送机']
    """
    said = heads.plain(text)
    return sorted(words, key=lambda word: -heads.likeness(said, heads.plain(word)))[:count]


def _asked(ledger: LedgerPages, index: int, name: str, text: str, options: Choices, count: int) -> Word:
    """Return a word to be asked for, with the choices most like it; with a proposal only where one choice leads clearly."""
    shown = dict(options)
    known = [code for code in ledger.resource.candidates(name, text) if code in shown]
    alike = _alike(ledger, name, text, options) if not known else []
    likely = [(code, shown[code]) for code in known or [code for _score, code in alike[:_MOST_LIKELY]]]
    scores = [score for score, _code in alike[:2]]
    leads = bool(scores) and (len(scores) == 1 or scores[0] - scores[1] >= _LEAD)
    meaning = likely[0][0] if leads else ""
    return Word(index, name, heading(ledger.model, name), text, options, meaning, tuple(likely), count)


def _alike(ledger: LedgerPages, name: str, text: str, options: Choices) -> list[tuple[float, str]]:
    """Return the choices whose texts, in either language, are like a word, the most alike first."""
    texts = [(label, code) for code, label in options]
    for language in LANGUAGES:
        with override(language):
            texts += [(str(label), code) for code, label in ledger.form.labels.get(name, {}).items()]
    best: dict[str, float] = {}
    said = heads.plain(text)
    for label, code in texts:
        best[code] = max(best.get(code, 0.0), heads.likeness(said, heads.plain(label)))
    return sorted(((score, code) for code, score in best.items() if score >= heads.LIKE), key=lambda one: -one[0])
