"""From a rule book and a plant to the graph of the account.

Whatever a step needs is looked for among the figures made so far, then among the plant's entries; ``{first: …}`` takes the
first that is there. A quantity that is declared at a place or on a basis the step cannot use is refused by name: a mass of
one place times a calorific value of another is the commonest error of coal accounts.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence

from tanheng.accounting.entries import Entry
from tanheng.accounting.errors import RuleBookError
from tanheng.accounting.graph import Argument, Node, Operand
from tanheng.accounting.items import Year, item_of
from tanheng.accounting.loops import Turn, title, turns
from tanheng.accounting.planning.conditions import holds
from tanheng.accounting.planning.declared import Declared
from tanheng.accounting.planning.fitting import fitted, result_unit, units_of
from tanheng.accounting.planning.lacking import Lacking
from tanheng.accounting.planning.leaves import Leaves
from tanheng.accounting.planning.placeholders import fill
from tanheng.accounting.planning.plan import ADDITIVE, SUM, WEIGHTED_MEAN, WHOLE, Account
from tanheng.accounting.plant import Plant
from tanheng.accounting.rulebook import (
    All,
    Condition,
    Constant,
    Each,
    Expression,
    First,
    Months,
    Param,
    Ref,
    RuleBook,
    Samples,
    Step,
)
from tanheng.core import identifiers
from tanheng.core.errors import InputError
from tanheng.core.units import unit as unit_named
from tanheng.formulas import registry
from tanheng.formulas.declaration import Formula, Units
from tanheng.standards import RulePack


class Planner:
    """Builds the account of one plant by one rule book. Used once."""

    def __init__(
        self,
        book: RuleBook,
        plant: Plant,
        entries: Mapping[str, Entry],
        pack: RulePack,
        *,
        declared: Iterable[str],
        known: datetime.date | None,
    ) -> None:
        self.book = book
        self.plant = plant
        self.account = Account()
        self.declared = Declared.of(entries, declared)
        self.leaves = Leaves(self.account, plant, entries, self.declared.samples, pack, known)
        self.lacking = Lacking(plant, self.declared)
        self._fits: dict[tuple[str, tuple[tuple[str, Units], ...]], Mapping[str, Units]] = {}

    def plan(self) -> Account:
        """Return the account.

        Raises
        ------
        InputError
            With every quantity that the rule book needs and the plant does not declare, or declares at another place or basis.
        """
        for step in self.book.steps:
            for turn in turns(self.plant, step.over):
                if self._holds(step.when, turn):
                    self._add(step, turn)
        for name in sorted({identifiers.without_period(key) for key in self.account.entries}):
            self._year_of(name)
        if self.lacking.faults:
            raise InputError("accounting.input.refused", findings=self.lacking.faults, count=len(self.lacking.faults))
        return self.account

    # -- steps ------------------------------------------------------------------------------------------------------

    def _add(self, step: Step, turn: Turn) -> None:
        name = fill(step.figure, turn)
        words = title(step.title, turn)
        known = len(self.lacking.faults)
        if step.periods:
            for period in self.plant.periods:
                self._node(step, turn, name, period, words)
                if len(self.lacking.faults) > known:
                    return
        if not step.periods or step.annual == "formula":
            self._node(step, turn, name, WHOLE, words)
        elif step.annual != "none":
            self._whole(step, turn, name, words)

    def _whole(self, step: Step, turn: Turn, name: str, words: Mapping[str, str]) -> None:
        """Add the figure of the whole account made of those of its periods: their sum or their weighted mean."""
        take: tuple[Expression, ...] = (Ref(step.figure),)
        formula, role = SUM, "values"
        if step.annual == "weighted":
            take, formula, role = (Ref(step.weighted_by), Ref(step.figure)), WEIGHTED_MEAN, "pairs"
        argument = self._argument(Months(take), turn, WHOLE)
        if argument is not None:
            self._append(step, name, WHOLE, formula, {role: argument}, words)

    def _node(self, step: Step, turn: Turn, name: str, period: str, words: Mapping[str, str]) -> None:
        arguments: dict[str, Argument] = {}
        for role, expression in step.arguments.items():
            argument = self._argument(expression, turn, period)
            if argument is None:
                self.lacking.note(step, expression, turn, period)
                return
            arguments[role] = argument
        self._append(step, name, period, step.formula, arguments, words)

    def _append(
        self,
        step: Step,
        name: str,
        period: str,
        formula_id: str,
        arguments: Mapping[str, Argument],
        words: Mapping[str, str],
    ) -> None:
        formula = registry.get(formula_id)
        if arguments.keys() != formula.arguments.keys():
            given, wanted_roles = ", ".join(arguments) or "–", ", ".join(formula.arguments)
            raise RuleBookError("accounting.rulebook.roles", figure=name, formula=formula_id, given=given, wanted=wanted_roles)
        wanted = self._fit(formula, arguments)
        converted = {role: fitted(argument, wanted[role], self.account.units) for role, argument in arguments.items()}
        key = identifiers.at(name, period) if period else name
        own = formula_id == step.formula
        unit = step.unit or result_unit(formula.unit, wanted, formula.arguments) or self._first_unit(arguments, name)
        self.account.units[key] = unit
        self.declared.made.add(name)
        self.account.nodes.append(
            Node(
                id=key,
                formula=formula,
                arguments=converted,
                unit=unit,
                title=words,
                zero_when=step.zero_when if own else "",
                not_applicable_when_zero=step.not_applicable_when_zero if own else "",
                refuse_negative=step.refuse_negative,
                drop_zero_weights=formula_id == WEIGHTED_MEAN,
                decimals=step.decimals,
                group=step.group,
                code=step.code,
                clause=step.clause if own else "",
                note=step.note,
            )
        )

    def _fit(self, formula: Formula, arguments: Mapping[str, Argument]) -> Mapping[str, Units]:
        """Return the units a formula wants its arguments in; months ask the same, so that each answer is kept."""
        given = tuple(
            (role, units)
            for role, argument in arguments.items()
            if (units := units_of(argument, self.account.units)) is not None
        )
        key = (formula.id, given)
        if key not in self._fits:
            self._fits[key] = formula.fit(dict(given))
        return self._fits[key]

    def _first_unit(self, arguments: Mapping[str, Argument], name: str) -> str:
        """Return the unit of the first argument; in a month without samples, that of the samples of other months."""
        units = units_of(next(iter(arguments.values())), self.account.units)
        if units is None:
            return self.leaves.unit_of(name, mark=".sample.")
        return units if isinstance(units, str) else units[0]

    # -- expressions --------------------------------------------------------------------------------------------------

    def _argument(self, expression: Expression, turn: Turn, period: str) -> Argument | None:
        """Return the argument an expression means, or None when what it names is not there."""
        match expression:
            case Ref():
                return self._reference(expression, turn, period)
            case Param():
                return self.leaves.parameter(
                    self.leaves.parameter_id(expression, turn, period), period, latest=expression.latest
                )
            case Constant():
                return self.leaves.constant(expression)
            case First(options):
                return self._first(options, turn, period)
            case Each(loops, take, when):
                return self._sequence(
                    take, [(inner, period) for inner in turns(self.plant, loops, turn) if self._holds(when, inner)]
                )
            case Months(take):
                return self._sequence(take, [(turn, each) for each in self.plant.periods])
            case Samples(template):
                return self.leaves.samples_of(fill(template, turn), period)
            case All(parts):
                return self._joined(parts, turn, period)

    def _first(self, options: Sequence[Expression], turn: Turn, period: str) -> Argument | None:
        """Return the first option that is there. A default does not stand in for a value given at a wrong place or basis."""
        declared = False
        for option in options:
            if declared and isinstance(option, (Param, Constant)):
                return None
            found = self._argument(option, turn, period)
            if found is not None:
                return found
            declared = declared or (isinstance(option, Ref) and self.declared.there(fill(option.template, turn)))
        return None

    def _sequence(self, take: Sequence[Expression], places: Sequence[tuple[Turn, str]]) -> Argument | None:
        rows: list[tuple[Operand, ...]] = []
        for turn, period in places:
            row = [self._argument(expression, turn, period) for expression in take]
            if not all(isinstance(item, Operand) for item in row):
                return None
            rows.append(tuple(item for item in row if isinstance(item, Operand)))
        return tuple(row[0] for row in rows) if len(take) == 1 else tuple(rows)

    def _joined(self, parts: Sequence[Expression], turn: Turn, period: str) -> Argument | None:
        """Return the parts as one sequence; a part that is not there (no such stream in this plant) adds nothing."""
        joined: list[Operand] = []
        for part in parts:
            found = self._argument(part, turn, period)
            if isinstance(found, Operand):
                joined.append(found)
            elif found is not None:
                joined.extend(item for item in found if isinstance(item, Operand))
        return tuple(joined) if joined else None

    def _reference(self, reference: Ref, turn: Turn, period: str) -> Operand | None:
        name = fill(reference.template, turn)
        basis, place = self.declared.basis(name), self.declared.place(name)
        if reference.basis and basis and basis != reference.basis:
            return None
        if reference.place and place and place != fill(reference.place, turn):
            return None
        if name in self.declared.made:
            key = identifiers.at(name, period) if period else name
            return Operand(key) if key in self.account.units else None
        if name not in self.declared.names:
            return None
        return self.leaves.entry(name, period) if period else self._year_of(name)

    def _year_of(self, name: str) -> Operand | None:
        """Return the whole account's amount of a declared quantity, None for one that has none, such as a factor.

        Flows are added up; a stock is that of the first or of the last period.
        """
        if len(self.plant.periods) == 1:
            return self.leaves.entry(name, self.plant.periods[0])
        item = item_of(name)
        if name in self.account.units:
            return Operand(name)
        if item is None or ".sample" in name or unit_named(item.units[0]).dimension not in ADDITIVE:
            return None
        periods = self.plant.periods
        chosen = {Year.SUM: periods, Year.FIRST: periods[:1], Year.LAST: periods[-1:]}[item.year]
        values = tuple(self.leaves.entry(name, period) for period in chosen)
        words = {language: f"{item.title[language]} ({name})" for language in ("zh", "en")}
        step = Step(figure=name, title=words, formula=SUM, arguments={}, group="input")
        self._append(step, name, WHOLE, SUM, {"values": values}, words)
        return Operand(name)

    def _holds(self, condition: Condition, turn: Turn) -> bool:
        return holds(condition, turn, declared=self.declared, plant=self.plant, book=self.book)
