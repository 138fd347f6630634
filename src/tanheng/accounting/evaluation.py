"""Uncertainty of an inventory: U of each figure and total, random and systematic parts, budgets, and what an upgrade buys.

The model is the inventory itself: its graph is run on uncertain numbers (GUM) and on arrays (Monte Carlo). Evidence says for
each quantity, or parameter of the rule pack, which components its uncertainty has. A component that belongs to an instrument
carries the instrument's group, so that its error stays one error in all months and in all quantities it measures. What is
without evidence is named; such a budget is a lower bound and never a final U.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tanheng.accounting.graph import Absence, Node, Value, operands, run
from tanheng.accounting.inventory import Inventory
from tanheng.core import identifiers
from tanheng.core.errors import CalculationError
from tanheng.core.units import convert
from tanheng.standards import RulePack
from tanheng.uncertainty import (
    Cause,
    Component,
    Input,
    Judged,
    Kind,
    MonteCarlo,
    Propagated,
    Requirement,
    Upgrade,
    Validation,
    Verdict,
    judge,
    monte_carlo,
    propagate,
    validate,
)
from tanheng.uncertainty import upgrade as exchanged

SEED = 20_250_101
TRIALS = 100_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the uncertainty of one quantity or parameter, the same for all its periods.

    Attributes
    ----------
    components : tuple of Component
        In the unit the quantity is calculated in, or relative.
    nature : str or None
        ``"laboratory"`` or ``"default-factor"``, which decides what a complete budget must name.
    """

    components: tuple[Component, ...] = ()
    nature: str | None = None


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one cause of one quantity or parameter contributes to the variance of a figure, over all periods.

    ``share`` is a part of 1; it is negative where a shared error cancels more than it adds.
    """

    subject: str
    cause: Cause | None
    kind: Kind
    share: float


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The uncertainty of one figure, by both methods."""

    id: str
    gum: Propagated
    run: MonteCarlo | None = None
    validation: Validation | None = None
    judged: Judged | None = None

    @property
    def differs(self) -> bool:
        """Whether the Monte Carlo result is the one to report: the GUM interval was not validated, or met a kink."""
        return bool(self.gum.kinks) or (self.validation is not None and not self.validation.accepted)

    @property
    def ranking(self) -> list[Contribution]:
        """What contributes, the largest share first; the months of a quantity are one row."""
        shares: dict[tuple[str, Cause | None, Kind], float] = {}
        for row in self.gum.budget:
            key = (_subject(row.input), row.cause, row.kind)
            shares[key] = shares.get(key, 0.0) + row.share
        found = [Contribution(*key, share) for key, share in shares.items()]
        return sorted(found, key=lambda item: (-item.share, item.subject))


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The uncertainties of an inventory.

    ``without_evidence`` lists the quantities and parameters that the figures rest on and that nobody gave a component for.
    """

    figures: Mapping[str, Evaluated]
    without_evidence: tuple[str, ...]
    inputs: Mapping[str, Input] = field(repr=False)
    model: Callable[..., Mapping[str, Any]] = field(repr=False)
    seed: int = SEED
    trials: int = 0

    @property
    def complete(self) -> bool:
        """Whether everything has evidence and every budget names what it must."""
        return not self.without_evidence and all(item.gum.complete for item in self.figures.values())

    def missing_for(self, inventory: Inventory, identifier: str) -> list[str]:
        """Return what one figure rests on and nobody gave evidence for."""
        return sorted(_behind(inventory, identifier) & set(self.without_evidence))

    def upgrade(self, quantity: str, evidence: Evidence) -> dict[str, Upgrade]:
        """Return u of each figure before and after the components of one quantity, in all its periods, are exchanged.

        Raises
        ------
        CalculationError
            When no figure evaluated here rests on the quantity.
        """
        changed = {key: _input(value.value, evidence) for key, value in self.inputs.items() if _subject(key) == quantity}
        if not changed:
            raise CalculationError("accounting.evaluation.quantity", quantity=quantity)
        return exchanged(self.model, self.inputs, changed)


def requirements(inventory: Inventory, pack: RulePack) -> dict[str, Requirement]:
    """Return the largest U the plant says each figure may have, dated data of the rule pack, for the year of the account.

    Raises
    ------
    StandardsError
        When the parameter named does not exist or has no value for the year.
    """
    day = datetime.date(inventory.plant.year, 12, 31)
    found = {}
    for figure, parameter in inventory.plant.required_uncertainty.items():
        value = pack.value(parameter, on=day, known=inventory.known)
        found[inventory.figure(figure).id] = Requirement(
            id=value.id,
            largest=float(convert(value.value, value.unit, "1")),
            p=0.95,
            source=f"{value.document}, {value.place['en']}",
            state=value.check,
            begins=value.describes_from,
            ends=value.describes_to,
        )
    return found


def evaluate_inventory(
    inventory: Inventory,
    evidence: Mapping[str, Evidence],
    *,
    figures: Sequence[str] | None = None,
    trials: int | str = TRIALS,
    seed: int = SEED,
    threads: int = 1,
    required: Mapping[str, Requirement] | None = None,
) -> Evaluation:
    """Return the uncertainty of the figures of an inventory by the GUM and by Monte Carlo.

    Parameters
    ----------
    inventory : Inventory
    evidence : mapping of str to Evidence
        By quantity (``line.1.fuel.coal.consumption``) or parameter id.
    figures : sequence of str, optional
        Ids to evaluate; the figures of the whole account that are totals, emissions or intensities when left out.
    trials : int or "adaptive"
        0 leaves Monte Carlo out.
    required : mapping of str to Requirement, optional
        Largest U by figure; these figures are evaluated too and judged.
    seed, threads
        As in :func:`tanheng.uncertainty.monte_carlo`.

    Raises
    ------
    CalculationError
        When a figure asked for does not exist or has no value.
    """
    asked = required or {}
    chosen = list(dict.fromkeys([*(figures if figures is not None else _usual(inventory)), *asked]))
    nodes = _needed(inventory, chosen)
    shape: dict[str, Value] = {node.id: _official(inventory, node.id) for node in nodes}
    leaves = _leaves(inventory, nodes)
    inputs = {
        key: _input(float(value), found) for key, value in leaves.items() if (found := evidence.get(_subject(key))) is not None
    }
    bare = sorted({_subject(key) for key in leaves if key not in inputs and not key.startswith("constant.")})
    constants: dict[str, Value] = {key: float(value) for key, value in leaves.items() if key not in inputs}
    constants.update({key: value for key, value in inventory.leaves.items() if isinstance(value, Absence)})
    varying = [name for name in chosen if _rests_on(inventory, name, inputs)]

    def model(**numbers: Any) -> dict[str, Any]:
        values = run(nodes, {**constants, **numbers}, shape=shape)
        return {name: values[name] for name in varying}

    gum = propagate(model, inputs)
    runs = monte_carlo(model, inputs, trials=trials, seed=seed, threads=threads) if trials else {}
    evaluated = {
        name: _evaluated(gum[name], runs.get(name), asked.get(name), whole=not _behind(inventory, name) & set(bare))
        for name in varying
    }
    done = next(iter(runs.values())).trials if runs else 0
    return Evaluation(evaluated, tuple(bare), inputs, model, seed, done)


def _evaluated(gum: Propagated, run: MonteCarlo | None, requirement: Requirement | None, *, whole: bool) -> Evaluated:
    """Return the results of one figure; a U that something is missing from may break a requirement, and never meets one."""
    validation = None if run is None else validate(gum, run)
    judged = None if requirement is None else judge(gum, requirement)
    if judged is not None and judged.verdict is Verdict.MET and not whole:
        judged = replace(judged, verdict=Verdict.INCOMPLETE)
    return Evaluated(gum.name, gum, run, validation, judged)


def _behind(inventory: Inventory, identifier: str) -> set[str]:
    return {_subject(key) for key in inventory.behind(identifier)}


def _usual(inventory: Inventory) -> list[str]:
    groups = ("emission", "total", "intensity")
    return [
        figure.id
        for figure in inventory.figures.values()
        if figure.group in groups and not figure.period and figure.value is not None
    ]


def _official(inventory: Inventory, key: str) -> Value:
    figure = inventory.figures[key]
    return figure.absence if figure.absence is not None else figure.value


def _needed(inventory: Inventory, chosen: Sequence[str]) -> list[Node]:
    """Return the nodes the chosen figures rest on, in order of calculation."""
    wanted: set[str] = set()
    for name in chosen:
        if inventory.figure(name).value is None:
            raise CalculationError("accounting.evaluation.blank", id=name)
        wanted.update(inventory.behind(name))
    return [node for node in inventory.nodes if node.id in wanted]


def _leaves(inventory: Inventory, nodes: Sequence[Node]) -> dict[str, Any]:
    """Return the numbers the nodes start from; blanks are left to the official run."""
    used = {operand.id for node in nodes for argument in node.arguments.values() for operand in operands(argument)}
    return {key: value for key, value in inventory.leaves.items() if key in used and not isinstance(value, Absence)}


def _rests_on(inventory: Inventory, name: str, inputs: Mapping[str, Input]) -> bool:
    return any(key in inputs for key in inventory.behind(name))


def _subject(key: str) -> str:
    """Return what evidence is given for: the quantity of an entry, the id of a parameter; of a sample, its quantity."""
    name = identifiers.without_period(key).partition("#")[0].partition(".sample.")[0]
    quantity, mark, _ = name.partition(".sample_mass.")
    return f"{quantity}.sample_mass" if mark else quantity


def _input(value: float, evidence: Evidence) -> Input:
    return Input.of(value, evidence.components, nature=evidence.nature)


__all__ = ["SEED", "TRIALS", "Contribution", "Evaluated", "Evaluation", "Evidence", "evaluate_inventory", "requirements"]
