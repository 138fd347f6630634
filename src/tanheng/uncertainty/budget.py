"""Budgets: one row for each component, ranked, and how they are printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tanheng.core.states import CheckState
from tanheng.uncertainty.component import Cause, Kind
from tanheng.uncertainty.distribution import Shape
from tanheng.uncertainty.sources import Sources

SECOND_ORDER = "second-order"


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One row of a budget.

    Attributes
    ----------
    input : str
        Name of the input; ``"second-order"`` for the second-order term.
    value : float
        Of the input.
    u : float
        Standard uncertainty of this component, in the unit of the input.
    type : str
        ``"A"`` or ``"B"``.
    distribution : Shape or None
    sensitivity : float
        ∂y/∂x.
    contribution : float
        Sensitivity times ``u``, with the sign of the component; its square is a variance only for a source of its own.
    share : float
        Part of the variance of the result. For a shared source it is the covariance of this row with the result, so that
        shares add up to 1; a share is negative where two rows of one source cancel.
    group : str or None
    """

    input: str
    value: float
    u: float
    type: str
    distribution: Shape | None
    sensitivity: float
    contribution: float
    share: float
    group: str | None
    kind: Kind
    dof: float
    cause: Cause | None
    source: str
    state: CheckState | None


@dataclass(frozen=True, slots=True)
class ErrorShare:
    """All rows of one physical error put together.

    Attributes
    ----------
    name : str
        Of the group, or of the one input that has the error.
    inputs : tuple of str
        Inputs that carry it.
    kind : Kind
    cause : Cause or None
        Of the first row.
    contribution : float
        To the standard uncertainty of the result, with its sign.
    share : float
        Part of the variance of the result.
    """

    name: str
    inputs: tuple[str, ...]
    kind: Kind
    cause: Cause | None
    contribution: float
    share: float


def error_shares(
    sources: Sources, contributions: Mapping[int, float], covariances: Mapping[int, float], u: float
) -> tuple[ErrorShare, ...]:
    """Return the errors behind a result, the largest share first; what to look at before buying anything."""
    carriers: dict[int, list[tuple[str, Cause | None]]] = {}
    for name, loads in sources.loads.items():
        for load in loads:
            carriers.setdefault(load.source, []).append((name, load.component.cause))
    found = []
    for index, contribution in contributions.items():
        source, by = sources.sources[index], carriers[index]
        share = contribution * covariances[index] / (u * u) if u else 0.0
        names = tuple(name for name, _ in by)
        found.append(ErrorShare(source.group or names[0], names, source.kind, by[0][1], contribution, share))
    return tuple(sorted(found, key=lambda error: -abs(error.share)))


def budget_rows(
    sources: Sources, sensitivities: Mapping[str, float], covariances: Mapping[int, float], u: float, second: float
) -> tuple[BudgetRow, ...]:
    """Return the rows of a budget, the largest share first, rows of equal share in the order of the inputs."""
    rows = []
    variance = u * u
    for name, sensitivity in sensitivities.items():
        value = sources.inputs[name].value
        for load in sources.loads[name]:
            component = load.component
            contribution = sensitivity * load.coefficient
            share = contribution * covariances.get(load.source, 0.0) / variance if variance else 0.0
            rows.append(
                BudgetRow(
                    name,
                    value,
                    abs(load.coefficient),
                    component.evaluation,
                    component.law.shape,
                    sensitivity,
                    contribution,
                    share,
                    component.group,
                    component.kind,
                    component.dof,
                    component.cause,
                    component.source,
                    component.state,
                )
            )
    if second:
        size = abs(second) ** 0.5
        rows.append(
            BudgetRow(
                SECOND_ORDER,
                0.0,
                size,
                "B",
                None,
                1.0,
                size,
                second / variance if variance else 0.0,
                None,
                Kind.RANDOM,
                float("inf"),
                None,
                "",
                None,
            )
        )
    order = {name: rank for rank, name in enumerate(sources.inputs)}
    return tuple(sorted(rows, key=lambda row: (-abs(row.share), order.get(row.input, len(order)))))
