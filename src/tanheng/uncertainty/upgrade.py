"""What an upgrade buys: how u of a result changes when components of an input are exchanged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tanheng.uncertainty.errors import InputError
from tanheng.uncertainty.gum import Model, PropagatedMapping, propagate
from tanheng.uncertainty.inputs import Input
from tanheng.uncertainty.sources import Correlations


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The standard uncertainty of one output before and after a change of inputs."""

    output: str
    before: float
    after: float

    @property
    def gain(self) -> float:
        """Part of u that the upgrade takes away; negative when it makes it worse."""
        return 1 - self.after / self.before if self.before else 0.0


def upgrade(
    model: Model, inputs: Mapping[str, Input], changed: Mapping[str, Input], correlations: Correlations | None = None
) -> dict[str, Upgrade]:
    """Return, for each output, u before and after ``changed`` replaces inputs of the same name.

    Raises
    ------
    InputError
        When a changed input is not one of the model's.
    """
    for name in changed:
        if name not in inputs:
            raise InputError("uncertainty.upgrade.unknown", name=name)
    before = propagate(model, inputs, correlations)
    after = propagate(model, {**inputs, **changed}, correlations)
    if isinstance(before, PropagatedMapping):
        return {name: Upgrade(name, before[name].u, after[name].u) for name in before}
    return {"": Upgrade("", before.u, after.u)}
