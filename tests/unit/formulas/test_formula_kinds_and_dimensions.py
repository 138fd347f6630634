"""Two properties of every registered formula: it gives one result on all three kinds of number, and its units hold.

The second is the sharper: the sizes of the base units are changed at random, and the result must change as its own unit says.
A forgotten factor, a sum of things that do not add, or a wrong declaration of a unit fails it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from operator import itemgetter
from typing import Any  # a test handles numbers of all kinds at once

import GTC
import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanheng.core.errors import NumberError
from tanheng.core.numbers import calculating, is_uncertain, to_array, to_decimal, to_uncertain
from tanheng.core.units import UNITS
from tanheng.formulas import Formula, registry

FORMULAS = registry.all()
Arguments = Mapping[str, Any]


def decimals(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(low), Decimal(high), places=places)


# Ranges as they occur; fractions stay away from 1, where 1 / (1 − moisture) is steep.
RANGES = {
    "1": decimals("0.01", "0.9", 4),
    "degC": decimals("20", "350", 1),
    "Pa": decimals("500", "110000", 0),
    "t/t": decimals("1.3", "1.8", 3),
}
AMOUNTS = decimals("1", "1000000", 3)
RATES = decimals("0.01", "100", 4)


def numbers_of(unit: str) -> st.SearchStrategy[Decimal]:
    return RANGES.get(unit, RATES if "/" in unit else AMOUNTS)


def arguments_of(formula: Formula) -> st.SearchStrategy[dict[str, Any]]:
    """Return arguments in the first of the formula's choices of units."""
    drawn: dict[str, st.SearchStrategy[Any]] = {}
    for role, units in formula.choices()[0].items():
        match units:
            case str():
                drawn[role] = numbers_of(units)
            case (single,):
                drawn[role] = st.lists(numbers_of(single), min_size=1, max_size=4)
            case _:
                drawn[role] = st.lists(st.tuples(*map(numbers_of, units)), min_size=1, max_size=4)
    return st.fixed_dictionaries(drawn)


def mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return arguments in which each number is changed."""
    if isinstance(value, Mapping):
        return {role: mapped(item, change) for role, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(mapped(item, change) for item in value)
    return change(value)


def largest(arguments: Arguments) -> float:
    """Return the size of the largest number in the arguments, at least 1."""
    sizes = [1.0]
    mapped(arguments, lambda number: sizes.append(abs(float(number))))
    return max(sizes)


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda formula: formula.id)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_one_formula_gives_one_result_on_every_kind_of_number(formula: Formula, data: st.DataObject) -> None:
    arguments = data.draw(arguments_of(formula))
    with calculating():
        exact = formula.evaluate(arguments)
    array = formula.evaluate(mapped(arguments, to_array))
    uncertain = formula.evaluate(mapped(arguments, lambda value: GTC.ureal(float(value), abs(float(value)) / 1000)))
    assert isinstance(exact, Decimal)
    assert array.dtype == numpy.float64
    assert is_uncertain(uncertain)
    # float64 keeps 16 digits; a score of operations may cost two of them, and a difference is as sure as its larger term
    tolerance = 1e-13 * max(largest(arguments), abs(float(exact)))
    assert abs(float(array) - float(exact)) <= tolerance
    assert abs(uncertain.x - float(exact)) <= tolerance


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda formula: formula.id)
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_an_array_gives_each_element_what_it_gives_alone(formula: Formula, data: st.DataObject) -> None:
    arguments = mapped(data.draw(arguments_of(formula)), lambda value: numpy.array([1.0, 1.01, 0.99]) * float(value))
    together = formula.evaluate(arguments)
    alone = [formula.evaluate(mapped(arguments, itemgetter(row))) for row in range(3)]
    assert together.tolist() == [float(value) for value in alone]


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda formula: formula.id)
@settings(max_examples=3, deadline=None)
@given(data=st.data(), border=st.sampled_from([to_array, to_uncertain]))
def test_a_formula_refuses_numbers_of_two_kinds(formula: Formula, data: st.DataObject, border: Callable[[Any], Any]) -> None:
    arguments = data.draw(arguments_of(formula))
    roles = list(arguments)
    mixed = {**arguments, roles[0]: mapped(arguments[roles[0]], border)}
    if len(roles) == 1:  # one role alone: mix inside its sequence, or hand in a plain float
        mixed = {roles[0]: [*arguments[roles[0]], *mixed[roles[0]]] if isinstance(mixed[roles[0]], list) else 0.5}
    with pytest.raises(NumberError):
        formula.evaluate(mixed)


# Base quantities and the exponents of each atomic unit in them. Carbon and CO₂ are mass, since 44/12 turns one into the
# other; a volume at standard state is one at actual state times numbers.
ATOMS = {
    "1": {}, "pp": {}, "%": {}, "umol": {}, "mol": {}, "degC": {"temperature": 1}, "Pa": {"pressure": 1},
    "t": {"mass": 1}, "kg": {"mass": 1}, "mg": {"mass": 1}, "tC": {"mass": 1}, "tCO2": {"mass": 1}, "kgCO2": {"mass": 1},
    "GJ": {"heat": 1}, "MJ": {"heat": 1}, "TJ": {"heat": 1}, "MWh": {"electricity": 1}, "kWh": {"electricity": 1},
    "tce": {"coal equivalent": 1}, "kgce": {"coal equivalent": 1}, "10^4Nm3": {"length": 3}, "Nm3": {"length": 3},
    "m3": {"length": 3}, "m2": {"length": 2}, "m": {"length": 1}, "s": {"time": 1}, "h": {"time": 1},
    "U": {"U": 1}, "V": {"V": 1},
}  # fmt: skip
BASES = sorted({base for exponents in ATOMS.values() for base in exponents})

# Formulas that hold a constant with a unit of its own, so that they are true in their own units only.
CONSTANT_WITH_UNIT = {
    "basis.net_from_gross": "heat of evaporation, 2.3 GJ/t",
    "basis.net_calorific_value": "heat of evaporation, 2.3 GJ/t",
    "cems.standard_wet_flow": "273 K and 101 325 Pa",
    "cems.standard_dry_flow": "273 K and 101 325 Pa",
    "cems.mass_concentration": "molar volume, 22.4 L/mol",
    "cems.co2_mass_dry": "molar volume, 22.4 L/mol",
    "cems.co2_mass_wet": "molar volume, 22.4 L/mol",
    "cn.gb16780.altitude_coefficient": "101 325 Pa",
}


def scale_of(unit: str, sizes: Mapping[str, Fraction]) -> Fraction:
    """Return by how much a number in ``unit`` changes when the base units have these sizes."""
    scale = Fraction(1)
    top, _, bottom = unit.partition("/")
    for side, sign in ((top, 1), (bottom, -1)):
        for atom in re.findall(r"[^*()]+", side):
            for base, exponent in ATOMS[atom].items():
                scale *= sizes[base] ** (sign * exponent)
    return scale


def scaled(value: Any, units: Any, sizes: Mapping[str, Fraction]) -> Any:
    """Return an argument in base units of other sizes."""
    if isinstance(units, str):
        scale = scale_of(units, sizes)
        return value * scale.numerator / scale.denominator
    if len(units) == 1:
        return [scaled(item, units[0], sizes) for item in value]
    return [tuple(scaled(item, unit, sizes) for item, unit in zip(row, units, strict=True)) for row in value]


@pytest.mark.parametrize("formula", [f for f in FORMULAS if f.id not in CONSTANT_WITH_UNIT], ids=lambda formula: formula.id)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_a_result_follows_its_own_unit_when_the_base_units_change(formula: Formula, data: st.DataObject) -> None:
    arguments = data.draw(arguments_of(formula))
    sizes = data.draw(st.fixed_dictionaries(dict.fromkeys(BASES, st.sampled_from([Fraction(2), Fraction(5), Fraction(1, 4)]))))
    units = formula.choices()[0]
    with calculating():
        before = formula.evaluate(arguments)
        after = formula.evaluate({role: scaled(value, units[role], sizes) for role, value in arguments.items()})
        expected = scaled(before, formula.unit, sizes)
    # 50 digits of Decimal against the largest term
    assert abs(after - expected) <= Decimal("1E-35") * max(Decimal(largest(arguments)), abs(expected), 1)


def test_a_formula_that_holds_a_constant_with_a_unit_is_on_the_list_for_cause() -> None:
    assert set(CONSTANT_WITH_UNIT) <= {formula.id for formula in FORMULAS}


def test_every_unit_a_formula_declares_is_a_unit_of_the_core() -> None:
    for formula in FORMULAS:
        for choice in formula.choices():
            declared = [
                formula.unit,
                *(unit for units in choice.values() for unit in ([units] if isinstance(units, str) else units)),
            ]
            assert set(declared) <= set(UNITS) | {"U", "V", "U/V"}, formula.id


@given(st.lists(AMOUNTS, min_size=2, max_size=12), decimals("0.4", "0.6", 3))
def test_months_add_up_to_the_year(clinkers: list[Decimal], factor: Decimal) -> None:
    """Process emissions are linear in the masses: the sum of months is the emission of the sum."""
    process = registry.get("cn.cets.cement.process").function
    with calculating():
        monthly = [process(clinker=mass, clinker_factor=factor, deductions=[(mass / 50, Decimal("0.48"))]) for mass in clinkers]
        year = sum(clinkers)
        yearly = process(clinker=year, clinker_factor=factor, deductions=[(year / 50, Decimal("0.48"))])
        assert sum(monthly) == yearly


@given(mass=AMOUNTS, first=decimals("0", "0.5", 4), second=decimals("0", "0.5", 4), heat=decimals("10", "35", 3))
def test_a_change_of_moisture_is_undone_by_its_reverse(mass: Decimal, first: Decimal, second: Decimal, heat: Decimal) -> None:
    there = {"moisture": first, "target_moisture": second}
    back = {"moisture": second, "target_moisture": first}
    for formula_id, role, value in (
        ("basis.mass", "mass", mass),
        ("basis.fraction", "fraction", heat),
        ("basis.net_calorific_value", "net_calorific_value", heat),
    ):
        formula = registry.get(formula_id).function
        with calculating():
            returned = formula(**{role: formula(**{role: value}, **there)}, **back)
            assert abs(returned - value) <= Decimal("1E-40") * mass.max(heat)


@given(mass=AMOUNTS, carbon=decimals("0.3", "0.9", 4), first=decimals("0", "0.5", 4), second=decimals("0", "0.5", 4))
def test_drying_a_coal_loses_no_carbon(mass: Decimal, carbon: Decimal, first: Decimal, second: Decimal) -> None:
    moistures = {"moisture": first, "target_moisture": second}
    with calculating():
        dried = registry.get("basis.mass").function(mass=mass, **moistures)
        richer = registry.get("basis.fraction").function(fraction=carbon, **moistures)
        assert abs(dried * richer - mass * carbon) <= Decimal("1E-40") * mass


@given(mass=AMOUNTS, heat=decimals("10", "35", 3), first=decimals("0", "0.5", 4), second=decimals("0", "0.5", 4))
def test_drying_a_coal_gains_the_heat_of_the_water_that_left(
    mass: Decimal, heat: Decimal, first: Decimal, second: Decimal
) -> None:
    moistures = {"moisture": first, "target_moisture": second}
    with calculating():
        dried = registry.get("basis.mass").function(mass=mass, **moistures)
        hotter = registry.get("basis.net_calorific_value").function(net_calorific_value=heat, **moistures)
        gained = dried * hotter - mass * heat
        assert abs(gained - (mass - dried) * Decimal("2.3")) <= Decimal("1E-40") * mass


def test_to_decimal_is_the_border_of_the_official_figure() -> None:
    with pytest.raises(NumberError):
        registry.get("heat.emissions").evaluate({"heat": to_decimal("3800"), "factor": 0.11})
