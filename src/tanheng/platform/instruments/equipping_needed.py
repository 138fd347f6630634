"""What the rule tables need of a cement plant, for a plant whose network has no point yet."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tanheng.platform.ui.language import language
from tanheng.standards import Dated, ParameterValue, TextValue, WordValue, load_pack


@dataclass(frozen=True, slots=True)
class Needed:
    """A line of what the industry needs: name, instrument, class or error, and how sure the class is."""

    name: str
    instrument: str
    demand: str
    check: str


def required_set() -> list[tuple[str, list[Needed]]]:
    """Return what the industry needs before a plant has points: the fifteen parameters and the measuring systems."""
    return [
        (_("Fifteen parameters of the calculation method"), [_parameter(row) for row in _rows("cn.metering.parameter")]),
        (_("Measuring systems of the stack"), [_system(row) for row in _rows("cn.metering.cems")]),
    ]


def _rows(table: str) -> list[str]:
    return list(load_pack().table(table).rows)


def _cell(table: str, row: str, column: str) -> Dated:
    pack = load_pack()
    values: tuple[Dated, ...] = pack.parameter(pack.table(table).cell(row, column)).values
    return values[-1]


def _text(value: Dated) -> str:
    return value.text[language()] if isinstance(value, TextValue) else value.printed


def _parameter(row: str) -> Needed:
    name = load_pack().table("cn.metering.parameter").rows[row][language()]
    demand = _cell("cn.metering.parameter", row, "accuracy")
    return Needed(name, _text(_cell("cn.metering.parameter", row, "instrument")), _text(demand), demand.check.value)


def _system(row: str) -> Needed:
    """Return a measuring system with its maximum permissible error, in the grade that holds above the limit."""
    lang = language()
    error, kind = _cell("cn.metering.cems", row, "error"), _cell("cn.metering.cems", row, "kind")
    meaning = kind.meaning[lang] if isinstance(kind, WordValue) else kind.printed
    unit = {"degC": "°C"}.get(error.unit, error.unit) if isinstance(error, ParameterValue) else ""
    name = load_pack().table("cn.metering.cems").rows[row][lang]
    instrument = _text(_cell("cn.metering.cems", row, "name"))
    return Needed(name, instrument, f"±{error.printed} {unit}, {meaning}", error.check.value)
