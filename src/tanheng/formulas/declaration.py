"""How a formula is declared: a plain function, and the record of what it is and where it comes from.

A formula's docstring is its specification (``docs/decisions/0015-docstring-is-the-specification.md``). Units stand once,
in the type field of numpydoc's ``Parameters``; the equation is the first paragraph of ``Notes``::

    clinker : t                                one number in tonnes
    consumption : t | 10^4Nm3                  alternatives; the n-th goes with the n-th of the other arguments
    deductions : (t, tCO2/t) pairs             a sequence of pairs
    parts : MWh numbers                        a sequence of numbers
    numerator : U                              any unit; the same letter is the same unit (U or V)

:func:`formula` hangs the record on the function and returns that very function, so that a call costs nothing more.
"""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from tanheng.core.errors import UnitError
from tanheng.core.identifiers import dotted
from tanheng.core.numbers import Number, same_kind
from tanheng.core.states import CheckState
from tanheng.core.units import unit as unit_named
from tanheng.formulas.errors import FormulaError

# Units of one argument: the unit of a number, alternatives apart by " | "; of a sequence, the units of one element.
Units = str | tuple[str, ...]

ANY = frozenset(["U", "V", "U/V"])

_RECORD = "tanheng_formula"
_PARAMETER = re.compile(r"(\w+) : (.+)")
_TUPLES = re.compile(r"\(([^()]+)\) (?:pairs|triples)")
_NUMBERS = re.compile(r"(\S+) numbers")

_Function = TypeVar("_Function", bound=Callable[..., Number])


@dataclass(frozen=True, slots=True)
class Formula:
    """One formula and where it comes from.

    Attributes
    ----------
    id : str
        Stable for ever, such as ``cn.cets.combustion``.
    function : callable
        The plain function, keyword-only.
    document : str
        The document the formula is taken from; ``"arithmetic"`` where none is needed.
    clause : str or None
        Clause or appendix as printed. None when nobody has read it in print.
    check : CheckState
        How sure we are that the document says this.
    unit : str
        Unit of the result when the arguments have theirs.
    arguments : mapping of str to Units
        Role to unit. ``"t | 10^4Nm3"`` lists alternatives, aligned by position over the arguments; a tuple is a sequence
        whose elements have these units (a tuple of one: a sequence of plain numbers).
    equation : str
        In the standard's own symbols.
    symbols : mapping of str to str
        Role to the symbol that stands for it in the equation; a role without one is not there.
    title : mapping of str to str
        What the result is called, by language.
    summary : str
        First line of the docstring.
    """

    id: str
    function: Callable[..., Number]
    document: str
    clause: str | None
    check: CheckState
    unit: str
    arguments: Mapping[str, Units]
    equation: str
    symbols: Mapping[str, str]
    title: Mapping[str, str]
    summary: str

    def choices(self) -> list[dict[str, Units]]:
        """Return each aligned choice of units, in order; one when there are no alternatives."""
        split = {role: _alternatives(units) for role, units in self.arguments.items()}
        count = max(len(alternatives) for alternatives in split.values())
        return [{role: found[min(index, len(found) - 1)] for role, found in split.items()} for index in range(count)]

    def fit(self, given: Mapping[str, Units]) -> dict[str, Units]:
        """Return the units into which the ``given`` ones are converted before the call, role by role.

        Parameters
        ----------
        given : mapping of str to Units
            Unit in which each argument is at hand, in the shape of ``arguments``. Roles left out take any alternative.

        Raises
        ------
        UnitError
            When no choice fits; the message shows what was given and what the formula takes.

        Examples
        --------
        >>> from tanheng.formulas import registry
        >>> registry.get("cn.cets.combustion").fit({"consumption": "Nm3"})["net_calorific_value"]
        'GJ/10^4Nm3'
        """
        for choice in self.choices():
            bound: dict[str, str] = {}
            fitted = {role: _fit(given.get(role), wanted, bound) for role, wanted in choice.items()}
            if None not in fitted.values():
                return {role: units for role, units in fitted.items() if units is not None}
        raise UnitError(
            "formulas.units",
            id=self.id,
            given=", ".join(f"{role} {shown(units)}" for role, units in given.items()),
            wanted=", ".join(f"{role} {shown(units)}" for role, units in self.arguments.items()),
        )

    def evaluate(self, arguments: Mapping[str, Number]) -> Number:
        """Return the result, after seeing to it that the roles are the formula's and the numbers of one kind.

        Raises
        ------
        FormulaError
            When a role is missing or is none of this formula.
        NumberError
            When kinds of numbers are mixed.
        """
        if arguments.keys() != self.arguments.keys():
            raise FormulaError(
                "formulas.arguments", id=self.id, given=", ".join(arguments) or "–", wanted=", ".join(self.arguments)
            )
        same_kind(*_flat(arguments.values()))
        return self.function(**arguments)


def formula(
    *,
    id: str,  # noqa: A002  # the word of the field, and of the files
    document: str,
    unit: str,
    clause: str | None = None,
    check: CheckState = CheckState.UNVERIFIED,
    title: Mapping[str, str] | None = None,
    symbols: Mapping[str, str] | None = None,
) -> Callable[[_Function], _Function]:
    """Declare a function to be a formula; the function itself stays as it is.

    Parameters
    ----------
    id : str
        Dotted and lower case.
    document, unit, clause, check, title, symbols
        As in :class:`Formula`. Without a title, the docstring's first line is the title.

    Raises
    ------
    FormulaError
        When docstring and signature differ, or the docstring lacks units or equation.
    UnitError
        When a unit is unknown.
    """

    def declare(function: _Function) -> _Function:
        text = inspect.getdoc(function) or ""
        name = dotted(id, thing="formula")
        arguments = _arguments(text, name)
        _check_signature(function, arguments, name)
        _check_units([unit, *arguments.values()])
        summary = text.partition("\n")[0]
        record = Formula(
            id=name,
            function=function,
            document=document,
            clause=clause,
            check=check,
            unit=unit,
            arguments=types.MappingProxyType(arguments),
            equation=_equation(text, name),
            symbols=types.MappingProxyType(dict(symbols or {})),
            title=types.MappingProxyType(dict(title or {"zh": summary, "en": summary})),
            summary=summary,
        )
        setattr(function, _RECORD, record)
        return function

    return declare


def record_of(function: object) -> Formula | None:
    """Return what :func:`formula` hung on a function, or None when it is no formula."""
    record = getattr(function, _RECORD, None)
    return record if isinstance(record, Formula) else None


def shown(units: Units) -> str:
    """Return units as a person reads them, such as ``(t, tCO2/t)``."""
    return units if isinstance(units, str) else f"({', '.join(units)})"


def _arguments(text: str, name: str) -> dict[str, Units]:
    matches = [match for line in _section(text, "Parameters") if (match := _PARAMETER.fullmatch(line))]
    if not matches:
        raise FormulaError("formulas.docstring", id=name, part="Parameters")
    return {match[1]: _units(match[2]) for match in matches}


def _units(field: str) -> Units:
    if match := _TUPLES.fullmatch(field):
        return tuple(part.strip() for part in match[1].split(","))
    if match := _NUMBERS.fullmatch(field):
        return (match[1],)
    return field


def _equation(text: str, name: str) -> str:
    lines = _section(text, "Notes")
    end = lines.index("") if "" in lines else len(lines)
    equation = " ".join(line.strip() for line in lines[:end])
    if not equation:
        raise FormulaError("formulas.docstring", id=name, part="Notes")
    return equation


def _section(text: str, heading: str) -> list[str]:
    """Return the lines under a heading of a docstring, up to the next heading."""
    lines = text.splitlines()
    rules = [index for index, line in enumerate(lines) if line and set(line) == {"-"}]
    ends = [*(index - 1 for index in rules[1:]), len(lines)]
    for index, end in zip(rules, ends, strict=False):
        if lines[index - 1] == heading:
            return lines[index + 1 : end]
    return []


def _check_signature(function: Callable[..., Number], arguments: Mapping[str, Units], name: str) -> None:
    parameters = inspect.signature(function).parameters.values()
    keyword_only = all(parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in parameters)
    names = [parameter.name for parameter in parameters]
    if names != list(arguments) or not keyword_only:
        raise FormulaError("formulas.signature", id=name, signature=", ".join(names), docstring=", ".join(arguments))


def _check_units(declared: Iterable[Units]) -> None:
    for units in declared:
        for name in units.split(" | ") if isinstance(units, str) else units:
            if name not in ANY:
                unit_named(name)


def _alternatives(units: Units) -> list[Units]:
    return [*units.split(" | ")] if isinstance(units, str) else [units]


def _fit(given: Units | None, wanted: Units, bound: dict[str, str]) -> Units | None:
    """Return the unit to convert to, or None when it does not fit; a letter is bound to the first unit it meets."""
    if given is None:
        return wanted
    if isinstance(given, str) and isinstance(wanted, str):
        target = bound.setdefault(wanted, given) if wanted in ANY else wanted
        return target if unit_named(given).dimension == unit_named(target).dimension else None
    if isinstance(given, tuple) and isinstance(wanted, tuple) and len(given) == len(wanted):
        fitted = [_fit(one, other, bound) for one, other in zip(given, wanted, strict=True)]
        return tuple(one for one in fitted if isinstance(one, str)) if None not in fitted else None
    return None


def _flat(values: Iterable[object]) -> Iterator[object]:
    for value in values:
        if isinstance(value, (list, tuple)):
            yield from _flat(value)
        else:
            yield value
