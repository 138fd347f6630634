"""A small plant to account: what a test changes is said in the test."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from decimal import Decimal

import pytest

from tanheng.accounting.account import account
from tanheng.accounting.entries import Cell, Entry, Ledger
from tanheng.accounting.inventory import Inventory
from tanheng.accounting.plant import Basis, Clinker, Facility, Line, Place, Plant, Product, Stream, StreamKind
from tanheng.core.states import Origin
from tanheng.standards import RulePack, load_pack
from tanheng.standards.rulebook import rulebook

MONTHS = tuple(f"2025-{month:02d}" for month in range(1, 13))


def words(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def fuel(scope: str, name: str, item: str, *, place: Place = Place.KILN, shared_by: tuple[str, ...] = ()) -> Stream:
    return Stream(name, StreamKind.FUEL, item, scope, place, words(name), "cement_kiln", shared_by)


def material(scope: str, name: str) -> Stream:
    return Stream(name, StreamKind.MATERIAL, name, scope, Place.MILL, words(name))


class Desk:
    """Writes entries as a plant would and accounts them."""

    def __init__(self, pack: RulePack) -> None:
        self.pack = pack
        self.entries: list[Entry] = []
        self.lines = (Line("1", words("1#"), Decimal(5000), "4.8×72", (Clinker("portland", "portland", words("portland")),)),)
        self.streams: tuple[Stream, ...] = (fuel("line.1", "coal", "bituminous_coal"), fuel("line.1", "diesel", "diesel"))
        self.rulebook = "cn.cets"
        self.choices: dict[str, str] = {}
        self.required_uncertainty: dict[str, str] = {}
        self.periods: tuple[str, ...] = MONTHS
        self.products: tuple[Product, ...] = ()
        self.facilities: tuple[Facility, ...] = ()

    def write(
        self,
        quantity: str,
        values: str | Iterable[str | None] | None,
        unit: str,
        *,
        basis: Basis | None = None,
        place: Place | None = None,
        known: datetime.date | None = None,
        reason: str = "",
        person: str = "",
        periods: Iterable[str] | None = None,
    ) -> None:
        chosen = list(periods or self.periods)
        listed = [values] * len(chosen) if values is None or isinstance(values, str) else list(values)
        for row, (period, value) in enumerate(zip(chosen, listed, strict=True), start=1):
            number = None if value is None else Decimal(value)
            cell = Cell("activity.csv", row=row, column="K")
            self.entries.append(
                Entry(quantity, period, number, unit, Origin.MEASURED, cell, basis, place, known, reason, person)
            )

    def plant(self) -> Plant:
        return Plant(
            "plant",
            words("plant"),
            "91420000",
            "hubei",
            2025,
            tuple(self.periods),
            self.lines,
            self.streams,
            self.rulebook,
            choices=self.choices,
            products=self.products,
            required_uncertainty=self.required_uncertainty,
            facilities=self.facilities,
        )

    def account(self, *, known: datetime.date | None = None, rulebook: str = "") -> Inventory:
        return account(self.plant(), Ledger.of(self.entries), self.pack, book_id=rulebook, known=known)


@pytest.fixture(scope="session")
def pack() -> RulePack:
    return load_pack()


@pytest.fixture
def desk(pack: RulePack) -> Desk:
    return Desk(pack)


@pytest.fixture
def plant_year(desk: Desk) -> Desk:
    """The constructed month T5 of the accounting rules (fuel T1 and T3, process T4), twelve times over, with electricity."""
    desk.streams = (*desk.streams, material("line.1", "carbide_slag"), material("line.1", "steel_slag"))
    desk.write("line.1.fuel.coal.consumption", "17000.00", "t", place=Place.KILN)
    desk.write("line.1.fuel.coal.net_calorific_value", "23.076", "GJ/t", basis=Basis.AS_RECEIVED, place=Place.KILN)
    desk.write("line.1.fuel.diesel.consumption", "15.00", "t", place=Place.KILN)
    desk.write("line.1.clinker.portland.output", "135000", "t")
    desk.write("line.1.material.carbide_slag.consumption", "2000", "t", place=Place.MILL)
    desk.write("line.1.material.steel_slag.consumption", "1500", "t", place=Place.MILL)
    desk.write("line.1.electricity.consumed", "7500", "MWh")
    desk.write("enterprise.electricity.purchased", "9000", "MWh")
    desk.write("enterprise.electricity.waste_heat", "3000", "MWh")
    return desk


@pytest.fixture
def gbt_year(plant_year: Desk) -> Desk:
    """The same plant by GB/T 32151.8: everything the standard's tables do not give is the plant's own; clinker of case T7."""
    plant_year.rulebook = "cn.gbt32151"
    for stream, carbon, oxidation in (("coal", "0.02618", "99"), ("diesel", "0.02020", "98")):
        plant_year.write(f"line.1.fuel.{stream}.carbon_content", carbon, "tC/GJ")
        plant_year.write(f"line.1.fuel.{stream}.oxidation", oxidation, "%")
    plant_year.write("line.1.fuel.diesel.net_calorific_value", "42.652", "GJ/t", basis=Basis.AS_RECEIVED, place=Place.KILN)
    for item, value in (("calcium_oxide", "65.5"), ("magnesium_oxide", "2.0")):
        plant_year.write(f"line.1.clinker.portland.{item}", value, "%")
        plant_year.write(f"line.1.clinker.portland.{item}_not_from_carbonate", "0", "%")
    return plant_year


def with_book(pack: RulePack, content: dict[str, object]) -> RulePack:
    """Return a rule pack with one rule book more."""
    return RulePack(
        documents=pack.documents,
        parameters=pack.parameters,
        tables=pack.tables,
        rulebooks={**pack.rulebooks, str(content["id"]): rulebook(content, file="test.yaml")},
        content=content,
    )


@pytest.fixture
def accounted(plant_year: Desk) -> Callable[..., Inventory]:
    """Account the plant-year by a rule book of the given steps."""

    def run(*steps: dict[str, object], **more: object) -> Inventory:
        content = {"id": "test.book", "document": "tanheng-activity-data", "title": words("test"), "steps": list(steps), **more}
        plant_year.pack, plant_year.rulebook = with_book(plant_year.pack, content), "test.book"
        return plant_year.account()

    return run
