"""The monthly matrix of a report: one row an item, one column a period, and the value of the whole account.

Rows are made from the trace itself. For each figure of a section the numbers it rests on come first (consumption, calorific
value, carbon content, oxidation), then the figure: the five rows a fuel has in the form of the guideline follow from this, and
so does every other method's matrix. Nothing is added up here; totals are figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tanheng.accounting.graph import Absence, operands
from tanheng.accounting.inventory import Figure, Inventory
from tanheng.accounting.items import item_of
from tanheng.core import identifiers
from tanheng.core.messages import render
from tanheng.core.rounding import round_to
from tanheng.core.states import CheckState, Origin
from tanheng.standards import ParameterValue

SECTIONS = (
    "fuel",
    "clinker",
    "kiln_feed",
    "process",
    "emission",
    "intensity",
    "alternative_fuel",
    "comparison",
    "energy",
    "enterprise",
    "total",
)

_DECIMALS = {
    "mass": 2,
    "normal volume": 4,
    "ratio": 4,
    "heat per mass": 3,
    "heat per normal volume": 3,
    "carbon per heat": 5,
    "CO2 per mass": 3,
    "CO2 per heat": 5,
    "CO2 per electricity": 4,
}

Value = Decimal | Absence | None
"""A number, the reason why there is none, or None where the row has no such column."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what it is, its values by period, that of the whole account, and where they come from."""

    id: str
    title: dict[str, str]
    unit: str
    decimals: int
    values: tuple[Value, ...]
    whole: Value
    origin: Origin
    source: str
    check: CheckState
    kind: str  # "input", "parameter" or "figure"
    section: str


def decimals_of(unit: str) -> int:
    """Return the decimals in which inputs and parameters of a unit are shown."""
    from tanheng.core.units import unit as named

    return _DECIMALS.get(named(unit).dimension, 2)


def scopes(inventory: Inventory) -> list[str]:
    """Return the parts of the report: each line, then the enterprise with everything that is of no line."""
    return [f"line.{line.id}" for line in inventory.plant.lines] + ["enterprise"]


def rows(inventory: Inventory, scope: str) -> list[Row]:
    """Return the rows of one scope, section by section, each number once."""
    seen: set[str] = set()
    found = []
    for section in SECTIONS:
        for quantity in _quantities(inventory, scope, section):
            for row in _with_operands(inventory, quantity, section):
                if row.id not in seen:
                    seen.add(row.id)
                    found.append(row)
    return found


def _quantities(inventory: Inventory, scope: str, section: str) -> list[str]:
    lines = tuple(f"line.{line.id}." for line in inventory.plant.lines)
    found: dict[str, None] = {}
    for figure in inventory.figures.values():
        if figure.group != section:
            continue
        own = figure.quantity.startswith(scope + ".") if scope != "enterprise" else not figure.quantity.startswith(lines)
        if own:
            found.setdefault(figure.quantity)
    return list(found)


def _with_operands(inventory: Inventory, quantity: str, section: str) -> Iterator[Row]:
    sample = next(figure for figure in inventory.figures.values() if figure.quantity == quantity)
    if sample.period:
        for argument in sample.arguments.values():
            for operand in operands(argument):
                row = _leaf(inventory, operand.id, section) or _shared(inventory, quantity, operand.id, section)
                if row is not None:
                    yield row
    yield _figure_row(inventory, quantity, section)


def _shared(inventory: Inventory, quantity: str, operand: str, section: str) -> Row | None:
    """Return the row of a figure of the whole site that a line's figure uses, so that a line's page can be recalculated."""
    if operand not in inventory.figures or not quantity.startswith("line.") or not operand.startswith("site."):
        return None
    return _figure_row(inventory, identifiers.without_period(operand), section)


def _leaf(inventory: Inventory, identifier: str, section: str) -> Row | None:
    """Return the row of an entry or a parameter; figures have rows of their own, samples stand in the list of inputs."""
    if identifier in inventory.parameters:
        return _parameter_row(inventory, identifier, section)
    quantity = identifiers.without_period(identifier)
    item = item_of(quantity)
    if identifier in inventory.figures or item is None or ".sample" in quantity:
        return None
    return _input_row(inventory, quantity, section)


def _input_row(inventory: Inventory, quantity: str, section: str) -> Row:
    item = item_of(quantity)
    assert item is not None  # asked by the caller
    given = [inventory.inputs.get(identifiers.at(quantity, period)) for period in inventory.plant.periods]
    known = [entry for entry in given if entry is not None]
    unit = known[0].unit if known else item.units[0]
    decimals = decimals_of(unit)
    whole = inventory.figures.get(quantity)
    return Row(
        id=quantity,
        title={language: f"{_owner(inventory, quantity, language)}{item.title[language]}" for language in ("zh", "en")},
        unit=unit,
        decimals=decimals,
        values=tuple(_shown(entry.value if entry else None, decimals, inventory) for entry in given),
        whole=_whole(whole) if whole is not None else None,
        origin=known[0].origin if known else Origin.MEASURED,
        source=str(known[0].entry.cell) if known else "",
        check=CheckState.VERIFIED,
        kind="input",
        section=section,
    )


def _owner(inventory: Inventory, quantity: str, language: str) -> str:
    """Return the name of the stream or clinker a quantity belongs to, with the space its language wants behind it."""
    parts = quantity.split(".")
    names = {stream.id: stream.title for stream in inventory.plant.streams}
    names.update({clinker.id: clinker.title for line in inventory.plant.lines for clinker in line.clinkers})
    names.update({product.id: product.title for product in inventory.plant.products})
    found = next((names[part][language] for part in reversed(parts[:-1]) if part in names), "")
    if parts[-1] == "key" or parts[0] == "site":  # these stand on the pages of other lines too
        lines = {line.id: line.title[language] for line in inventory.plant.lines}
        shared = render("reports.shared", language, {})
        found = f"{lines[parts[1]] if parts[0] == 'line' else shared}{' ' if language == 'en' else ''}{found}"
    return found + (" " if found and language == "en" else "")


def parameter_title(value: ParameterValue) -> dict[str, str]:
    """Return the title of a parameter; that of an oxidation factor names only fuel and device, so the kind stands before it."""
    titles = {language: value.title[language] for language in ("zh", "en")}
    if ".oxidation." not in value.id:
        return titles
    return {
        language: render("reports.oxidation", language, {"name": title.replace("：", "·").replace(": ", ", ")})
        for language, title in titles.items()
    }


def _parameter_row(inventory: Inventory, identifier: str, section: str) -> Row:
    value = inventory.parameters[identifier]
    printed = value.value
    decimals = max(0, -int(value.value.as_tuple().exponent))
    return Row(
        id=value.id,
        title=parameter_title(value),
        unit=value.unit,
        decimals=decimals,
        values=tuple(printed for _ in inventory.plant.periods),
        whole=printed,
        origin=Origin.DEFAULT,
        source=f"{value.document}",
        check=value.check,
        kind="parameter",
        section=section,
    )


def _figure_row(inventory: Inventory, quantity: str, section: str) -> Row:
    by_period = {figure.period: figure for figure in inventory.figures.values() if figure.quantity == quantity}
    sample = next(iter(by_period.values()))
    return Row(
        id=quantity,
        title=dict(sample.title),
        unit=sample.unit,
        decimals=sample.decimals,
        values=tuple(_whole(by_period.get(period)) for period in inventory.plant.periods),
        whole=_whole(by_period.get("")),
        origin=Origin.CALCULATED,
        source=sample.equation,
        check=sample.check,
        kind="figure",
        section=section,
    )


def _shown(value: Decimal | None, decimals: int, inventory: Inventory) -> Value:
    return Absence.GAP if value is None else round_to(value, decimals, inventory.book.rounding)


def _whole(figure: Figure | None) -> Value:
    if figure is None:
        return None
    return figure.rounded if figure.rounded is not None else figure.absence


def summary(inventory: Inventory) -> Sequence[Figure]:
    """Return the totals of the account in the order of the rule book; they are shown side by side and never added."""
    return [inventory.figures[name] for name in inventory.book.totals if name in inventory.figures]
