"""Accuracy classes: one spelling, and which of two is the better."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.metrology.instruments.accuracy import is_better, is_class, normal

CLASSES = st.sampled_from(["0.1", "0.2S", "0.2", "0.5S", "0.5", "1", "1.0", "1.5", "2.0", "Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "III级", "0.5级"])


@pytest.mark.parametrize(
    ("written", "spelling"),
    [
        ("0.5级", "0.5"),
        ("0.5 级", "0.5"),
        ("0.5s级", "0.5S"),
        ("０．２Ｓ", "0.2S"),
        ("Ⅲ", "Ⅲ"),
        ("III", "Ⅲ"),
        ("III级", "Ⅲ"),
        ("Ⅲ级", "Ⅲ"),
        ("iii", "Ⅲ"),
        ("(Ⅲ)", "Ⅲ"),
        ("中准确度级", "Ⅲ"),
        ("特种准确度级", "Ⅰ"),
        ("准确度等级0.5", "0.5"),
        ("class 1", "1"),
        ("IIII", "Ⅳ"),
    ],
)
def test_a_class_has_one_spelling(written: str, spelling: str) -> None:
    assert normal(written) == spelling
    assert is_class(written)


@pytest.mark.parametrize("text", ["", "±1%", "MPE ±0.5%", "不详", "A级", "1/3", "0.5/1.0", "V"])
def test_what_is_no_class_stays_as_it_is(text: str) -> None:
    assert normal(text) == text
    assert not is_class(text)


@pytest.mark.parametrize(
    ("better", "worse"), [("0.2", "0.5"), ("0.5S", "0.5"), ("0.5", "1.0S"), ("Ⅱ", "III级"), ("0.5级", "1.0")]
)
def test_the_smaller_class_is_the_better(better: str, worse: str) -> None:
    assert is_better(better, worse)
    assert is_better(worse, better) is False


@pytest.mark.parametrize(("one", "other"), [("1", "1.0"), ("III", "Ⅲ级"), ("0.5S", "0.5s级")])
def test_the_same_class_in_two_spellings_is_not_better(one: str, other: str) -> None:
    assert is_better(one, other) is False
    assert is_better(other, one) is False


@pytest.mark.parametrize(("one", "other"), [("Ⅲ", "0.5"), ("0.5", ""), ("±1%", "0.5")])
def test_classes_of_two_kinds_are_not_compared(one: str, other: str) -> None:
    assert is_better(one, other) is None


@given(CLASSES, CLASSES)
def test_of_two_classes_at_most_one_is_better(one: str, other: str) -> None:
    assert not (is_better(one, other) and is_better(other, one))


@given(CLASSES, CLASSES, CLASSES)
def test_better_than_better_is_better(first: str, second: str, third: str) -> None:
    if is_better(first, second) and is_better(second, third):
        assert is_better(first, third)


@given(st.text(max_size=12))
def test_a_spelling_is_its_own_spelling(text: str) -> None:
    assert normal(normal(text)) == normal(text)
