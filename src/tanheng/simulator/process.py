"""The physics of one line: masses, heat, carbon and gas that close, minute by minute.

Written from chemistry and gas laws, apart from the formulas of the accounting kernel: it is the outside number.

Masses (t/h):  raw meal + ash of fuels = clinker + CO₂ of carbonates + bound water
Carbon:        carbonates + fuels = stack + unburnt
Heat (GJ/h):   fuels = formation + sensible in clinker and gas + walls and cooler + heating up
Gas (Nm³/h):   dry gas = CO₂ + nitrogen of the combustion air + false air, so that O₂ is what the analyser sees

Conventions: 44/12 and 44/56 as in the standards; 22.4 m³/kmol; standard state 273 K, 101 325 Pa.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tanheng.simulator.operation import Operation, Series, mill
from tanheng.simulator.scenario import Line, Scenario

DIESEL_NCV, DIESEL_CARBON = 42.652, 0.8592
"""GJ/t and tC/t of diesel oil."""
FORMATION = 1.76
"""Heat of clinker formation, GJ/t."""
_AIR_PER_GJ = 258.0
"""Dry stoichiometric combustion air, Nm³/GJ of fuel heat."""
_GAS_HEAT = 1.50e-6
"""Heat capacity of kiln gas, GJ/(Nm³·K)."""


def run_line(scenario: Scenario, line: Line, operation: Operation, chance: np.random.Generator) -> dict[str, Series]:
    """Return the true quantities of one line, each one value a minute, by name without the line's id."""
    coal, fuel = scenario.coal, scenario.alternative_fuel
    clinker = line.capacity_t_d / 24 * operation.load
    heat = clinker * line.heat_gj_t + line.capacity_t_d / 24 * line.heat_gj_t * operation.heating
    diesel = operation.diesel
    share = line.alternative_fuel_share if fuel else 0.0
    other = heat * share * (operation.load > 0.3) / (fuel.ncv_gj_t if fuel else 1.0)
    other_heat = other * (fuel.ncv_gj_t if fuel else 0.0)
    fired = np.maximum(heat - other_heat - diesel * DIESEL_NCV, 0) / coal.ncv_gj_t
    heat = fired * coal.ncv_gj_t + other_heat + diesel * DIESEL_NCV
    ash = fired * coal.ash + other * (fuel.ash if fuel else 0.0)

    process = clinker * ((line.cao - line.cao_noncarbonate) * 44 / 56 + (line.mgo - line.mgo_noncarbonate) * 44 / 40)
    water = clinker * line.bound_water
    raw_meal = np.maximum(clinker + process + water - ash, 0)
    residue = clinker + process + water - ash - raw_meal  # ash that stays while no meal is fed

    burnt = fired * coal.carbon * coal.oxidation * 44 / 12 + diesel * DIESEL_CARBON * 44 / 12
    unburnt = fired * coal.carbon * (1 - coal.oxidation)
    other_carbon = other * (fuel.carbon if fuel else 0.0)
    biogenic = other_carbon * (fuel.biogenic if fuel else 0.0) * 44 / 12
    fossil = other_carbon * 44 / 12 - biogenic
    stack = process + burnt + fossil + biogenic

    made, silo = mill(
        raw_meal, rate=line.raw_mill_t_h, low=6000, high=9000, start=7500, ready=_allowed(scenario, chance, share=0.98)
    )
    milled, bin_ = mill(
        fired, rate=line.coal_mill_t_h, low=80, high=220, start=150, ready=_allowed(scenario, chance, share=0.99)
    )
    quantities = {
        "load": operation.load,
        "clinker": clinker,
        "raw_meal": raw_meal,
        "kiln_feed": raw_meal * (1 + line.return_dust),
        "return_dust": raw_meal * line.return_dust,
        "coal_kiln": fired,
        "ash": ash,
        "ash_left": -residue,
        "bound_water": water,
        "alternative_fuel": other,
        "diesel": diesel,
        "co2_process": process,
        "co2_coal": burnt - diesel * DIESEL_CARBON * 44 / 12,
        "co2_diesel": diesel * DIESEL_CARBON * 44 / 12,
        "co2_alternative_fossil": fossil,
        "co2_alternative_biogenic": biogenic,
        "co2_stack": stack,
        "carbon_unburnt": unburnt,
        "heat": heat,
        "raw_mill": made,
        "raw_mill_feed": made / (1 - line.raw_moisture),
        "raw_meal_silo": silo,
        "coal_mill": milled,
        "coal_mill_feed": milled * (1 - coal.moisture_kiln) / (1 - coal.moisture_raw),
        "coal_bin": bin_,
    }
    quantities.update(_gas(line, stack=stack, heat=heat, raw_mill=made > 0, chance=chance))
    quantities.update(_power(line, quantities))
    quantities.update(_heat_balance(quantities))
    return quantities


def _allowed(scenario: Scenario, chance: np.random.Generator, *, share: float) -> NDArray[np.bool_]:
    """Return when a mill may run: not during its short random repairs of two hours."""
    count = scenario.minutes
    allowed = np.ones(count, bool)
    for start in np.flatnonzero(chance.random(count) < (1 - share) / 120):
        allowed[start : start + 120] = False
    return allowed


def _gas(
    line: Line, *, stack: Series, heat: Series, raw_mill: NDArray[np.bool_], chance: np.random.Generator
) -> dict[str, Series]:
    """Return the stack gas: what the CEMS sees, and the flow from which it follows."""
    count = len(stack)
    firing = heat > 0
    noise = chance.standard_normal((3, count))
    oxygen = np.where(raw_mill, 11.0, 9.0) + 0.2 * noise[0]
    oxygen = np.where(firing, oxygen, 20.9)
    temperature = np.where(firing, np.where(raw_mill, 98.0, 142.0) + noise[1], 30.0)
    humidity = np.where(firing, np.where(raw_mill, 0.085, 0.06), 0.02)
    pressure = np.full(count, -300.0) + 5 * noise[2]
    carbon_dioxide = stack * 1000 / 44 * 22.4  # Nm³/h
    nitrogen = 0.79 * _AIR_PER_GJ * heat
    excess = oxygen / 100 * (carbon_dioxide + nitrogen) / (0.21 - oxygen / 100)
    dry = np.where(firing, carbon_dioxide + nitrogen + excess, 20_000.0)
    barometer = 100_500.0
    actual = dry / (273 / (273 + temperature) * (barometer + pressure) / 101_325 * (1 - humidity))
    return {
        "gas_dry": dry,
        "gas_velocity": actual / 3600 / line.duct_area_m2,
        "gas_temperature": temperature,
        "gas_pressure": pressure,
        "gas_pressure_kpa": pressure / 1000,
        "gas_humidity": 100 * humidity,
        "gas_oxygen": oxygen,
        "gas_co2": 100 * carbon_dioxide / dry,
        "gas_flow": dry / 3600,
        "co2_mass": stack * 1000,
        "barometer": np.full(count, barometer),
    }


def _power(line: Line, quantities: dict[str, Series]) -> dict[str, Series]:
    """Return electricity in MWh/h: taken by the line, by its mills, and made from waste heat."""
    kiln = np.where(quantities["clinker"] > 0, 28e-3 * quantities["clinker"], 0.0) + 0.35  # lighting, cooling, water go on
    return {
        "power_kiln": kiln,
        "power_raw_mill": 15e-3 * quantities["raw_mill"],
        "power_coal_mill": 28e-3 * quantities["coal_mill"],
        "power_waste_heat": line.waste_heat_kwh_t / 1000 * quantities["clinker"],
        "power_line": kiln + 15e-3 * quantities["raw_mill"] + 28e-3 * quantities["coal_mill"],
    }


def _heat_balance(quantities: dict[str, Series]) -> dict[str, Series]:
    formation = FORMATION * quantities["clinker"]
    sensible = (
        _GAS_HEAT * quantities["gas_dry"] * 330.0 * (quantities["heat"] > 0) * 0.55
    )  # behind the preheater, before false air
    cooler = 0.45 * quantities["clinker"]
    return {
        "heat_formation": formation,
        "heat_gas": sensible,
        "heat_cooler": cooler,
        "heat_walls": quantities["heat"] - formation - sensible - cooler,
    }
