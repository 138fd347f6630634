"""Boundaries as data: two definitions of clinker production, fourteen production systems, and a result that names its own."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

import pytest

from tanheng.accounting.boundaries import clinker_boundaries, clinker_boundary, production_systems
from tanheng.core.states import CheckState
from tanheng.standards import RulePack, UnknownIdError

# conftest's Desk; tests of one folder cannot import each other under importlib mode
Desk = Any


def test_the_chongqing_definition_has_the_five_systems_from_preheater_to_cooler(pack: RulePack) -> None:
    boundary = clinker_boundary(pack, "cooler")
    inside = {system.id for system in boundary.systems if system.inside}
    assert inside == {"preheater", "calciner", "kiln", "cooler", "kiln_exhaust"}  # the five of instruments §8.2
    assert boundary.check is CheckState.VERIFIED


def test_the_hubei_definition_begins_at_homogenisation_and_ends_at_the_silo(pack: RulePack) -> None:
    boundary = clinker_boundary(pack, "silo")
    assert all(system.inside for system in boundary.systems)
    assert boundary.check is CheckState.SECONDARY
    assert "均化" in boundary.place["zh"]


def test_the_two_differ_in_the_mills_and_what_lies_at_either_end(pack: RulePack) -> None:
    silo, cooler = clinker_boundaries(pack, "silo", ("cooler", "silo"))
    expected = {"material_homogenisation", "raw_mill", "coal_mill", "clinker_silo"}
    assert {system.id for system in silo.differs_from(cooler) if not system.inside} == expected
    assert {system.id for system in cooler.differs_from(silo) if system.inside} == expected
    assert silo.differs_from(silo) == ()


def test_there_are_six_main_five_auxiliary_and_three_attached_systems(pack: RulePack) -> None:
    systems = production_systems(pack)
    assert Counter(system.group for system in systems) == {"main": 6, "auxiliary": 5, "attached": 3}  # instruments §8.3
    assert {system.check for system in systems} == {CheckState.VERIFIED}
    assert {system.emissions_check for system in systems} == {CheckState.UNVERIFIED}
    assert next(s for s in systems if s.id == "clinker").emissions == {"combustion", "process", "electricity"}


def test_a_boundary_nobody_defines_is_refused(pack: RulePack) -> None:
    with pytest.raises(UnknownIdError):
        clinker_boundary(pack, "gate")


def test_a_result_names_its_definition_first(plant_year: Desk) -> None:
    assert [boundary.id for boundary in plant_year.account().boundaries] == ["cooler", "silo"]
    plant = dataclasses.replace(plant_year.plant(), clinker_boundary="silo")
    plant_year.plant = lambda: plant
    assert [boundary.id for boundary in plant_year.account().boundaries] == ["silo", "cooler"]
