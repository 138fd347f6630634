"""From inputs to independent sources: the one place where groups and correlations are resolved.

A *source* is one standard random variable. An input is its value plus a sum of sources, each times a standard
uncertainty. All components of a group load on the same source; everything else has a source of its own. A correlation
ties two sources together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from tanheng.uncertainty.component import Component, Kind
from tanheng.uncertainty.covariance import require_positive_definite
from tanheng.uncertainty.distribution import Array, Law, Shape
from tanheng.uncertainty.errors import CovarianceError, InputError
from tanheng.uncertainty.inputs import Input

Correlations = Mapping[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class Source:
    """One standard random variable.

    Attributes
    ----------
    key : str
        ``"@group"``, or the name of the input and the number of the component.
    law : Law
    dof : float
    kind : Kind
    group : str or None
    """

    key: str
    law: Law
    dof: float
    kind: Kind
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """How one component of an input hangs on a source: ``coefficient`` is sign times standard uncertainty."""

    source: int
    coefficient: float
    component: Component


@dataclass(frozen=True, slots=True)
class Block:
    """Sources that are correlated among themselves, in the order of ``members``."""

    members: tuple[int, ...]
    correlation: Array

    def ensemble_dof(self, sources: tuple[Source, ...]) -> float | None:
        """Return the degrees of freedom the block has as a whole, or None when they are undefined.

        Quantities observed together share the number of observations; a block of unequal finite degrees of freedom has
        none (R. Willink, Metrologia 44 (2007) 340, as implemented in GTC).
        """
        found = {sources[index].dof for index in self.members}
        return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Sources:
    """All sources of a set of inputs, and how the inputs hang on them."""

    inputs: Mapping[str, Input]
    sources: tuple[Source, ...]
    loads: Mapping[str, tuple[Load, ...]]
    blocks: tuple[Block, ...] = ()
    in_block: frozenset[int] = field(default_factory=frozenset)

    def correlation(self) -> Array:
        """Return the correlation matrix of the sources."""
        matrix = np.eye(len(self.sources))
        for block in self.blocks:
            matrix[np.ix_(block.members, block.members)] = block.correlation
        return matrix


def resolve(inputs: Mapping[str, Input], correlations: Correlations | None = None) -> Sources:
    """Return the independent sources of ``inputs``.

    Raises
    ------
    InputError
        When components of one group state different shapes, degrees of freedom or kinds.
    CovarianceError
        When correlations name an unknown input, lie outside (−1, 1), or contradict each other.
    """
    if not inputs:
        raise InputError("uncertainty.input.none")
    correlated = _correlated_names(inputs, correlations or {})
    found: list[Source] = []
    index_of: dict[str, int] = {}
    first_in: dict[str, str] = {}
    loads: dict[str, tuple[Load, ...]] = {}
    for name, value in inputs.items():
        components = _joined(name, value) if name in correlated else value.components
        of_input = []
        for number, component in enumerate(components):
            key = f"@{component.group}" if component.group is not None else f"{name}#{number}"
            if key not in index_of:
                index_of[key] = len(found)
                first_in[key] = name
                found.append(Source(key, component.law, component.dof, component.kind, component.group))
            else:
                _refuse_unlike(found[index_of[key]], component, first_in[key], name)
            of_input.append(Load(index_of[key], component.sign * component.at(value.value), component))
        loads[name] = tuple(of_input)
    sources = tuple(found)
    blocks = _blocks(correlations or {}, {name: index_of[f"{name}#0"] for name in correlated}, sources)
    inside = frozenset(index for block in blocks for index in block.members)
    return Sources(dict(inputs), sources, loads, blocks, inside)


def _refuse_unlike(source: Source, component: Component, first: str, second: str) -> None:
    """Refuse a group whose members do not describe one and the same error."""
    for what, one, other in (
        ("shape", source.law, component.law),
        ("dof", source.dof, component.dof),
        ("kind", source.kind, component.kind),
    ):
        if one != other:
            raise InputError("uncertainty.input.group_unlike", group=source.group, what=what, first=first, second=second)


def _correlated_names(inputs: Mapping[str, Input], correlations: Correlations) -> list[str]:
    """Return the names that take part in a correlation, in the order of the inputs, after checking each pair."""
    named: set[str] = set()
    seen: set[frozenset[str]] = set()
    for (a, b), r in correlations.items():
        for name in (a, b):
            if name not in inputs:
                raise CovarianceError("uncertainty.covariance.unknown", name=name, known=", ".join(list(inputs)[:20]))
        if a == b or frozenset((a, b)) in seen:
            raise CovarianceError("uncertainty.covariance.pair_twice", a=a, b=b)
        seen.add(frozenset((a, b)))
        if not -1 < r < 1:
            raise CovarianceError("uncertainty.covariance.range", a=a, b=b, r=r)
        named.update((a, b))
    return [name for name in inputs if name in named]


def _joined(name: str, value: Input) -> tuple[Component, ...]:
    """Return the one component that stands for a correlated input."""
    components = value.components
    if any(component.group is not None for component in components):
        raise CovarianceError("uncertainty.covariance.with_group", name=name)
    if not components or value.u == 0:
        raise CovarianceError("uncertainty.covariance.constant", name=name)
    if len(components) == 1:
        if components[0].law.shape is Shape.CURVILINEAR:
            raise CovarianceError("uncertainty.covariance.shape", name=name)
        return components
    if any(component.law.shape is not Shape.NORMAL for component in components):
        raise CovarianceError("uncertainty.covariance.shape", name=name)
    kinds = {component.kind for component in components}
    if len(kinds) > 1:
        raise CovarianceError("uncertainty.covariance.kinds", name=name)
    fourth = math.fsum(component.at(value.value) ** 4 / component.dof for component in components)
    dof = value.u**4 / fourth if fourth else math.inf
    return (Component.normal(u=value.u, dof=dof, kind=kinds.pop()),)


def _blocks(correlations: Correlations, index: Mapping[str, int], sources: tuple[Source, ...]) -> tuple[Block, ...]:
    """Return the correlated sources, put together block by block."""
    neighbours: dict[str, set[str]] = {name: set() for name in index}
    for a, b in correlations:
        neighbours[a].add(b)
        neighbours[b].add(a)
        if sources[index[a]].kind is not sources[index[b]].kind:
            raise CovarianceError("uncertainty.covariance.kinds_apart", a=a, b=b)
    blocks: list[Block] = []
    left = list(index)
    while left:
        members = _reachable(left[0], neighbours)
        names = [name for name in index if name in members]
        left = [name for name in left if name not in members]
        matrix = np.eye(len(names))
        for (a, b), r in correlations.items():
            if a in members:
                i, j = names.index(a), names.index(b)
                matrix[i, j] = matrix[j, i] = r
        require_positive_definite(matrix, names)
        blocks.append(Block(tuple(index[name] for name in names), matrix))
    return tuple(blocks)


def _reachable(start: str, neighbours: Mapping[str, set[str]]) -> set[str]:
    found = {start}
    waiting = [start]
    while waiting:
        for name in neighbours[waiting.pop()] - found:
            found.add(name)
            waiting.append(name)
    return found
