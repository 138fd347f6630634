"""Words of a report in its language: labels from the message catalogue, values and absences as a reader sees them."""

from __future__ import annotations

from tanheng.accounting.graph import Absence
from tanheng.accounting.inventory import Figure
from tanheng.core.messages import catalogue, render
from tanheng.reports.matrix import Value


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


def share(part: Figure, whole: Figure) -> str:
    """Return what part of a whole a figure is, in percent with one decimal; a dash where one is absent or the whole is zero."""
    if part.value is None or not whole.value:
        return "–"
    return f"{part.value * 100 / whole.value:.1f} %"
