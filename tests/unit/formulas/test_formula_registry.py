"""The register and the declaration: what a docstring must say, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from tanheng.core.errors import IdentifierError, UnitError
from tanheng.core.numbers import Number
from tanheng.core.states import CheckState
from tanheng.formulas import Formula, FormulaError, formula, registry
from tanheng.formulas.cets.combustion import fuel_combustion
from tanheng.formulas.cets.process import process_emissions
from tanheng.formulas.declaration import shown


def product(*, mass: Number, factor: Number) -> Number:
    """Product of two numbers.

    Parameters
    ----------
    mass : t | 10^4Nm3
        What is weighed.
    factor : tCO2/t | 1

    Notes
    -----
    E = M ·
    F

    Anything else is commentary.
    """
    return mass * factor


def declared(function: Any, **changes: Any) -> Formula:
    declare = formula(**{"id": "test.product", "document": "none", "unit": "tCO2", **changes})
    return registry.of(declare(function))


def with_docstring(text: str | None) -> Any:
    def copy(*, mass: Number, factor: Number) -> Number:
        return mass * factor

    copy.__doc__ = text
    return copy


def test_declaring_returns_the_function_itself() -> None:
    assert formula(id="test.product", document="none", unit="tCO2")(product) is product
    assert product(mass=Decimal(2), factor=Decimal(3)) == 6


def test_units_and_equation_are_read_from_the_docstring() -> None:
    record = declared(product)
    assert dict(record.arguments) == {"mass": "t | 10^4Nm3", "factor": "tCO2/t | 1"}
    assert record.equation == "E = M · F"
    assert record.summary == "Product of two numbers."


def test_what_is_not_said_is_not_claimed() -> None:
    record = declared(product)
    assert (record.check, record.clause) == (CheckState.UNVERIFIED, None)
    assert record.title == {"zh": record.summary, "en": record.summary}


def test_sequences_declare_the_units_of_their_elements() -> None:
    record = registry.of(process_emissions)
    assert record.arguments["deductions"] == ("t", "tCO2/t")
    assert registry.get("electricity.consumed").arguments["own_generation"] == ("MWh",)
    assert shown(("t", "tCO2/t")) == "(t, tCO2/t)"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (None, "Parameters"),
        ("No sections.", "Parameters"),
        ("Head.\n\nParameters\n----------\nnothing here\n\nNotes\n-----\nE = 1\n", "Parameters"),
        ("Head.\n\nParameters\n----------\nmass : t\nfactor : 1\n", "Notes"),
        ("Head.\n\nParameters\n----------\nmass : t\nfactor : 1\n\nNotes\n-----\n\nE = M\n", "Notes"),
    ],
)
def test_a_docstring_without_units_or_equation_is_refused(text: str | None, part: str) -> None:
    with pytest.raises(FormulaError, match=part) as raised:
        declared(with_docstring(text))
    assert raised.value.code == "formulas.docstring"


HEAD = "Head.\n\nParameters\n----------\n{}\n\nNotes\n-----\nE = M\n"


@pytest.mark.parametrize(
    "parameters", ["mass : t", "factor : 1\nmass : t", "mass : t\nfaktor : 1", "mass : t\nfactor : 1\nmore : t"]
)
def test_a_docstring_that_differs_from_the_signature_is_refused(parameters: str) -> None:
    with pytest.raises(FormulaError) as raised:
        declared(with_docstring(HEAD.format(parameters)))
    assert raised.value.code == "formulas.signature"


def test_arguments_by_position_are_refused() -> None:
    def by_position(mass: Number, factor: Number) -> Number:
        return mass * factor

    by_position.__doc__ = HEAD.format("mass : t\nfactor : 1")
    with pytest.raises(FormulaError) as raised:
        declared(by_position)
    assert raised.value.code == "formulas.signature"


@pytest.mark.parametrize(
    "parameters", ["mass : tonnes\nfactor : 1", "mass : t | m^3\nfactor : 1", "mass : t\nfactor : (t, K) pairs"]
)
def test_an_unknown_unit_is_refused(parameters: str) -> None:
    with pytest.raises(UnitError):
        declared(with_docstring(HEAD.format(parameters)))


def test_an_unknown_unit_of_the_result_or_an_id_out_of_form_is_refused() -> None:
    with pytest.raises(UnitError):
        declared(product, unit="tons")
    with pytest.raises(IdentifierError):
        declared(product, id="Test Product")


def test_an_unknown_id_is_refused_with_its_family() -> None:
    with pytest.raises(FormulaError, match=r"cn\.cets\.combustion_measured_carbon") as raised:
        registry.get("cn.cets.burning")
    assert "eu.process" not in str(raised.value)
    with pytest.raises(FormulaError, match=r"eu\.process"):
        registry.get("nothing")


def test_a_function_that_is_no_formula_has_no_record() -> None:
    for value in (len, declared, object()):
        with pytest.raises(FormulaError):
            registry.of(value)  # type: ignore[arg-type]  # an object that is no function is the case


def test_the_register_gives_the_record_of_the_function() -> None:
    assert registry.get("cn.cets.combustion") is registry.of(fuel_combustion)
    assert registry.get("cn.cets.combustion").function is fuel_combustion


def test_ids_belong_to_one_formula_each() -> None:
    ids = [record.id for record in registry.all()]
    assert len(ids) == len(set(ids))


def test_an_id_used_twice_is_refused() -> None:
    with pytest.raises(FormulaError, match=r"cn\.cets\.cement\.process") as raised:
        registry.collect(["cets.process", "cets.process"])
    assert raised.value.code == "formulas.twice"


def test_alternatives_go_together_by_position() -> None:
    choices = registry.get("cn.cets.combustion_measured_carbon").choices()
    assert [(choice["consumption"], choice["carbon"]) for choice in choices] == [
        ("t", "1"),
        ("t", "tC/t"),
        ("10^4Nm3", "tC/10^4Nm3"),
    ]
    assert {choice["oxidation"] for choice in choices} == {"1"}


@pytest.mark.parametrize(
    ("given", "fitted"),
    [
        ({"consumption": "kg", "carbon": "%"}, ("t", "1")),
        ({"consumption": "t", "carbon": "tC/t"}, ("t", "tC/t")),
        ({"carbon": "tC/10^4Nm3"}, ("10^4Nm3", "tC/10^4Nm3")),
        ({"oxidation": "%"}, ("t", "1")),
    ],
)
def test_units_at_hand_choose_the_alternative(given: dict[str, str], fitted: tuple[str, str]) -> None:
    choice = registry.get("cn.cets.combustion_measured_carbon").fit(given)
    assert (choice["consumption"], choice["carbon"]) == fitted


@pytest.mark.parametrize(
    "given",
    [
        {"consumption": "Nm3", "carbon": "%"},
        {"consumption": "MWh"},
        {"consumption": ("t",)},
        {"oxidation": "t"},
    ],
)
def test_units_that_do_not_go_together_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(UnitError, match="consumption t") as raised:
        registry.get("cn.cets.combustion_measured_carbon").fit(given)
    assert raised.value.code == "formulas.units"


def test_a_letter_stands_for_the_unit_it_meets_first() -> None:
    difference = registry.get("arithmetic.difference")
    assert difference.fit({"minuend": "kWh", "subtrahend": "MWh"}) == {"minuend": "kWh", "subtrahend": "kWh"}
    with pytest.raises(UnitError):
        difference.fit({"minuend": "kWh", "subtrahend": "GJ"})


def test_the_units_of_pairs_are_fitted_one_by_one() -> None:
    process = registry.get("cn.cets.cement.process")
    assert process.fit({"deductions": ("kg", "kgCO2/t")})["deductions"] == ("t", "tCO2/t")
    mean = registry.get("arithmetic.weighted_mean")
    assert mean.fit({"pairs": ("kg", "kJ/kg")})["pairs"] == ("kg", "kJ/kg")
    for wrong in (("t",), ("t", "MWh"), "t"):
        with pytest.raises(UnitError):
            process.fit({"deductions": wrong})


@pytest.mark.parametrize("roles", [[], ["heat"], ["heat", "factor", "extra"], ["heat", "faktor"]])
def test_other_roles_than_the_formulas_are_refused(roles: Sequence[str]) -> None:
    with pytest.raises(FormulaError, match="heat, factor") as raised:
        registry.get("heat.emissions").evaluate(dict.fromkeys(roles, Decimal(1)))
    assert raised.value.code == "formulas.arguments"


def run(*options: str, program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *options, "-c", program], capture_output=True, text=True, check=False, timeout=60)


def test_importing_the_package_loads_no_family() -> None:
    program = "import sys, tanheng.formulas; print([m for m in sys.modules if m.startswith('tanheng.formulas.cets')])"
    assert run(program=program).stdout.strip() == "[]"


def test_without_docstrings_the_register_refuses_and_says_why() -> None:
    program = "from tanheng.formulas import registry; registry.all()"
    done = run("-OO", program=program)
    assert done.returncode == 1
    assert "python -OO drops docstrings" in done.stderr
    assert run("-O", program=program).returncode == 0
