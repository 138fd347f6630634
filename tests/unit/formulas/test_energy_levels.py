"""The rules of GB 16780-2021 that decide."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tanheng.formulas import FormulaError
from tanheng.formulas.energy.levels import altitude_counts, level_reached


@pytest.mark.parametrize("limits", [[], ["107", "100"], ["100", "100"], ["100", "117", "107"]])
def test_limits_that_do_not_rise_are_refused(limits: list[str]) -> None:
    with pytest.raises(FormulaError) as raised:
        level_reached(value=Decimal(100), limits=[Decimal(limit) for limit in limits])
    assert raised.value.code == "formulas.levels"


# management.md F.1: level 3 only, when the site is above 1 500 m
@pytest.mark.parametrize(
    ("level", "altitude", "counts"),
    [(3, "1500.1", True), (3, "1500", False), (3, "20", False), (2, "3000", False), (1, "3000", False)],
)
def test_the_altitude_counts_for_level_three_above_1500_metres(level: int, altitude: str, counts: bool) -> None:
    assert altitude_counts(level=level, altitude=Decimal(altitude)) is counts
