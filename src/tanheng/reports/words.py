"""Words of a report in its language: labels from the message catalogue, values and absences as a reader sees them."""

from __future__ import annotations

from tanheng.accounting.boundaries import Boundary
from tanheng.accounting.graph import Absence
from tanheng.accounting.inventory import Figure, Inventory
from tanheng.accounting.source_streams import Classification
from tanheng.core import identifiers
from tanheng.core.messages import catalogue, render
from tanheng.core.rounding import round_to
from tanheng.core.states import word
from tanheng.reports.matrix import Value
from tanheng.standards import ParameterValue


class Words:
    """The words of one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def __call__(self, label: str, /, **fields: object) -> str:
        """Return the label called ``reports.<label>``."""
        return render(f"reports.{label}", self.lang, fields)

    def absence(self, absence: Absence) -> str:
        """Return the words for a value that is not there."""
        return render(f"cli.absence.{absence}", self.lang, {})

    def number(self, value: Value, *, grouped: bool = True) -> str:
        """Return a value with its decimals, or the words for its absence; a dash where there is no such column."""
        if value is None:
            return "–"
        if isinstance(value, Absence):
            return self.absence(value)
        return f"{value:,f}" if grouped else f"{value:f}"

    def labels(self) -> dict[str, str]:
        """Return every label of the catalogue that belongs to reports, for the template."""
        return {
            code.removeprefix("reports."): text[self.lang] for code, text in catalogue().items() if code.startswith("reports.")
        }


def earlier_note(value: ParameterValue, inventory: Inventory, words: Words) -> str:
    """Return that a parameter describes a time before the account's year and serves all the same; else nothing."""
    until = value.describes_to
    if until is None or until.year >= inventory.plant.year:
        return ""
    since = value.describes_from.year
    return words("earlier", year=str(until.year) if since == until.year else f"{since}–{until.year}")


def earlier_texts(inventory: Inventory, words: Words) -> list[str]:
    """Return the parameters that describe a time before the account's year, each once with that time."""
    noted = ((value.id, earlier_note(value, inventory, words)) for value in inventory.parameters.values())
    return [words("earlier_of", id=name, note=note) for name, note in dict.fromkeys(noted) if note]


def share(part: Figure, whole: Figure) -> str:
    """Return what part of a whole a figure is, in percent with one decimal; a dash where one is absent or the whole is zero."""
    if part.value is None or not whole.value:
        return "–"
    return f"{part.value * 100 / whole.value:.1f} %"


def boundary_name(boundary: Boundary, words: Words) -> str:
    """Return a definition of the clinker boundary with its document and check state."""
    fields = {"title": boundary.title[words.lang], "document": boundary.document, "check": word(boundary.check, words.lang)}
    return words("boundary_name", **fields)


def boundary_notes(inventory: Inventory, words: Words) -> list[str]:
    """Return how the other definitions of the clinker boundary differ from the one used, a sentence a direction."""
    found = []
    for other in inventory.boundaries[1:]:
        differing = inventory.boundaries[0].differs_from(other)
        for inside, label in ((False, "boundary_outside"), (True, "boundary_inside")):
            titles = [system.title[words.lang] for system in differing if system.inside is inside]
            if titles:
                found.append(
                    words(label, other=boundary_name(other, words), systems={"zh": "、", "en": ", "}[words.lang].join(titles))
                )
    return found


def source_streams_note(found: Classification, words: Words) -> str:
    """Return which limits and which reading the classes of the source streams follow."""
    return words(
        "source_streams_note",
        rules=found.rules.title[words.lang],
        document=found.rules.document,
        check=word(found.rules.check, words.lang),
        reading=words(f"reading.{found.reading}"),
        other=words(f"reading.{found.reading.other}"),
    )


def source_stream_cells(found: Classification, words: Words) -> list[list[str]]:
    """Return the rows of the table of source streams: title, id, emission, share, the three classes, the other reading's."""
    return [
        [
            item.stream.title[words.lang],
            item.stream.id,
            words.number(round_to(item.stream.emission, 2)),
            f"{round_to(item.share * 100, 2)} %",
            words(f"class.{item.by_tonnes}"),
            words(f"class.{item.by_share}"),
            words(f"class.{item.grade}"),
            words(f"class.{item.other}") if item.differs else "",
        ]
        for item in found.streams
    ]


def gap_texts(inventory: Inventory, words: Words) -> list[str]:
    """Return the blank values by quantity, each with its periods."""
    periods: dict[str, list[str]] = {}
    for key in inventory.gaps:
        periods.setdefault(identifiers.without_period(key), []).append(identifiers.period_of(key) or "")
    every = list(inventory.plant.periods)
    return [
        f"{quantity} ({words('every_period') if found == every and len(every) > 1 else ', '.join(found)})"
        for quantity, found in periods.items()
    ]


def declared_none(inventory: Inventory, words: Words) -> list[list[str]]:
    """Return the rows that the plant declares empty with their reasons; a row without words of ours keeps the plant's."""
    known = words.labels()
    return [[known.get(f"row.{item.row}", item.row), item.reason[words.lang]] for item in inventory.plant.declared_none]
