"""The charts: round numbers on the axis, and a denominator that is named."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.accounting.inventory import Inventory
from tanheng.reports.charts import _ticks, flow, monthly


@pytest.mark.parametrize(
    ("value", "ticks"),
    [
        ("212345.6", ["0", "50000", "100000", "150000", "200000", "250000"]),
        ("8.1", ["0", "2", "4", "6", "8", "10"]),
        ("0.3", ["0", "0.1", "0.2", "0.3"]),
        ("100", ["0", "20", "40", "60", "80", "100"]),
        ("100.1", ["0", "25", "50", "75", "100", "125"]),
    ],
)
def test_ticks_stand_at_round_numbers(value: str, ticks: list[str]) -> None:
    assert _ticks(Decimal(value)) == [Decimal(tick) for tick in ticks]


@given(st.decimals(min_value="0.001", max_value="1e9", places=3))
def test_the_last_tick_is_the_first_above_the_largest_value(value: Decimal) -> None:
    ticks = _ticks(value)
    assert ticks[-2] < value <= ticks[-1]
    assert 4 <= len(ticks) <= 6 or len(ticks) == 3


def test_labels_of_ticks_have_no_empty_decimals(hubei: Inventory) -> None:
    labels = [tick["label"] for tick in monthly(hubei, "en")["ticks"]]
    assert labels[:2] == ["0", "50,000"]


def test_the_flow_names_the_sum_its_shares_are_of(hubei: Inventory) -> None:
    drawn = flow(hubei, "en")
    assert drawn is not None
    assert drawn["total"] == f"{hubei.figure('ets.direct').value:,.0f}"
