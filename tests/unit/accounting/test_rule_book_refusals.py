"""A rule book that cannot be run is refused by name: each key, expression, loop, role and placeholder."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tanheng.accounting import rulebook
from tanheng.accounting.errors import RuleBookError
from tanheng.accounting.inventory import Inventory
from tanheng.core.errors import InputError, UnitError
from tanheng.core.rounding import Mode
from tanheng.formulas.errors import FormulaError
from tanheng.standards import RulePack, UnknownIdError

Run = Callable[..., Inventory]

WORDS = {"zh": "x", "en": "x"}
OUTPUT = "line.{line}.clinker.portland.output"


def step(**changes: Any) -> dict[str, Any]:
    whole = {
        "figure": "line.{line}.doubled",
        "title": WORDS,
        "over": ["line"],
        "formula": "arithmetic.sum",
        "arguments": {"values": {"all": [OUTPUT, OUTPUT]}},
    }
    return {key: value for key, value in {**whole, **changes}.items() if value is not None}


def book(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "test.book", "document": "tanheng-activity-data", "title": WORDS, "steps": list(steps), **more}


def test_a_book_that_is_right_runs(accounted: Run) -> None:
    assert accounted(step()).figure("line.1.doubled").value == 2 * 12 * 135000


@pytest.mark.parametrize("key", ["id", "document", "title", "steps"])
def test_a_book_without_its_head_is_refused(key: str) -> None:
    content = book(step())
    del content[key]
    with pytest.raises(RuleBookError, match=key):
        rulebook.parse(content, digest="x")


def test_an_unknown_key_of_a_book_is_refused() -> None:
    with pytest.raises(RuleBookError, match="roundin "):
        rulebook.parse(book(step(), **{"roundin ": {}}), digest="x")


@pytest.mark.parametrize(
    "changes",
    [
        {"colour": "red"},
        {"annual": "yearly"},
        {"annual": {"by": "x"}},
        {"zero_when": "valves"},
        {"not_applicable_when_zero": "denominator"},
        {"when": {"decleared": "x"}},
        {"figure": None},
        {"title": None},
        {"formula": None},
        {"arguments": None},
    ],
    ids=str,
)
def test_a_key_of_a_step_that_means_nothing_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(RuleBookError):
        rulebook.parse(book(step(**changes)), digest="x")


@pytest.mark.parametrize(
    "expression",
    [
        5,
        None,
        {},
        {"refr": "x"},
        {"ref": "x", "phase": "ar"},
        {"parameter": "x", "ref": "y"},
        {"number": "1,5"},
        {"number": "NaN"},
        {"number": "1", "unit": "stone"},
        {"each": ["line"]},
        {"each": ["line"], "take": "x", "when": {"no": "x"}},
        {"first": [{"secnd": []}]},
        {"use": "nothing_of_this_name"},
    ],
    ids=repr,
)
def test_an_expression_that_means_nothing_is_refused(expression: Any) -> None:
    with pytest.raises(RuleBookError):
        rulebook.parse(book(step(arguments={"values": expression})), digest="x")


def test_an_unknown_rounding_is_refused() -> None:
    with pytest.raises(RuleBookError, match="half-odd"):
        rulebook.parse(book(step(), rounding={"mode": "half-odd"}), digest="x")


def test_a_fragment_may_use_a_fragment() -> None:
    fragments = {"twice": {"all": [{"use": "once"}, {"use": "once"}]}, "once": OUTPUT}
    found = rulebook.parse(book(step(arguments={"values": {"use": "twice"}}), fragments=fragments), digest="x")
    assert found.steps == rulebook.parse(book(step()), digest="x").steps


def test_without_a_word_on_rounding_it_is_half_even() -> None:
    found = rulebook.parse(book(step(arguments={"values": {"number": "2"}})), digest="x")
    assert found.rounding is Mode.HALF_EVEN
    assert found.steps[0].arguments["values"] == rulebook.Constant(Decimal(2), "1")


def test_the_digest_of_an_extending_book_covers_the_extended_one(pack: RulePack) -> None:
    found = rulebook.read(pack, "cn.cets")
    assert found.digest not in {pack.rulebook("cn.cets").digest, pack.rulebook("tanheng.activity").digest}
    own = len(pack.rulebook("cn.cets").content["steps"])
    assert len(found.steps) == own + len(pack.rulebook("tanheng.activity").content["steps"])


def test_a_book_nobody_shipped_is_refused(pack: RulePack) -> None:
    with pytest.raises(UnknownIdError):
        rulebook.read(pack, "cn.no_such_book")


# -- faults that show when the book is run ------------------------------------------------------------------------------------


def test_an_unknown_formula_is_refused(accounted: Run) -> None:
    with pytest.raises(FormulaError, match=r"arithmetic\.summ"):
        accounted(step(formula="arithmetic.summ"))


def test_arguments_that_are_not_the_formulas_are_refused(accounted: Run) -> None:
    with pytest.raises(RuleBookError, match="numerator, denominator"):
        accounted(step(formula="arithmetic.ratio"))


def test_units_that_do_not_fit_a_formula_are_refused(accounted: Run) -> None:
    arguments = {"values": {"all": [OUTPUT, "line.{line}.electricity.consumed"]}}
    with pytest.raises(UnitError):
        accounted(step(arguments=arguments))


@pytest.mark.parametrize("loop", ["kiln", ""])
def test_an_unknown_loop_is_refused(accounted: Run, loop: str) -> None:
    with pytest.raises(RuleBookError, match="loop"):
        accounted(step(over=[loop]))


@pytest.mark.parametrize("loop", ["fuel", "clinker", "material", "sharing_line", "clinker_line", "facility_fuel"])
def test_a_loop_outside_the_one_it_belongs_into_is_refused(accounted: Run, loop: str) -> None:
    with pytest.raises(RuleBookError, match="outside the loop"):
        accounted(step(over=[loop], figure="x", arguments={"values": {"number": "1"}}))


@pytest.mark.parametrize("template", ["line.{lime}.doubled", "line.{}.doubled", "line.{line", "{line.x.y}"])
def test_a_placeholder_that_nothing_fills_is_refused(accounted: Run, template: str) -> None:
    with pytest.raises(RuleBookError, match="placeholder"):
        accounted(step(figure=template))


def test_a_placeholder_of_a_title_that_nothing_fills_is_refused(accounted: Run) -> None:
    with pytest.raises(RuleBookError, match="placeholder"):
        accounted(step(title={"zh": "{stream_title}", "en": "{stream_title}"}))


def test_a_condition_on_an_option_not_declared_is_refused(accounted: Run) -> None:
    with pytest.raises(RuleBookError, match="grid_factor"):
        accounted(step(when={"choice": {"grid_factor": "national"}}))


def test_an_expression_that_asks_for_nothing_a_plant_could_give_is_refused(accounted: Run) -> None:
    with pytest.raises(RuleBookError, match="means nothing"):
        accounted(step(arguments={"values": {"all": []}}))


def test_a_parameter_nobody_shipped_is_asked_for_by_name(accounted: Run) -> None:
    with pytest.raises(InputError) as caught:
        accounted(step(arguments={"values": {"first": ["line.{line}.nothing", {"parameter": "cn.no.such"}]}}))
    assert [finding.fields["quantities"] for finding in caught.value.findings] == ["line.1.nothing / cn.no.such"]


def test_a_figure_that_lacks_what_another_lacks_adds_no_second_fault(accounted: Run) -> None:
    first = step(arguments={"values": {"all": ["line.{line}.nothing"]}})
    second = step(figure="line.{line}.next", arguments={"values": {"all": ["line.{line}.doubled"]}})
    with pytest.raises(InputError) as caught:
        accounted(first, second)
    assert [finding.fields["figure"] for finding in caught.value.findings] == ["line.1.doubled"]


def test_what_a_loop_asks_for_is_named_turn_by_turn(accounted: Run) -> None:
    arguments = {"values": {"each": ["fuel"], "take": "line.{line}.fuel.{stream}.ash"}}
    with pytest.raises(InputError) as caught:
        accounted(step(arguments=arguments))
    assert [finding.fields["quantities"] for finding in caught.value.findings] == [
        "line.1.fuel.coal.ash / line.1.fuel.diesel.ash"
    ]


def test_a_figure_of_the_whole_account_may_stand_without_its_months(accounted: Run) -> None:
    inventory = accounted(step(periods=False, arguments={"values": {"months": OUTPUT}}), step(figure="x.{line}", annual="none"))
    assert inventory.figure("line.1.doubled").value == 12 * 135000
    assert "line.1.doubled@2025-01" not in inventory.figures
    assert "x.1" not in inventory.figures
    assert inventory.figure("x.1", "2025-01").value == 270000
