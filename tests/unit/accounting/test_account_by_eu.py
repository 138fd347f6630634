"""The European Commission's worked cement installation, by the EU rule book.

Inputs and results are the workbook's "1 CBAM SEE V2.1_Example Cement_final.xlsx" (Commission reuse notice, Decision
2011/833/EU), check state verified; see tests/reference/formulas for the same numbers formula by formula.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tanheng.accounting.plant import Basis, Place, Product, Stream, StreamKind

Desk = Any

# stream, activity t, calorific value GJ/t, factor tCO2/TJ, biomass share: sheet B_EmInst
FUELS = [
    ("coal", "88000", "25", "95", "0"),
    ("household_waste", "25000", "20", "83", "0.15"),
    ("heavy_fuel_oil", "43000", "40", "78", "0"),
]


@pytest.fixture
def installation(desk: Desk) -> Desk:
    desk.rulebook, desk.periods = "eu.2025-2547", ("2025",)
    desk.streams = (
        *(
            Stream(name, StreamKind.FUEL, name, "line.1", Place.KILN, {"zh": name, "en": name}, "cement_kiln")
            for name, *_ in FUELS
        ),
        Stream("raw_meal", StreamKind.MATERIAL, "raw_meal", "line.1", Place.KILN, {"zh": "生料", "en": "raw meal"}),
    )
    for name, activity, heat, factor, biomass in FUELS:
        desk.write(f"line.1.fuel.{name}.consumption", activity, "t", place=Place.KILN)
        desk.write(f"line.1.fuel.{name}.net_calorific_value", heat, "GJ/t", basis=Basis.AS_RECEIVED, place=Place.KILN)
        desk.write(f"line.1.fuel.{name}.emission_factor", factor, "tCO2/TJ")
        desk.write(f"line.1.fuel.{name}.biomass_fraction", biomass, "1")
    desk.write("line.1.material.raw_meal.consumption", "1255000", "t", place=Place.KILN)
    desk.write("line.1.material.raw_meal.emission_factor", "0.525", "tCO2/t")
    desk.products = (Product("cement", {"zh": "水泥", "en": "cement"}, "25232900"),)
    desk.write("enterprise.product.cement.output", "1321052.6315789474", "t")
    desk.write("enterprise.electricity.consumed", "193864.47368421053", "MWh")
    desk.write("enterprise.electricity.factor", "0.833", "tCO2/MWh")
    return desk


def test_the_commission_example_gives_its_direct_emissions(installation: Desk) -> None:
    assert installation.account().figure("installation.direct").value == 1037310


def test_the_commission_example_gives_its_embedded_emissions(installation: Desk) -> None:
    inventory = installation.account()
    # the workbook computes in binary floats: 1e-14 is their last digit, our twelfth decimal is stored
    tolerance = Decimal("1e-12")
    expected = {
        "embedded_direct": "0.7852147410358565",
        "embedded_indirect": "0.12224275",
        "embedded_total": "0.9074574910358565",
    }
    for name, value in expected.items():
        assert abs(inventory.figure(f"product.cement.{name}").value - Decimal(value)) <= tolerance


def test_the_biomass_part_is_shown_apart(installation: Desk) -> None:
    # by hand: 25000 · 20 GJ · 83 t/TJ · 15 %
    assert installation.account().figure("line.1.fuel.household_waste.emission_biogenic").value == Decimal(6225)
