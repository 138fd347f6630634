"""Round marks of metering points: a letter for what is measured and a serial number, and how the point stands on a day.

GB/T 33656 gives a round mark the initial of the instrument's category and a serial number; the shapes and these letters are
``unverified`` (W weighing, E electricity, F flow, T temperature, P pressure, Q heat, A analyser, L level, C CEMS).
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from tanheng.metrology.network.model import Medium, Network, Point

LETTERS = "WEFTPQALC"

_KINDS = {
    "W": ("belt_scale", "truck_scale", "rail_scale", "batch_scale", "rotor_scale", "balance"),
    "E": ("electricity_meter", "instrument_transformer"),
    "F": (
        *("ultrasonic_flow", "turbine_flow", "mass_flow", "vortex_flow", "electromagnetic_flow", "differential_flow"),
        *("volumetric_flow", "fuel_dispenser", "steam_flow", "pitot_tube"),
    ),
    "T": ("thermometer", "temperature_transmitter"),
    "P": ("pressure_transmitter", "pressure_gauge"),
    "Q": ("heat_meter",),
    "A": (
        *("bomb_calorimeter", "muffle_furnace", "xrf", "sulphur_analyser", "elemental_analyser", "moisture_meter"),
        *("gas_analyser", "oxygen_analyser", "humidity_meter", "reference_material"),
    ),
    "L": ("level_meter", "stockpile_scanner"),
    "C": ("cems",),
}
_PARAMETERS = {
    "W": (
        *("solid_fuel_delivered", "solid_fuel_fired", "clinker_consumed", "clinker_sold", "clinker_bought", "raw_meal"),
        *("alternative_material", "alternative_fuel"),
    ),
    "E": ("electricity",),
    "F": ("liquid_fuel", "gas_fuel"),
    "Q": ("heat",),
    "A": ("net_calorific_value", "oxide_content"),
    "L": ("stock",),
    "C": (
        *("co2_concentration", "flue_gas_velocity", "flue_gas_temperature", "flue_gas_humidity", "flue_gas_pressure"),
        "fugitive",
    ),
}
_ENERGIES = {
    "electricity": "E",
    "coal": "W",
    "crude_oil": "F",
    "oil_products": "F",
    "heavy_oil": "F",
    "natural_gas": "F",
    "coal_gas": "F",
    "steam": "F",
    "water": "F",
    "recovered_energy": "Q",
}
_MEDIA = {Medium.ELECTRICITY: "E", Medium.HEAT: "Q", Medium.WATER: "F", Medium.FLUE_GAS: "C"}
_LETTER_OF_KIND = {kind: letter for letter, kinds in _KINDS.items() for kind in kinds}
_LETTER_OF_PARAMETER = {parameter: letter for letter, parameters in _PARAMETERS.items() for parameter in parameters}


class Standing(enum.StrEnum):
    """How a point stands; it decides the style of its mark."""

    VALID = "valid"
    DUE_SOON = "due_soon"
    UNJUDGED = "unjudged"  # something stands there, and no rate has judged it
    MISSING = "missing"
    SHORT = "short"  # something stands there and does not count: a part, the service, the class or the kind
    INVALID = "invalid"  # overdue, failed, unconfirmed or without certificate


def letter(network: Network, point: Point, kinds: Mapping[str, str]) -> str:
    """Return the letter of a point: of its instrument's kind if known, else of its parameter or energy, else of what flows."""
    for code in point.instruments:
        known = _LETTER_OF_KIND.get(kinds.get(code, ""))
        if known:
            return known
    known = _LETTER_OF_PARAMETER.get(point.parameter) or _ENERGIES.get(point.energy)
    if known:
        return known
    edge = network.edge_of.get(point.place)
    return _MEDIA.get(edge.medium, "W") if edge is not None else "A"


def numbered(network: Network, kinds: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the mark of every point, such as ``W3``: numbered through the whole network in order of codes.

    Parameters
    ----------
    kinds : mapping, optional
        Code of an instrument or chain to its kind.
    """
    counted: dict[str, int] = defaultdict(int)
    found = {}
    for code in sorted(network.point_of):
        sign = letter(network, network.point_of[code], kinds or {})
        counted[sign] += 1
        found[code] = f"{sign}{counted[sign]}"
    return found


@dataclass(frozen=True, slots=True)
class Drawn:
    """How a point is drawn: its standing, and the label of its tag, empty for none."""

    standing: Standing
    tag: str = ""


def unjudged(point: Point) -> Drawn:
    """Return how a point is drawn that no rate has judged: missing without an instrument."""
    return Drawn(Standing.UNJUDGED) if point.instruments else Drawn(Standing.MISSING, "tag.missing")
