"""The faults of the simulator.

::

    SimulatorError (core)
    ├── ScenarioError   a scenario that cannot be read or contradicts itself
    └── PlayError       a plant that cannot be played: a port that is taken, a device that does not exist
"""

from __future__ import annotations

from collections.abc import Sequence

from tanheng.core.errors import SimulatorError

__all__ = ["PlayError", "ScenarioError", "SimulatorError"]


class ScenarioError(SimulatorError):
    """A scenario that cannot be read or contradicts itself.

    Attributes
    ----------
    findings : tuple of ScenarioError
        Every fault found, in the order of the file. Empty when the error itself is the one fault.
    """

    def __init__(self, code: str, /, *, findings: Sequence[ScenarioError] = (), **fields: object) -> None:
        super().__init__(code, **fields)
        self.findings = tuple(findings)


class PlayError(SimulatorError):
    """A plant that cannot be played."""
