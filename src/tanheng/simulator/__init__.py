"""A simulated cement plant on real protocols, with scripted faults and the truth to compare with.

``load`` reads a scenario, ``generate`` makes its minutes and hours without sockets; ``tanheng.simulator.play`` puts them on
real servers on loopback, at 1 to 300 times the plant's speed.
"""

from __future__ import annotations

from tanheng.simulator.errors import PlayError, ScenarioError, SimulatorError
from tanheng.simulator.generate import PlantRun, generate
from tanheng.simulator.instruments import Shown
from tanheng.simulator.papers import Result, Ticket
from tanheng.simulator.scenario import Scenario, load, names, read

__all__ = [
    "PlantRun",
    "PlayError",
    "Result",
    "Scenario",
    "ScenarioError",
    "Shown",
    "SimulatorError",
    "Ticket",
    "generate",
    "load",
    "names",
    "read",
]
