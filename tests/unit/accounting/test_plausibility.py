"""Notices of a plant-year: what conservation, the calendar and the plant's own capacity say, and when they say nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tanheng.accounting.entries import Cell, Entry, Ledger
from tanheng.accounting.plant import Clinker, Line, Plant
from tanheng.accounting.plausibility import Notice, notices
from tanheng.core.states import Origin

MONTHS = ("2025-01", "2025-02", "2025-03")
NAME = {"zh": "1号线", "en": "Line 1"}
OUTPUT, FED = "line.1.clinker.portland.output", "line.1.raw_meal.fed"
OPENING, CLOSING = "line.1.clinker.portland.opening_stock", "line.1.clinker.portland.closing_stock"


def found(rows: dict[str, tuple[str, list[str | None]]], **more: Any) -> list[Notice]:
    line = Line("1", NAME, Decimal(5000), "4.8×72", (Clinker("portland", "portland", NAME),))
    plant = Plant("works", NAME, "", "hubei", 2025, MONTHS, (line,), (), "cn.cets")
    entries = [
        Entry(name, month, None if value is None else Decimal(value), unit, Origin.MEASURED, Cell("activity.csv", "", row, "J"))
        for row, (name, (unit, values)) in enumerate(rows.items(), start=2)
        for month, value in zip(MONTHS, values, strict=True)
    ]
    return list(notices(plant, Ledger.of(entries), **more))


def codes(rows: dict[str, tuple[str, list[str | None]]]) -> list[str]:
    return [f"{notice.code.rpartition('.')[2]}@{notice.fields['period']}" for notice in found(rows)]


# Calendar days of 2025: January 31, February 28, March 31; capacity 5000 t/d, so 155000, 140000 and 155000 t.
NOTICED: dict[str, tuple[dict[str, tuple[str, list[str | None]]], list[str]]] = {
    "an opening stock that is not the closing one before": (
        {CLOSING: ("t", ["100", "200", "300"]), OPENING: ("t", ["1", "100", "201"])},
        ["stock@2025-03"],
    ),
    "days no February has": ({"line.1.operation.days": ("d", ["31", "29", "31"])}, ["days@2025-02"]),
    "hours no February has": ({"line.1.operation.days": ("h", ["744", "673", "744"])}, ["days@2025-02"]),
    "more clinker than the capacity": ({OUTPUT: ("t", ["155000", "140001", "155000"])}, ["capacity@2025-02"]),
    "clinker without raw meal": (
        {FED: ("t", ["200000", None, "0"]), OUTPUT: ("t", ["130000", "130000", "130000"])},
        ["raw_meal@2025-02", "raw_meal@2025-03"],
    ),
    "fractions in percent": ({"line.1.fuel.coal.moisture": ("%", ["0.08", "0.09", None])}, ["percent@2025-01"]),
}
QUIET: dict[str, dict[str, tuple[str, list[str | None]]]] = {
    "stocks that carry over, in two units": {CLOSING: ("kg", ["100", "200", "300"]), OPENING: ("t", ["9", "0.1", "0.2"])},
    "a blank stock": {CLOSING: ("t", ["100", None, "300"]), OPENING: ("t", ["1", None, "201"])},
    "full months": {"line.1.operation.days": ("d", ["31", "28", "31"])},
    "clinker at the capacity": {OUTPUT: ("t", ["155000", "140000", "155000"])},
    "no raw meal and no clinker": {FED: ("t", ["0", None, "0"]), OUTPUT: ("t", ["0", "0", None])},
    "raw meal nobody gives": {OUTPUT: ("t", ["130000", "130000", "130000"])},
    "percent with one value above one": {"line.1.fuel.coal.moisture": ("%", ["0.8", "0.9", "1.2"])},
    "nothing in percent": {"line.1.fuel.coal.moisture": ("%", ["0", "0", None])},
    "fractions in their own unit": {"line.1.fuel.coal.moisture": ("1", ["0.08", "0.09", "0.08"])},
    "a share so small that it is no fraction": {"line.1.raw_meal.non_fuel_carbon": ("%", ["0.3", "0.3", "0.3"])},
    "nothing": {},
}


@pytest.mark.parametrize("name", NOTICED)
def test_what_is_hardly_meant_is_noticed(name: str) -> None:
    rows, expected = NOTICED[name]
    assert codes(rows) == expected


@pytest.mark.parametrize("name", QUIET)
def test_what_can_be_meant_is_not_noticed(name: str) -> None:
    assert codes(QUIET[name]) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", NOTICED)
def test_a_notice_names_quantity_place_month_and_value(name: str, lang: str) -> None:
    for notice in found(NOTICED[name][0]):
        text = notice.text(lang)
        for field in ("quantity", "place"):
            assert notice.fields[field] in text
        assert notice.fields.get("span", notice.fields["period"]) in text
        assert "{" not in text


def test_clinker_in_ten_thousand_tonnes_meets_the_capacity_in_tonnes() -> None:
    assert codes({OUTPUT: ("10^4t", ["15", "14", "15.6"])}) == ["capacity@2025-03"]
