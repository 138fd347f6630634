"""``plant.yaml``: what it makes of a plant, and every way it can be wrong."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from tanheng.accounting.plant import Place, StreamKind
from tanheng.accounting.vocabulary import devices
from tanheng.standards import load_pack

# conftest's Case; tests of one folder cannot import each other under importlib mode
Case = Any


def test_the_plant_is_what_the_file_says(csv_case: Case) -> None:
    csv_case.plant += "prepared: 2026-03-01\nconstructed: {zh: 虚构, en: constructed}\nchoices: {grid_factor: province}\n"
    plant = csv_case.read().plant
    assert (plant.id, plant.title["zh"], plant.province, plant.year) == ("works", "水泥厂", "hubei", 2025)
    assert (plant.rulebook, plant.clinker_boundary, plant.zone) == ("cn.cets", "silo", "Asia/Shanghai")
    assert (plant.prepared, plant.constructed) == (datetime.date(2026, 3, 1), {"zh": "虚构", "en": "constructed"})
    assert plant.choices == {"grid_factor": "province"}
    (line,) = plant.lines
    assert (line.id, line.capacity, line.kiln, line.clinkers[0].kind) == ("1", Decimal(5000), "4.8×72", "portland")
    assert [(stream.id, stream.kind, stream.place) for stream in plant.streams] == [
        ("coal", StreamKind.FUEL, Place.KILN),
        ("slag", StreamKind.MATERIAL, Place.KILN),
    ]


def test_a_title_given_once_stands_for_both_languages(csv_case: Case) -> None:
    csv_case.plant = csv_case.plant.replace("title: {zh: 水泥厂, en: Works}", "title: 水泥厂")
    assert csv_case.read().plant.title == {"zh": "水泥厂", "en": "水泥厂"}


def test_digits_and_words_of_yaml_stay_text(csv_case: Case) -> None:
    csv_case.plant = csv_case.plant.replace(
        "    kiln: 4.8×72", "    kiln: 4.80\n    attributes: {carbide_slag: no, since: 2009-01-01}"
    )
    line = csv_case.read().plant.lines[0]
    assert (line.kiln, line.attributes) == ("4.80", {"carbide_slag": "no", "since": "2009-01-01"})


def test_months_may_be_listed(csv_case: Case) -> None:
    csv_case.plant = csv_case.plant.replace("periods: months", "periods: [2025-01, 2025-02]")
    csv_case.head = csv_case.head[:11]
    csv_case.rows = {name: row[:11] for name, row in csv_case.rows.items()}
    assert csv_case.read().plant.periods == ("2025-01", "2025-02")


def test_a_line_of_a_method_that_counts_no_clinker_may_name_none(csv_case: Case) -> None:
    clinker = "[{id: portland, kind: portland, title: {zh: 硅酸盐熟料, en: Portland clinker}}]"
    csv_case.plant = csv_case.plant.replace(clinker, "[]")
    del csv_case.rows["clinker"]
    assert csv_case.read().plant.lines[0].clinkers == ()


SPOILT: dict[str, tuple[str, str, str, int]] = {
    "another schema": ("schema: plant/1", "schema: plant/2", "choice", 1),
    "an id with capitals": ("id: works", "id: Works", "id", 2),
    "a title in one language only": ("{zh: 水泥厂, en: Works}", "{zh: 水泥厂}", "missing", 3),
    "a title that is a list": ("{zh: 水泥厂, en: Works}", "[水泥厂]", "not_mapping", 3),
    "a blank title": ("{zh: 水泥厂, en: Works}", "''", "blank", 3),
    "a year in words": ("year: 2025", "year: 二〇二五", "year", 5),
    "a year of the future": ("year: 2025", "year: 20255", "year", 5),
    "periods of another kind": ("periods: months", "periods: weeks", "choice", 6),
    "a month of another year": ("periods: months", "periods: [2025-01, 2026-02]", "period", 6),
    "months out of order": ("periods: months", "periods: [2025-02, 2025-01]", "period_order", 6),
    "no month": ("periods: months", "periods: []", "blank", 6),
    "a boundary that is none": ("clinker_boundary: silo", "clinker_boundary: mill", "choice", 8),
    "an unknown key": ("province: hubei", "province: hubei\nregion: central", "key_unknown", 5),
    "a key twice": ("province: hubei", "province: hubei\nprovince: hubei", "key_twice", 5),
    "a missing key": ("clinker_boundary: silo\n", "", "missing", 1),
    "a capacity in words": ("capacity: 5000", "capacity: large", "number", 12),
    "a capacity of nothing": ("capacity: 5000", "capacity: 0", "number", 12),
    "lines that are no list": ("streams:\n", "facilities: grinding\nstreams:\n", "not_list", 15),
    "a stream kind that is none": ("kind: fuel", "kind: fule", "choice", 16),
    "a scope that is none": ("scope: line.1, place: kiln, device", "scope: line.2, place: kiln, device", "choice", 16),
    "a place that is none": ("place: kiln, device", "place: kilns, device", "choice", 16),
    "a shared stream nobody shares": ("scope: line.1, place: kiln, device", "scope: site, place: kiln, device", "unshared", 16),
    "a line's stream that is shared": ("device: cement_kiln", "shared_by: ['1'], device: cement_kiln", "shared", 16),
    "an unknown zone": ("year: 2025", "year: 2025\nzone: Asia/Wuhan", "zone", 6),
    "a day that is none": ("year: 2025", "year: 2025\nprepared: 2026-02-30", "day", 6),
    "lines twice": ("streams:", "lines: []\nstreams:", "key_twice", 15),
    "a stream twice": ("{id: slag, kind: material", "{id: coal, kind: fuel", "id_twice", 17),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_fault_of_the_plant_names_its_line(csv_case: Case, name: str) -> None:
    old, new, code, line = SPOILT[name]
    assert old in csv_case.plant
    csv_case.plant = csv_case.plant.replace(old, new, 1)
    found = [(fault.code, fault.fields["row"]) for fault in csv_case.faults() if fault.fields["file"] == "plant.yaml"]
    assert (f"folder.plant.{code}", line) in found


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("# nothing\n", "empty"),
        ("id: [\n", "syntax"),
        ("id: a\n  b: c\n", "syntax"),
        ("a: &x 1\nb: *x\n", "alias"),
        ("just words", "not_mapping"),
        ("- a\n- b\n", "not_mapping"),
        ("id: \x01\n", "syntax"),
    ],
)
def test_a_file_that_is_no_plant_is_refused(csv_case: Case, text: str, code: str) -> None:
    csv_case.plant = text
    assert f"folder.plant.{code}" in {fault.code for fault in csv_case.faults()}


def test_a_plant_in_gbk_is_refused(csv_case: Case) -> None:
    csv_case.plant = csv_case.plant.encode("gbk")
    assert [fault.code for fault in csv_case.faults()] == ["folder.plant.encoding"]


def test_an_unknown_device_is_refused_with_the_nearest(csv_case: Case) -> None:
    csv_case.plant = csv_case.plant.replace("device: cement_kiln", "device: cement_klin")
    fault = csv_case.fault(known_devices=devices(load_pack()))
    assert (fault.code, fault.fields["file"], fault.fields["row"]) == ("folder.plant.choice", "plant.yaml", 16)
    for word in ("“cement_kiln”", "power_boiler", "industrial_boiler", "vehicle"):
        assert word in fault.text("zh")
        assert word in fault.text("en")


@pytest.mark.parametrize("device", ["cement_kiln", "power_boiler", "industrial_boiler", "vehicle", "any", '""'])
def test_a_device_of_the_tables_or_none_is_taken(csv_case: Case, device: str) -> None:
    csv_case.plant = csv_case.plant.replace("device: cement_kiln", f"device: {device}")
    assert csv_case.read(known_devices=devices(load_pack())).plant.streams[0].device == device.strip('"')


def test_an_unknown_fuel_is_refused_with_the_nearest(csv_case: Case) -> None:
    csv_case.plant = csv_case.plant.replace("item: bituminous_coal", "item: bitumnous_coal")
    fault = csv_case.fault(known_items={StreamKind.FUEL: ["anthracite", "bituminous_coal"]})
    assert (fault.code, fault.fields["value"], fault.fields["row"]) == ("folder.plant.item", "bitumnous_coal", 16)
    assert "bituminous_coal" in fault.text("zh")


def test_an_unknown_material_is_refused_by_the_rule_book_of_the_plant(csv_case: Case) -> None:
    asked: list[str] = []

    def known(book: str) -> dict[StreamKind, list[str]]:
        asked.append(book)
        return {StreamKind.MATERIAL: ["steel_slag"]}

    fault = csv_case.fault(known_items=known)
    assert (fault.fields["kind"], fault.fields["value"], asked) == ("material", "carbide_slag", ["cn.cets"])


def test_an_unknown_clinker_and_rule_book_are_refused(csv_case: Case) -> None:
    faults = csv_case.faults(known_clinkers=["white_portland"], known_rulebooks=["cn.gbt32151"])
    assert [fault.code for fault in faults] == ["folder.plant.choice", "folder.plant.item"]


def test_two_lines_may_share_one_coal_mill(csv_case: Case) -> None:
    second = (
        '  - {id: "2", title: 2号线, capacity: 5000, kiln: "4.8×72", clinkers: [{id: portland, kind: portland, title: 熟料}]}\n'
    )
    csv_case.plant = csv_case.plant.replace("streams:\n", second + "streams:\n").replace(
        "scope: line.1, place: kiln, device", 'scope: site, shared_by: ["1", "2"], place: mill, device'
    )
    csv_case.rows["coal"][0], csv_case.rows["coal"][6] = "site", "mill"
    csv_case.rows["heat"][0] = csv_case.rows["oxidation"][0] = "site"
    for line in ("1", "2"):
        csv_case.rows[f"key{line}"] = [f"line.{line}", "fuel", "coal", "key", "t", "", "kiln", "measured", "", *["9000"] * 12]
    csv_case.rows["clinker"][0] = "site"
    versions = csv_case.read().ledger.versions
    assert {"site.fuel.coal.consumption@2025-01", "line.2.fuel.coal.key@2025-01"} <= versions.keys()
