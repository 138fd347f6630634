"""An inventory: the figures of one account with all they rest on.

It is complete in itself. From an inventory alone every figure can be followed to its formula, clause, parameters and the cells
of the plant's files, and calculated again (:func:`recalculate`).
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tanheng.accounting.boundaries import Boundary
from tanheng.accounting.entries import Entry
from tanheng.accounting.graph import Absence, Argument, Node, Value, operands, run
from tanheng.accounting.plant import Plant, Words
from tanheng.accounting.rulebook import RuleBook
from tanheng.accounting.source_streams import Classification
from tanheng.core import identifiers
from tanheng.core.errors import CalculationError
from tanheng.core.numbers import calculating, stored
from tanheng.core.rounding import round_to
from tanheng.core.states import CheckState, FigureState, Origin
from tanheng.core.units import convert
from tanheng.standards import ParameterValue


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what it is, its value, and what made it.

    Attributes
    ----------
    value : Decimal or None
        Full precision to twelve decimals, in ``unit``; None when ``absence`` says why.
    rounded : Decimal or None
        The value at the reporting edge, by the mode of the rule book.
    check : CheckState
        The least sure of the formula, the parameters and the figures it rests on.
    """

    id: str
    title: Words
    value: Decimal | None
    rounded: Decimal | None
    absence: Absence | None
    unit: str
    decimals: int
    state: FigureState
    formula: str
    equation: str
    document: str
    clause: str
    check: CheckState
    arguments: Mapping[str, Argument]
    group: str = ""
    code: str = ""
    note: Words = field(default_factory=dict)

    @property
    def quantity(self) -> str:
        """The id without its period."""
        return identifiers.without_period(self.id)

    @property
    def period(self) -> str:
        """The period, empty for the whole account."""
        return identifiers.period_of(self.id) or ""


@dataclass(frozen=True, slots=True)
class Input:
    """A number the plant gave, as written and in the unit it is calculated in."""

    entry: Entry
    value: Decimal | None
    unit: str
    replaced: tuple[Entry, ...] = ()

    @property
    def origin(self) -> Origin:
        """How the value came about."""
        return self.entry.origin


@dataclass(frozen=True, slots=True)
class Inventory:
    """All figures of one plant and period by one rule book.

    ``figures`` are ordered so that each stands behind those it needs. ``unverified`` lists the parameters used whose check
    state is unverified; ``gaps`` the entries that are blank although something needs them; ``unused`` the quantities the plant
    gave and this rule book does not ask for: they are named, not dropped in silence. ``boundaries`` holds the definition of the
    clinker boundary that was used, then those it differs from; ``source_streams`` the classes of the source streams, None when
    the rule book asks for none or a stream is blank.
    """

    plant: Plant
    book: RuleBook
    pack_digest: str
    known: datetime.date | None
    nodes: tuple[Node, ...]
    figures: Mapping[str, Figure]
    inputs: Mapping[str, Input]
    parameters: Mapping[str, ParameterValue]
    constants: Mapping[str, tuple[Decimal, str]]
    leaves: Mapping[str, Value]
    unused: tuple[str, ...] = ()
    boundaries: tuple[Boundary, ...] = ()
    source_streams: Classification | None = None

    @property
    def unverified(self) -> list[str]:
        """Ids of the unverified parameters this inventory used, in order."""
        return sorted({value.id for value in self.parameters.values() if value.check is CheckState.UNVERIFIED})

    @property
    def blank_mandatory(self) -> list[str]:
        """Mandatory figures that have no value because something they need is blank."""
        return [name for name in self.book.mandatory if name in self.figures and self.figures[name].absence is Absence.GAP]

    @property
    def gaps(self) -> list[str]:
        """Ids of the entries that are blank and used."""
        return sorted(key for key, value in self.leaves.items() if value is Absence.GAP)

    def figure(self, identifier: str, period: str = "") -> Figure:
        """Return one figure, for the whole account or for one period.

        Raises
        ------
        CalculationError
            When the inventory has no such figure.
        """
        key = identifiers.at(identifier, period) if period else identifier
        try:
            return self.figures[key]
        except KeyError:
            raise CalculationError("accounting.figure.unknown", id=key, plant=self.plant.id) from None

    def behind(self, identifier: str) -> list[str]:
        """Return the ids of all numbers a figure rests on, itself first, each once."""
        seen: dict[str, None] = {}
        waiting = [identifier]
        while waiting:
            key = waiting.pop()
            if key not in seen:
                seen[key] = None
                if key in self.figures:
                    arguments = reversed(list(self.figures[key].arguments.values()))
                    waiting.extend(operand.id for argument in arguments for operand in operands(argument))
        return list(seen)


def official(nodes: tuple[Node, ...], leaves: Mapping[str, Value]) -> dict[str, Value]:
    """Run the graph on ``Decimal`` in the official context."""
    with calculating():
        return run(nodes, leaves)


def figure_of(node: Node, value: Value, book: RuleBook, checks: Mapping[str, CheckState]) -> Figure:
    """Return the figure of a node that has been run."""
    present = None if isinstance(value, Absence) else stored(value)
    return Figure(
        id=node.id,
        title=node.title,
        value=present,
        rounded=None if present is None else round_to(present, node.decimals, book.rounding),
        absence=value if isinstance(value, Absence) else None,
        unit=node.unit,
        decimals=node.decimals,
        state=FigureState.PROVISIONAL,
        formula=node.formula.id,
        equation=node.formula.equation,
        document=book.document if node.formula.document == "arithmetic" else node.formula.document,
        clause=node.clause or node.formula.clause or "",
        check=checks[node.id],
        arguments=node.arguments,
        group=node.group,
        code=node.code,
        note=node.note,
    )


def checks_of(nodes: tuple[Node, ...], parameters: Mapping[str, ParameterValue]) -> dict[str, CheckState]:
    """Return for each node how sure we are of it: the least sure of its formula and all it rests on."""
    ranks = {key: value.check.rank for key, value in parameters.items()}
    own = {state: state.rank for state in CheckState}
    for node in nodes:
        behind = (ranks.get(operand.id, 0) for argument in node.arguments.values() for operand in operands(argument))
        ranks[node.id] = max(own[node.formula.check], max(behind, default=0))
    states = list(CheckState)
    return {node.id: states[ranks[node.id]] for node in nodes}


def recalculate(inventory: Inventory) -> dict[str, Decimal | None]:
    """Calculate every figure again from the inputs and parameters the inventory holds.

    Returns
    -------
    dict of str to Decimal or None
        By figure id, to twelve decimals.
    """
    leaves: dict[str, Value] = {
        key: value.value if value.value is not None else Absence.GAP for key, value in inventory.inputs.items()
    }
    leaves.update({key: value.value for key, value in inventory.parameters.items()})
    leaves.update({key: value for key, (value, _) in inventory.constants.items()})
    leaves.update(dict.fromkeys(inventory.gaps, Absence.GAP))
    values = official(inventory.nodes, leaves)
    return {key: None if isinstance(value, Absence) else stored(value) for key, value in values.items()}


def input_of(entry: Entry, unit: str, replaced: tuple[Entry, ...]) -> Input:
    """Return an entry as an input: its value in the unit it is calculated in."""
    value = None if entry.value is None else convert(entry.value, entry.unit, unit)
    return Input(entry, value, unit, replaced)
