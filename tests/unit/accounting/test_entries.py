"""Entries: nothing is overwritten, and what was known on a day is found again."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.accounting.entries import Cell, Entry, Ledger
from tanheng.core.errors import InputError
from tanheng.core.states import Origin


def entry(value: str | None, *, row: int = 1, known: datetime.date | None = None, quantity: str = "line.1.x.y") -> Entry:
    number = None if value is None else Decimal(value)
    return Entry(quantity, "2025-03", number, "t", Origin.MEASURED, Cell("a.csv", "", row, "C"), known=known)


def day(number: int) -> datetime.date:
    return datetime.date(2026, 1, number)


def test_a_cell_says_where_it_stands_as_the_user_sees_it() -> None:
    assert str(Cell("a.xlsx", "煤", 7, "K")) == "a.xlsx [煤] K7"
    assert str(Cell("a.csv", "", 7, "K")) == "a.csv K7"
    assert str(Cell("plant.yaml")) == "plant.yaml"


def test_the_entry_in_force_is_the_one_known_last() -> None:
    ledger = Ledger.of([entry("2", known=day(5)), entry("1"), entry("3", known=day(9))])
    values = [ledger.known_at(when)["line.1.x.y@2025-03"].value for when in (day(4), day(5), day(8), day(9), None)]
    assert values == [1, 2, 2, 3, 3]


def test_what_was_not_known_yet_is_not_there() -> None:
    assert Ledger.of([entry("1", known=day(5))]).known_at(day(4)) == {}


def test_a_correction_keeps_what_it_replaced() -> None:
    old, new = entry("1"), entry("2", known=day(5))
    ledger = Ledger.of([new, old])
    assert ledger.earlier(new) == (old,)
    assert ledger.earlier(old) == ()


def test_two_entries_known_at_the_same_time_are_refused_with_both_cells() -> None:
    with pytest.raises(InputError) as caught:
        Ledger.of([entry("1", row=1), entry("1", row=2), entry("5", row=3, quantity="line.1.x.z")])
    (finding,) = caught.value.findings
    assert (str(finding.fields["first"]), str(finding.fields["second"])) == ("a.csv C1", "a.csv C2")


@given(st.permutations([entry("1"), entry("2", known=day(5)), entry(None, known=day(9)), entry("4", quantity="line.1.x.z")]))
def test_the_order_in_which_entries_come_does_not_matter(entries: list[Entry]) -> None:
    assert Ledger.of(entries) == Ledger.of(sorted(entries, key=lambda item: (item.id, item.known or datetime.date.min)))
