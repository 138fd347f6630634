"""From a rule book and a plant to the graph of the account.

Whatever a step needs is looked for among the figures made so far, then among the plant's entries; ``{first: …}`` takes the
first that is there. A quantity that is declared at a place or on a basis the step cannot use is refused by name: a mass of
one place times a calorific value of another is the commonest error of coal accounts.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tanheng.accounting.entries import Entry
from tanheng.accounting.errors import RuleBookError
from tanheng.accounting.graph import Absence, Argument, Node, Operand, Value, ratio
from tanheng.accounting.items import Year, item_of
from tanheng.accounting.loops import Turn, title, turns
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
from tanheng.core.errors import InputError, QuantityError, TanhengError
from tanheng.core.units import UNITS, convert
from tanheng.core.units import unit as unit_named
from tanheng.formulas import registry
from tanheng.formulas.declaration import Formula, Units
from tanheng.standards import ParameterValue, RulePack

WHOLE = ""
"""The period of a figure of the whole account."""

SUM = "arithmetic.sum"
WEIGHTED_MEAN = "arithmetic.weighted_mean"

ADDITIVE = frozenset(["mass", "normal volume", "energy", "electricity", "CO2", "time"])
"""Dimensions whose monthly values add up to a year."""


@dataclass(slots=True)
class Account:
    """What planning yields: the nodes in order, and the numbers they start from."""

    nodes: list[Node] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    parameters: dict[str, ParameterValue] = field(default_factory=dict)
    constants: dict[str, Constant] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    leaves: dict[str, Value] = field(default_factory=dict)


def canonical_unit(quantity: str, unit: str) -> str:
    """Return the unit an entry is calculated in: the first of its item that measures the same thing."""
    item = item_of(quantity)
    if item is None:
        return unit
    return next((name for name in item.units if UNITS[name].dimension == UNITS[unit].dimension), unit)


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
        self.pack = pack
        self.known = known
        self.account = Account()
        self.entries = entries
        self.declared = frozenset(declared)
        self.made: set[str] = set()
        self._lacking: set[str] = set()
        self.faults: list[TanhengError] = []
        self.samples = _samples(entries)
        self._ids = frozenset(pack.ids())
        self._values: dict[tuple[str, datetime.date, bool], str] = {}
        self._traits = _traits(entries)
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
        if self.faults:
            raise InputError("accounting.input.refused", findings=self.faults, count=len(self.faults))
        return self.account

    # -- steps ------------------------------------------------------------------------------------------------------

    def _add(self, step: Step, turn: Turn) -> None:
        name = _fill(step.figure, turn)
        words = title(step.title, turn)
        known = len(self.faults)
        if step.periods:
            for period in self.plant.periods:
                self._node(step, turn, name, period, words)
                if len(self.faults) > known:
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
                self._missing(step, expression, turn, period)
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
        fitted = {role: self._fitted(argument, wanted[role]) for role, argument in arguments.items()}
        key = identifiers.at(name, period) if period else name
        own = formula_id == step.formula
        unit = step.unit or _result_unit(formula.unit, wanted, formula.arguments) or self._first_unit(arguments, name)
        self.account.units[key] = unit
        self.made.add(name)
        self.account.nodes.append(
            Node(
                id=key,
                formula=formula,
                arguments=fitted,
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
        given = tuple((role, units) for role, argument in arguments.items() if (units := self._units(argument)) is not None)
        key = (formula.id, given)
        if key not in self._fits:
            self._fits[key] = formula.fit(dict(given))
        return self._fits[key]

    # -- units ------------------------------------------------------------------------------------------------------

    def _units(self, argument: Argument) -> Units | None:
        """Return the units of an argument in the shape a formula declares them; None for an empty sequence."""
        if isinstance(argument, Operand):
            return self.account.units[argument.id]
        if not argument:
            return None
        first = argument[0]
        if isinstance(first, Operand):
            return (self.account.units[first.id],)
        return tuple(self.account.units[operand.id] for operand in first)

    def _fitted(self, argument: Argument, wanted: Units) -> Argument:
        if isinstance(argument, Operand):
            return self._converted(argument, wanted if isinstance(wanted, str) else wanted[0])
        if not argument or isinstance(wanted, str):
            return argument
        if isinstance(argument[0], Operand):
            return tuple(self._converted(item, wanted[0]) for item in argument if isinstance(item, Operand))
        return tuple(
            tuple(self._converted(operand, unit) for operand, unit in zip(item, wanted, strict=True))
            for item in argument
            if not isinstance(item, Operand)
        )

    def _converted(self, operand: Operand, unit: str) -> Operand:
        own = self.account.units[operand.id]
        if own == unit:
            return operand
        convert(Decimal(1), own, unit)  # refuses units of different things
        return Operand(operand.id, *ratio(own, unit))

    def _first_unit(self, arguments: Mapping[str, Argument], name: str) -> str:
        """Return the unit of the first argument; in a month without samples, that of the samples of other months."""
        units = self._units(next(iter(arguments.values())))
        if units is None:
            return self._unit_of(name, mark=".sample.")
        return units if isinstance(units, str) else units[0]

    # -- expressions --------------------------------------------------------------------------------------------------

    def _argument(self, expression: Expression, turn: Turn, period: str) -> Argument | None:
        """Return the argument an expression means, or None when what it names is not there."""
        match expression:
            case Ref():
                return self._reference(expression, turn, period)
            case Param():
                return self._parameter(self._parameter_id(expression, turn, period), period, latest=expression.latest)
            case Constant():
                return self._constant(expression)
            case First(options):
                return self._first(options, turn, period)
            case Each(loops, take, when):
                return self._sequence(
                    take, [(inner, period) for inner in turns(self.plant, loops, turn) if self._holds(when, inner)]
                )
            case Months(take):
                return self._sequence(take, [(turn, each) for each in self.plant.periods])
            case Samples(template):
                return self._samples_of(_fill(template, turn), period)
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
            declared = declared or (isinstance(option, Ref) and self._there(_fill(option.template, turn)))
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
        name = _fill(reference.template, turn)
        basis, place = self._traits.get(name, ("", ""))
        if reference.basis and basis and basis != reference.basis:
            return None
        if reference.place and place and place != _fill(reference.place, turn):
            return None
        if name in self.made:
            key = identifiers.at(name, period) if period else name
            return Operand(key) if key in self.account.units else None
        if name not in self.declared:
            return None
        return self._entry(name, period) if period else self._year_of(name)

    def _year_of(self, name: str) -> Operand | None:
        """Return the whole account's amount of a declared quantity, None for one that has none, such as a factor.

        Flows are added up; a stock is that of the first or of the last period.
        """
        if len(self.plant.periods) == 1:
            return self._entry(name, self.plant.periods[0])
        item = item_of(name)
        if name in self.account.units:
            return Operand(name)
        if item is None or ".sample" in name or unit_named(item.units[0]).dimension not in ADDITIVE:
            return None
        periods = self.plant.periods
        chosen = {Year.SUM: periods, Year.FIRST: periods[:1], Year.LAST: periods[-1:]}[item.year]
        values = tuple(self._entry(name, period) for period in chosen)
        words = {language: f"{item.title[language]} ({name})" for language in ("zh", "en")}
        step = Step(figure=name, title=words, formula=SUM, arguments={}, group="input")
        self._append(step, name, WHOLE, SUM, {"values": values}, words)
        return Operand(name)

    def _entry(self, name: str, period: str) -> Operand:
        """Return the entry of a declared quantity; one that is not there or not yet known is a gap."""
        key = identifiers.at(name, period)
        account = self.account
        if key not in account.units:
            entry = self.entries.get(key)
            given = entry.unit if entry else self._unit_of(name)
            unit = canonical_unit(name, given)
            account.units[key] = unit
            if entry is not None:
                account.entries[key] = entry
            account.leaves[key] = (
                Absence.GAP if entry is None or entry.value is None else convert(entry.value, entry.unit, unit)
            )
        return Operand(key)

    def _unit_of(self, name: str, *, mark: str = "@") -> str:
        prefix = name + mark
        found = next((entry.unit for key, entry in self.entries.items() if key.startswith(prefix)), "")
        item = item_of(name)
        return canonical_unit(name, found) if found else (item.units[0] if item else "1")

    def _parameter_id(self, parameter: Param, turn: Turn, period: str) -> str:
        bindings = {}
        for placeholder, template in parameter.words:
            name = _fill(template, turn)
            bindings[placeholder] = (
                self.pack.word(name, on=self._day(period), known=self.known).word if name in self._ids else "?"
            )
        return _fill(parameter.template, turn.with_(bindings, {}) if bindings else turn)

    def _day(self, period: str) -> datetime.date:
        return _day(period or self.plant.periods[-1])

    def _parameter(self, name: str, period: str, *, latest: bool) -> Operand | None:
        day = self._day(period)
        cached = self._values.get((name, day, latest))
        if cached is None:
            if name not in self._ids:
                return None
            choose = self.pack.latest if latest else self.pack.value
            value = choose(name, on=day, known=self.known)
            cached = f"{name}#{value.describes_from.isoformat()}"
            self._values[name, day, latest] = cached
            self.account.parameters[cached] = value
            self.account.units[cached] = value.unit
            self.account.leaves[cached] = value.value
        return Operand(cached)

    def _constant(self, constant: Constant) -> Operand:
        key = f"constant.{constant.value}.{constant.unit}"
        self.account.constants[key] = constant
        self.account.units[key] = constant.unit
        self.account.leaves[key] = constant.value
        return Operand(key)

    def _samples_of(self, quantity: str, period: str) -> Argument | None:
        found = self.samples.get((quantity, period), ())
        rows = [
            (self._entry(f"{quantity}.sample_mass.{sample}", period), self._entry(f"{quantity}.sample.{sample}", period))
            for sample in found
        ]
        return tuple(rows)

    # -- conditions and faults ------------------------------------------------------------------------------------------

    def _holds(self, condition: Condition, turn: Turn) -> bool:
        return (
            all(self._there(_fill(name, turn)) for name in condition.declared)
            and not any(self._there(_fill(name, turn)) for name in condition.absent)
            and all(self._trait(name, turn, 0) == basis for name, basis in condition.basis.items())
            and all(_matches(self._trait(name, turn, 1), _fill(place, turn)) for name, place in condition.place.items())
            and all(self._choice(name) == wanted for name, wanted in condition.choice.items())
            and all(_matches(turn.bindings.get(name, ""), wanted) for name, wanted in condition.binding.items())
            and all(any(key[0] == _fill(name, turn) for key in self.samples) for name in condition.sampled)
        )

    def _choice(self, name: str) -> str:
        """Return the plant's choice of an option of the rule book, or the rule book's own.

        Raises
        ------
        InputError
            When the plant chose what the rule book does not offer.
        """
        if name not in self.book.choices:
            raise RuleBookError("accounting.rulebook.choice", name=name, known=", ".join(self.book.choices) or "–")
        option = self.book.choices[name]
        chosen = self.plant.choices.get(name, option.default)
        if chosen not in option.allowed:
            raise InputError("accounting.choice", name=name, value=chosen, allowed=", ".join(option.allowed))
        return chosen

    def _there(self, name: str) -> bool:
        return name in self.made or name in self.declared

    def _trait(self, name: str, turn: Turn, which: int) -> str:
        return self._traits.get(_fill(name, turn), ("", ""))[which]

    def _missing(self, step: Step, expression: Expression, turn: Turn, period: str) -> None:
        """Note what a step lacks: a quantity at another place or basis, or one not declared.

        A step that lacks a figure whose own lack is noted already adds nothing: the plant is asked for each thing once.
        """
        figure = _fill(step.figure, turn)
        self._lacking.add(figure)
        wanted = list(self._references(expression, turn))
        if any(reference.template in self._lacking for reference in wanted):
            return
        for reference in wanted:
            fault = self._misplaced(reference)
            if fault is not None:
                self._lacking.add(reference.template)
                self.faults.append(fault)
                return
        asked = [reference.template for reference in wanted] + [_fill(template, turn) for template in _parameters(expression)]
        if not asked:
            raise RuleBookError("accounting.rulebook.expression", figure=step.figure, value=repr(expression))
        quantities = " / ".join(dict.fromkeys(asked))
        self.faults.append(
            InputError(
                "accounting.quantity.missing",
                findings=(),
                figure=figure,
                period=period or "–",
                quantities=quantities,
                **self._rows(asked),
            )
        )

    def _rows(self, asked: Iterable[str]) -> dict[str, str]:
        """Return the rows that would answer, in the words of both languages; nothing for what stands in no row."""
        from tanheng.accounting.folder.naming import row_words

        rows = [words for words in (row_words(self.plant, name) for name in dict.fromkeys(asked)) if words is not None]
        joined = {
            "zh": "；或 ".join(row["zh"] for row in rows),
            "en": "; or ".join(row["en"] for row in rows),
        }
        return {
            "rows_zh": f"，如“{joined['zh']}”（范围 | 类别 | 源流 | 信息项 | 单位 → 文件）" if rows else "",
            "rows_en": f", such as “{joined['en']}” (scope | group | stream | item | unit → file)" if rows else "",
        }

    def _misplaced(self, reference: Ref) -> QuantityError | None:
        name = reference.template
        if not self._there(name):
            return None
        basis, place = self._traits.get(name, ("", ""))
        if reference.place and place and place != reference.place:
            return QuantityError("core.quantity.place", quantity=name, found=place, wanted=reference.place)
        if reference.basis and basis and basis != reference.basis:
            return QuantityError("core.quantity.basis", quantity=name, found=basis, wanted=reference.basis)
        return None

    def _references(self, expression: Expression, turn: Turn) -> Iterator[Ref]:
        """Yield every reference of an expression with its placeholders filled; of a loop, those of all its turns."""
        match expression:
            case Ref(template, basis, place):
                yield Ref(_fill(template, turn), basis, _fill(place, turn))
            case First(parts) | All(parts) | Months(parts):
                for part in parts:
                    yield from self._references(part, turn)
            case Each(loops, take):
                for inner in turns(self.plant, loops, turn):
                    for part in take:
                        yield from self._references(part, inner)
            case Samples(template):
                yield Ref(_fill(template, turn))
            case Param() | Constant():
                return


def _parameters(expression: Expression) -> Iterator[str]:
    """Yield the parameters an expression could take, outside loops."""
    match expression:
        case Param(template):
            yield template
        case First(parts) | All(parts):
            for part in parts:
                yield from _parameters(part)
        case _:
            return


def _fill(template: str, turn: Turn) -> str:
    """Return a template with its placeholders filled from the loops around it."""
    if "{" not in template:
        return template
    try:
        return template.format_map(turn.bindings)
    except (KeyError, ValueError, IndexError, AttributeError) as error:
        raise RuleBookError("accounting.rulebook.placeholder", template=template, known=", ".join(turn.bindings)) from error


def _matches(found: str, wanted: str) -> bool:
    return found != wanted[1:] if wanted.startswith("!") else found == wanted


def _day(period: str) -> datetime.date:
    return datetime.date(int(period[:4]), int(period[5:7] or 1) if len(period) > 4 else 1, 1)


def _result_unit(unit: str, wanted: Mapping[str, Units], declared: Mapping[str, Units]) -> str:
    """Return the unit of a result; a letter stands for the unit of the first argument declared with it, "" when open."""
    if unit not in ("U", "V"):
        return "" if unit == "U/V" else unit
    for role, units in declared.items():
        listed = (units,) if isinstance(units, str) else units
        got = wanted[role]
        found = (got,) if isinstance(got, str) else got
        for letter, name in zip(listed, found, strict=False):
            if letter == unit and name != unit:
                return name
    return ""


def _traits(entries: Mapping[str, Entry]) -> dict[str, tuple[str, str]]:
    """Return basis and place of each quantity; a quantity has one of each for the whole year.

    Raises
    ------
    InputError
        When the entries of one quantity disagree.
    """
    traits: dict[str, tuple[str, str]] = {}
    for entry in entries.values():
        found = (entry.basis.value if entry.basis else "", entry.place.value if entry.place else "")
        name = entry.quantity.split(".sample.")[0]
        kept = traits.setdefault(name, found)
        if kept != found:
            raise InputError(
                "accounting.entry.traits", quantity=name, first="/".join(kept), second="/".join(found), cell=entry.cell
            )
    return traits


def _samples(entries: Mapping[str, Entry]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the sample ids of each sampled quantity and period, in order."""
    found: dict[tuple[str, str], list[str]] = {}
    for entry in entries.values():
        quantity, mark, sample = entry.quantity.partition(".sample.")
        if mark:
            found.setdefault((quantity, entry.period), []).append(sample)
    return {key: tuple(sorted(samples)) for key, samples in found.items()}
