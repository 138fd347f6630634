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
