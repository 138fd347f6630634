"""Propagation of uncertainty by the GUM, on GTC.

Each group is one ``ureal(0, 1, dof)``, each input its value plus the sum of its sources times their standard
uncertainties. The model runs once on these numbers; GTC carries every influence to the result, with the degrees of freedom
of Welch and Satterthwaite. Where a first derivative vanishes the second-order term is added (:mod:`.second_order`).

JCGM 100:2008, 5.1, 5.2, G.4; reference cases in ``tests/reference/uncertainty``.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import GTC
import numpy as np

from tanheng.core.numbers import is_uncertain, kinks
from tanheng.uncertainty.budget import BudgetRow, ErrorShare, budget_rows, error_shares
from tanheng.uncertainty.component import Kind
from tanheng.uncertainty.coverage import Expanded, Missing, coverage_factor
from tanheng.uncertainty.distribution import Array
from tanheng.uncertainty.errors import InputError, ModelError
from tanheng.uncertainty.inputs import Input
from tanheng.uncertainty.second_order import SecondOrder, second_order
from tanheng.uncertainty.sources import Correlations, Sources, resolve

# A model takes the inputs by keyword and gives a number or a mapping of numbers, of the kind that went in.
Model = Callable[..., Any]


@dataclass(frozen=True)
class Propagated:
    """One result of a GUM propagation.

    Attributes
    ----------
    name : str
        Of the output; empty for a model with one.
    value, u : float
        Estimate and combined standard uncertainty, the second-order term included where it is needed.
    dof : float
        Effective degrees of freedom, not truncated; NaN where undefined.
    u_first_order : float
        Without the second-order term.
    kinks : tuple of str
        Places where the linear budget does not describe the model; a Monte Carlo run is then the official uncertainty.
    missing : tuple of Missing
        What an incomplete budget lacks.
    contributions : Mapping
        Source → signed contribution to ``u``: sensitivity times standard uncertainty, over all inputs that share it.
    """

    name: str
    value: float
    u: float
    dof: float
    u_first_order: float
    kinks: tuple[str, ...]
    missing: tuple[Missing, ...]
    contributions: Mapping[int, float] = field(repr=False)
    _sensitivities: Mapping[str, float] = field(repr=False)
    _second: SecondOrder = field(repr=False)
    _sources: Sources = field(repr=False)

    @functools.cached_property
    def budget(self) -> tuple[BudgetRow, ...]:
        """Rows of the budget, the largest share first; shares add up to 1."""
        return budget_rows(self._sources, self._sensitivities, self.covariances_of_sources, self.u, self._second.variance)

    @functools.cached_property
    def errors(self) -> tuple[ErrorShare, ...]:
        """The same by physical error: rows of one group are one, the largest share first."""
        return error_shares(self._sources, self.contributions, self.covariances_of_sources, self.u)

    @functools.cached_property
    def covariances_of_sources(self) -> Mapping[int, float]:
        """Source → covariance of that source with the result."""
        covariances = dict(self.contributions)
        for block in self._sources.blocks:
            inside = np.array([self.contributions.get(index, 0.0) for index in block.members])
            if inside.any():
                covariances.update(zip(block.members, (block.correlation @ inside).tolist(), strict=True))
        return covariances

    @functools.cached_property
    def parts(self) -> dict[str, float]:
        """Standard uncertainty of the ``random`` and of the ``systematic`` components; their squares add up."""
        squares = {Kind.RANDOM.value: self._second.random, Kind.SYSTEMATIC.value: self._second.systematic}
        for index, contribution in self.contributions.items():
            squares[self._sources.sources[index].kind] += contribution * self.covariances_of_sources[index]
        return {kind: math.sqrt(max(0.0, square)) for kind, square in squares.items()}

    @functools.cached_property
    def groups(self) -> frozenset[str]:
        """Names of the physical errors that contribute."""
        named = (self._sources.sources[index].group for index, size in self.contributions.items() if size)
        return frozenset(group for group in named if group is not None)

    @property
    def complete(self) -> bool:
        """Say whether every input has the components its nature asks for."""
        return not self.missing

    @property
    def relative(self) -> float:
        """Standard uncertainty as a part of the value; infinite for a value of zero."""
        return self.u / abs(self.value) if self.value else math.inf

    def expanded(self, p: float = 0.95) -> Expanded:
        """Return the expanded uncertainty for coverage probability ``p``.

        Raises
        ------
        InputError
            For a ``p`` outside (0, 1), or above 0.9545 where the degrees of freedom are undefined.
        """
        k = coverage_factor(p, self.dof)
        return Expanded(k, k * self.u, p, self.dof, self.missing)


class PropagatedMapping(Mapping[str, Propagated]):
    """Several results of one model, with their covariances."""

    def __init__(self, results: Mapping[str, Propagated], sources: Sources) -> None:
        self._results = dict(results)
        self._sources = sources

    def __getitem__(self, name: str) -> Propagated:
        return self._results[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._results)

    def __len__(self) -> int:
        return len(self._results)

    def covariance(self, a: str, b: str) -> float:
        """Return the covariance of two results (first order)."""
        one, other = self._results[a].contributions, self._results[b].covariances_of_sources
        return math.fsum(size * other[index] for index, size in one.items() if index in other)

    def correlation(self, a: str, b: str) -> float:
        """Return the correlation coefficient of two results; 0 when one has no uncertainty."""
        scale = math.sqrt(self.covariance(a, a) * self.covariance(b, b))
        return self.covariance(a, b) / scale if scale else 0.0

    def matrix(self, names: list[str] | None = None) -> Array:
        """Return the covariance matrix of the named results (all when left out), in their order."""
        chosen = list(self._results) if names is None else names
        loads = np.zeros((len(chosen), len(self._sources.sources)))
        for row, name in enumerate(chosen):
            for index, size in self._results[name].contributions.items():
                loads[row, index] = size
        return np.asarray(loads @ self._sources.correlation() @ loads.T)


def propagate(
    model: Model, inputs: Mapping[str, Input], correlations: Correlations | None = None, *, order: int | None = None
) -> Any:  # Propagated, or PropagatedMapping: what a model gives is a Number, which has no static type
    """Propagate the uncertainties of ``inputs`` through ``model`` by the GUM.

    Parameters
    ----------
    model : callable
        Takes the inputs by keyword; gives one number, or a mapping of names to numbers.
    inputs : Mapping of name to Input
    correlations : Mapping of (name, name) to r, optional
        Each r strictly between −1 and 1. Errors that are one and the same belong into a group instead.
    order : {None, 1, 2}
        None: first order, and the second-order term where a first derivative vanishes. 1: never. 2: always.

    Returns
    -------
    Propagated or PropagatedMapping
        A mapping, with covariances, when the model gives one.

    Raises
    ------
    InputError, CovarianceError
        When inputs or correlations are invalid.
    ModelError
        When the model gives no finite number.

    Examples
    --------
    >>> result = propagate(lambda mass, factor: mass * factor,
    ...                    {"mass": Input.normal(1000.0, 5.0), "factor": Input.normal(0.52, 0.0026)})
    >>> round(result.value, 6), round(result.u, 3)
    (520.0, 3.677)
    """
    if order not in (None, 1, 2):
        raise InputError("uncertainty.propagate.order", order=order)
    sources = resolve(inputs, correlations)
    numbers, leaf_index, node_name = _uncertain(sources)
    with kinks() as met:
        given = model(**numbers)
    outputs: Mapping[str, Any] = given if isinstance(given, Mapping) else {"": given}
    first = {name: _contributions(name, output, leaf_index) for name, output in outputs.items()}
    if order == 1:
        second = {name: SecondOrder() for name in outputs}
    else:
        second = second_order(model, sources, first, everywhere=order == 2)
    missing = {name: Missing(name, value.missing) for name, value in inputs.items() if value.missing}
    results = {
        name: _result(name, output, first[name], second[name], node_name, sources, tuple(dict.fromkeys(met)), missing)
        for name, output in outputs.items()
    }
    return PropagatedMapping(results, sources) if isinstance(given, Mapping) else results[""]


def _uncertain(sources: Sources) -> tuple[dict[str, Any], dict[Any, int], dict[Any, str]]:
    """Return the inputs as GTC numbers, and how to find sources and inputs again in a result."""
    standard: dict[int, Any] = {}
    for block in sources.blocks:
        shared = block.ensemble_dof(sources.sources)
        size = len(block.members)
        # GTC lets quantities of finite degrees of freedom be correlated only when they were observed together. For any
        # others the degrees of freedom of a result are undefined, which _result says.
        if shared is not None and math.isfinite(shared):
            made = GTC.multiple_ureal([0.0] * size, [1.0] * size, shared)
        else:
            made = [GTC.ureal(0.0, 1.0, independent=False) for _ in block.members]
        for row in range(size):
            for column in range(row):
                if block.correlation[row, column]:
                    GTC.set_correlation(float(block.correlation[row, column]), made[row], made[column])
        standard.update(zip(block.members, made, strict=True))
    for index, source in enumerate(sources.sources):
        if index not in standard:
            standard[index] = GTC.ureal(0.0, 1.0, source.dof)
    numbers: dict[str, Any] = {}
    node_name: dict[Any, str] = {}
    for name, value in sources.inputs.items():
        number = GTC.constant(value.value)
        for load in sources.loads[name]:
            if load.coefficient:
                number = number + standard[load.source] * load.coefficient
        if number.u:
            number = GTC.result(number, label=name)  # so that its sensitivity can be asked for
            node_name[number.uid] = name
        numbers[name] = number
    return numbers, {number.uid: index for index, number in standard.items()}, node_name


def _contributions(name: str, output: Any, leaf_index: Mapping[Any, int]) -> dict[int, float]:
    """Return source → signed contribution, also those that vanish, for every source the output depends on."""
    if not is_uncertain(output):
        return {}
    # GTC's public budget gives absolute sizes only; the signed ones are in its two vectors of influences.
    found: dict[int, float] = {}
    for vector in (output._u_components, output._d_components):
        for leaf, size in zip(vector.keys(), vector.values(), strict=True):
            if not math.isfinite(size):
                raise ModelError("uncertainty.model.derivative", output=name or "result")
            found[leaf_index[leaf.uid]] = size
    return found


def _result(
    name: str,
    output: Any,
    contributions: dict[int, float],
    second: SecondOrder,
    node_name: Mapping[Any, str],
    sources: Sources,
    met: tuple[str, ...],
    missing: Mapping[str, Missing],
) -> Propagated:
    value = float(output.x if is_uncertain(output) else output)
    if not math.isfinite(value):
        raise ModelError("uncertainty.model.value", output=name or "result", value=value)
    sensitivities: dict[str, float] = {}
    u_first = 0.0
    if is_uncertain(output):
        u_first = float(output.u)
        vector = output._i_components
        for node, size in zip(vector.keys(), vector.values(), strict=True):
            if node.uid in node_name:
                sensitivities[node_name[node.uid]] = size / node.u
    variance = u_first * u_first + second.variance
    if variance < 0:
        raise ModelError("uncertainty.model.second_order", output=name or "result")
    u = math.sqrt(variance) if second.variance else u_first
    lacking = tuple(
        item for input_name, item in missing.items() if input_name in sensitivities or not sources.loads[input_name]
    )
    dof = _dof(output, u_first, contributions, sources)
    return Propagated(name, value, u, dof, u_first, met, lacking, contributions, sensitivities, second, sources)


def _dof(output: Any, u_first: float, contributions: Mapping[int, float], sources: Sources) -> float:
    if not u_first:
        return math.inf
    for block in sources.blocks:
        if block.ensemble_dof(sources.sources) is None and any(contributions.get(index) for index in block.members):
            return math.nan
    return float(output.df)
