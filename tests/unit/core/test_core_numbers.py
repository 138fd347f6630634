"""Numbers: the border between the three kinds, and the few functions a formula may call."""

from __future__ import annotations

import decimal
import subprocess
import sys
from decimal import Decimal

import GTC
import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.core import numbers
from tanheng.core.errors import NumberError

finite = st.decimals(min_value=-1_000_000, max_value=1_000_000, places=6)


def test_text_and_integers_become_decimals_digit_for_digit() -> None:
    assert numbers.to_decimal("37280.842552800") == Decimal("37280.842552800")
    assert str(numbers.to_decimal("0.480")) == "0.480"
    assert numbers.to_decimal(17000) == Decimal(17000)
    assert numbers.to_decimal(Decimal("1E+3")) == 1000


@pytest.mark.parametrize("value", [0.1, None, [1], object(), numpy.float64(1.5)])
def test_a_float_or_anything_else_is_no_decimal(value: object) -> None:
    with pytest.raises(NumberError) as raised:
        numbers.to_decimal(value)
    assert raised.value.code == "core.number.not_decimal"


@pytest.mark.parametrize("text", ["", "1,5", "twelve", "1 000", "0x10"])
def test_text_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NumberError) as raised:
        numbers.to_decimal(text)
    assert raised.value.code == "core.number.not_decimal"


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-inf", Decimal("NaN"), Decimal("Infinity")])
def test_what_is_not_finite_is_refused(value: object) -> None:
    with pytest.raises(NumberError) as raised:
        numbers.to_decimal(value)
    assert raised.value.code == "core.number.not_finite"


def test_a_decimal_becomes_an_array_without_dimensions() -> None:
    array = numbers.to_array(Decimal("0.25"))
    assert (array.shape, array.dtype, array.item()) == ((), numpy.float64, 0.25)


def test_lists_of_decimals_and_integer_arrays_become_float64() -> None:
    assert numbers.to_array([Decimal("0.5"), Decimal(2)]).tolist() == [0.5, 2.0]
    assert numbers.to_array(numpy.array([1, 2])).dtype == numpy.float64


@pytest.mark.parametrize("value", ["text", numpy.array(["a"]), numpy.array([1 + 2j])])
def test_an_array_of_no_numbers_is_refused(value: object) -> None:
    with pytest.raises(NumberError) as raised:
        numbers.to_array(value)
    assert raised.value.code == "core.number.not_array"


@pytest.mark.parametrize("value", [[1.0, float("nan")], [float("inf")]])
def test_an_array_with_a_hole_is_refused(value: object) -> None:
    with pytest.raises(NumberError) as raised:
        numbers.to_array(value)
    assert raised.value.code == "core.number.not_finite"


def test_an_uncertain_number_passes_and_a_plain_one_becomes_a_constant() -> None:
    mass = GTC.ureal(10.0, 0.1)
    assert numbers.to_uncertain(mass) is mass
    constant = numbers.to_uncertain(Decimal("0.5"))
    assert (constant.x, constant.u) == (0.5, 0.0)
    assert numbers.to_uncertain(0.25).x == 0.25


def test_an_array_is_no_uncertain_number() -> None:
    with pytest.raises(NumberError) as raised:
        numbers.to_uncertain(numpy.array([1.0]))
    assert raised.value.code == "core.number.mixed"


def test_numbers_of_one_kind_may_meet() -> None:
    numbers.same_kind(Decimal(1), Decimal(2))
    numbers.same_kind(numpy.array([1.0]), numpy.float64(2.0))
    numbers.same_kind(GTC.ureal(1, 0.1), GTC.constant(2))


@pytest.mark.parametrize(
    "pair",
    [(Decimal(1), numpy.array([1.0])), (Decimal(1), GTC.ureal(1, 0.1)), (numpy.array([1.0]), GTC.ureal(1, 0.1))],
)
def test_numbers_of_two_kinds_may_not(pair: tuple[object, object]) -> None:
    with pytest.raises(NumberError) as raised:
        numbers.same_kind(*pair)
    assert raised.value.code == "core.number.mixed"


@pytest.mark.parametrize("value", [1.5, 3, "3", None])
def test_a_plain_float_or_integer_has_no_kind(value: object) -> None:
    with pytest.raises(NumberError):
        numbers.same_kind(value)


@given(x=finite, a=finite, b=finite)
def test_clamp_is_the_same_for_every_kind(x: Decimal, a: Decimal, b: Decimal) -> None:
    low, high = min(a, b), max(a, b)
    exact = numbers.clamp(x, low, high)
    assert low <= exact <= high
    assert exact == min(max(x, low), high)
    array = numbers.clamp(*map(numbers.to_array, (x, low, high)))
    uncertain = numbers.clamp(*map(numbers.to_uncertain, (x, low, high)))
    assert float(array) == uncertain.x == float(exact)


def test_arrays_are_clamped_element_by_element() -> None:
    held = numbers.clamp(numpy.array([-1.0, 0.0, 1.0]), numpy.float64(-0.5), numpy.float64(0.5))
    assert held.tolist() == [-0.5, 0.0, 0.5]


def test_bounds_may_be_whole_literals_as_a_formula_writes_them() -> None:
    assert numbers.clamp(numpy.array([-1.0, 0.5, 2.0]), 0, 1).tolist() == [0.0, 0.5, 1.0]
    assert numbers.chosen(numpy.array([-1.0, 1.0]), 1, 0).tolist() == [0, 1]
    assert numbers.chosen(numpy.float64(1), numpy.array([5.0, 6.0]), 0).tolist() == [5.0, 6.0]
    assert numbers.clamp(Decimal(3), 0, 1) == 1
    with numbers.kinks() as found:
        assert numbers.clamp(GTC.ureal(0.9, 0.1), 0, 1).x == 0.9
        numbers.larger(0, GTC.ureal(0.1, 0.1))
    assert found == ["smaller", "larger"]


def test_chosen_takes_the_first_only_above_zero() -> None:
    assert numbers.chosen(Decimal("0.1"), Decimal(1), Decimal(2)) == 1
    assert numbers.chosen(Decimal(0), Decimal(1), Decimal(2)) == 2
    assert numbers.chosen(numpy.array([-1.0, 0.0, 1.0]), numpy.array(1.0), numpy.array(2.0)).tolist() == [2.0, 2.0, 1.0]
    assert numbers.chosen(GTC.ureal(5, 0.1), GTC.constant(1), GTC.constant(2)).x == 1


def test_a_kink_within_three_uncertainties_is_marked() -> None:
    with numbers.kinks() as found:
        numbers.clamp(GTC.ureal(0.021, 0.005), GTC.constant(-0.03), GTC.constant(0.03))
    assert found == ["smaller"]  # 0.03 lies 1.8 standard uncertainties off, -0.03 lies 10.2 off
    with numbers.kinks() as found:
        numbers.chosen(GTC.ureal(0.01, 0.02), GTC.constant(1), GTC.constant(2))
    assert found == ["chosen"]


def test_a_kink_far_away_is_not_marked() -> None:
    with numbers.kinks() as found:
        numbers.clamp(GTC.ureal(0.0, 0.005), GTC.constant(-0.03), GTC.constant(0.03))
    assert found == []


def test_no_kink_is_marked_outside_a_block_or_for_certain_numbers() -> None:
    numbers.smaller(GTC.ureal(1, 1), GTC.constant(1))
    with numbers.kinks() as found:
        numbers.smaller(Decimal(1), Decimal(1))
        numbers.larger(GTC.constant(1), GTC.constant(1))
    assert found == []


def test_the_branch_taken_keeps_its_uncertainty() -> None:
    taken = numbers.larger(GTC.ureal(2, 0.1), GTC.constant(1))
    assert (taken.x, taken.u) == (2, pytest.approx(0.1))


def test_value_of_is_the_estimate() -> None:
    assert numbers.value_of(GTC.ureal(2.5, 0.1)) == 2.5
    assert numbers.value_of(Decimal(3)) == 3


def test_power_is_the_same_for_every_kind() -> None:
    # 0.81 ** 0.5 = 0.9 by hand; floats to their own precision
    assert numbers.power(Decimal("0.81"), Decimal("0.5")) == Decimal("0.9")
    assert numbers.power(numpy.array([0.81]), Decimal("0.5")).tolist() == pytest.approx([0.9], rel=1e-15)
    uncertain = numbers.power(GTC.ureal(0.81, 0.02), Decimal("0.5"))
    assert uncertain.x == pytest.approx(0.9, rel=1e-15)
    assert uncertain.u == pytest.approx(0.02 / (2 * 0.9), rel=1e-12)  # d√x = dx / 2√x


def test_a_negative_number_has_whole_powers_only() -> None:
    assert numbers.power(Decimal(-2), Decimal(3)) == -8
    assert numbers.power(GTC.ureal(-2, 0.1), Decimal(2)).x == 4
    for number in (Decimal(-2), GTC.ureal(-2, 0.1)):
        with pytest.raises(NumberError) as raised:
            numbers.power(number, Decimal("0.5"))
        assert raised.value.code == "core.number.power"


def test_the_sum_of_nothing_is_refused() -> None:
    with pytest.raises(NumberError) as raised:
        numbers.total([])
    assert raised.value.code == "core.number.empty_sum"


@given(st.lists(finite, min_size=1, max_size=30))
def test_a_decimal_sum_does_not_depend_on_the_order(values: list[Decimal]) -> None:
    with numbers.calculating():
        assert numbers.total(values) == numbers.total(values[::-1]) == sum(values)


def test_calculation_has_fifty_digits_and_its_traps_are_on() -> None:
    with numbers.calculating():
        assert len((Decimal(1) / 3).as_tuple().digits) == 50
        with pytest.raises(decimal.DivisionByZero):
            Decimal(1) / 0
        with pytest.raises(decimal.FloatOperation):
            Decimal(0.1)  # noqa: RUF032  # the fault under test
    assert decimal.getcontext().prec == 28


def test_a_figure_is_stored_with_twelve_decimals_half_to_even() -> None:
    assert str(numbers.stored(Decimal("0.0000000000005"))) == "0E-12"
    assert str(numbers.stored(Decimal("0.0000000000015"))) == "2E-12"
    assert str(numbers.stored(Decimal(7))) == "7.000000000000"


def test_finite_floats_are_told_from_the_others() -> None:
    assert numbers.is_finite(1.5)
    assert not numbers.is_finite(float("nan"))


def test_decimals_alone_load_neither_numpy_nor_gtc() -> None:
    program = (
        "import sys; from decimal import Decimal; from tanheng.core import numbers as n; "
        "n.clamp(Decimal(2), Decimal(0), Decimal(1)); n.same_kind(Decimal(1)); n.power(Decimal(2), Decimal(2)); "
        "print('numpy' in sys.modules, 'GTC' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["False", "False"]
