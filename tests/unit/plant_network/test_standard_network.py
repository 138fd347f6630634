"""The standard network of a cement line: complete, without a structural fault, whatever the plant has."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanheng.core.states import CheckState, Severity
from tanheng.metrology.network.findings import findings
from tanheng.platform.plant import template
from tanheng.platform.plant.network import assemble
from tanheng.platform.plant.rules.network import ENERGIES, PARAMETERS, STACK_PARAMETERS, STAGES, SYSTEMS, Records, check
from tanheng.platform.plant.schemas.line_1 import ClinkerKind, Line


def line(code: str, clinker: ClinkerKind = ClinkerKind.PORTLAND) -> Line:
    return Line(
        code=code,
        name_zh=f"{code}号线",
        name_en="",
        site="",
        clinker=clinker,
        design_capacity=Decimal(5000),
        kiln_diameter=None,
        kiln_length=None,
        preheater_stages=None,
        waste_heat_power=None,
        alternative_fuels=False,
        commissioned_on=None,
    )


OPTIONS = st.builds(
    template.Options,
    fuel=st.sampled_from(["bituminous_coal", "anthracite", "petroleum_coke"]),
    gas=st.sampled_from(["", "natural_gas"]),
    waste=st.sampled_from(["", "refuse_derived_fuel", "biomass_fuel"]),
    material=st.sampled_from(["", "carbide_slag"]),
    waste_heat=st.booleans(),
    cems=st.booleans(),
    heat=st.booleans(),
)


def records_of(planned: template.Planned, lines: list[str]) -> Records:
    every: list[Any] = [*planned.streams, *planned.nodes, *planned.edges, *planned.points]
    return Records(frozenset(lines)).with_all(every)


@settings(deadline=None)  # the first call reads the rule pack
@given(options=OPTIONS, count=st.integers(1, 3))
def test_every_record_of_the_template_stands_and_the_whole_has_no_fault(options: template.Options, count: int) -> None:
    codes = [str(number) for number in range(1, count + 1)]
    planned = template.planned([line(code) for code in codes], options)
    held = records_of(planned, codes)
    every: list[Any] = [*planned.streams, *planned.nodes, *planned.edges, *planned.points]
    assert [fault.code for one in every for fault in check(one, held, year=2026)] == []
    network = assemble(planned.streams, planned.nodes, planned.edges, planned.points)
    errors = [one.text("en") for one in findings(network, known_instruments=()) if one.severity is Severity.ERROR]
    assert errors == []
    shared = [*(node.code for node in planned.nodes), *(edge.code for edge in planned.edges)]
    assert len(shared) == len(set(shared))


@settings(deadline=None)  # the first call reads the rule pack
@given(options=OPTIONS)
def test_each_of_the_fourteen_systems_and_of_the_stages_is_there(options: template.Options) -> None:
    planned = template.planned([line("1")], options)
    assert {node.system for node in planned.nodes} - {""} == set(SYSTEMS)
    assert {node.stage for node in planned.nodes} - {""} == set(STAGES)


def test_all_fifteen_parameters_and_those_of_the_stack_have_a_point() -> None:
    everything = template.Options(
        gas="natural_gas", waste="biomass_fuel", material="carbide_slag", waste_heat=True, cems=True, heat=True
    )
    planned = template.planned([line("1")], everything)
    # fugitive emission has no standard place: the plant says where it is
    assert {point.parameter for point in planned.points} == {*PARAMETERS, *STACK_PARAMETERS} - {"fugitive"}
    assert {point.energy for point in planned.points} - {""} <= set(ENERGIES)


def test_a_white_line_gets_the_factor_of_white_clinker() -> None:
    planned = template.planned([line("1", ClinkerKind.WHITE)], template.Options())
    assert {one.code: one.item for one in planned.streams}["1-process"] == "white_portland"


def test_without_an_option_nothing_of_it_is_made() -> None:
    planned = template.planned([line("1")], template.Options())
    every: list[Any] = [*planned.streams, *planned.nodes, *planned.edges, *planned.points]
    codes = {one.code for one in every}
    assert not {code for code in codes if "waste" in code or "co2" in code or code.startswith(("gas", "heat", "material"))} - {
        "material-supplier",
        "gas-supply",
    }


def test_the_template_says_that_it_is_unverified() -> None:
    assert template.check_state() is CheckState.UNVERIFIED
    planned = template.planned([line("1")], template.Options())
    assert all("未核实" in one.remark for one in planned.nodes)


@pytest.mark.parametrize("name", ["streams", "nodes", "edges", "points"])
def test_what_lines_share_is_made_once(name: str) -> None:
    planned = template.planned([line("1"), line("2")], template.Options(cems=True))
    codes = [one.code for one in getattr(planned, name)]
    assert len(codes) == len(set(codes))
