"""Weighted least squares over balances, linear or not, with unmeasured streams.

::

    x measured, S covariance, balances F·x = 0, r = F·x, V = F·S·Fᵀ
    v = −S·Fᵀ·V⁻¹·r       x' = x + v       S_v = S·Fᵀ·V⁻¹·F·S       S_x' = S − S_v       J = rᵀ·V⁻¹·r

Unmeasured streams are eliminated by the part of the balances that does not contain them (a projection from a singular value
decomposition of their columns). Balances with products are solved by repeating the linear problem at the last solution.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tanheng.uncertainty.distribution import Array
from tanheng.uncertainty.reconciliation.balance import Balance, from_matrix
from tanheng.uncertainty.reconciliation.problem import Problem
from tanheng.uncertainty.reconciliation.reconciled import Reconciled
from tanheng.uncertainty.reconciliation.verdicts import BiasTest, GlobalTest, MeasurementTest, NodalTest, sidak_limit
from tanheng.uncertainty.reconciliation.wording import Suspect


def reconcile(
    measured: Mapping[str, float | None] | Sequence[float | None],
    covariance: Array,
    constraints: Sequence[Balance] | Array,
    *,
    p: float = 0.95,
    start: Mapping[str, float] | None = None,
) -> Reconciled:
    """Bring measured streams to agree with balances, at the least cost in units of their uncertainties.

    Parameters
    ----------
    measured : Mapping of stream to float or None, or a sequence
        None for an unmeasured stream. The streams of a sequence are called ``x1``, ``x2`` …
    covariance : array
        Of all streams in the same order; rows and columns of unmeasured streams are ignored. A measured stream of zero
        variance is taken as exact.
    constraints : sequence of Balance, or a matrix with a row for each linear balance
    p : float
        Probability of the tests.
    start : Mapping of stream to float, optional
        First guess for unmeasured streams in products; 1 when left out.

    Raises
    ------
    BalanceError
        When balances repeat each other, name an unknown stream, leave nothing to reconcile, or do not settle.
    CovarianceError
        When the covariance is not positive definite; names the pair.

    Examples
    --------
    >>> import numpy as np
    >>> result = reconcile([0.0, 3.0], np.diag([1.0, 4.0]), np.array([[1.0, -1.0]]))
    >>> {name: round(float(v), 6) for name, v in result.adjustments.items()}
    {'x1': 0.6, 'x2': -2.4}
    """
    given = measured if isinstance(measured, Mapping) else {f"x{place}": value for place, value in enumerate(measured, start=1)}
    names = list(given)
    balances = from_matrix(constraints, names) if isinstance(constraints, np.ndarray) else list(constraints)
    problem = Problem(given, np.asarray(covariance, dtype=float), balances, start or {})
    problem.settle()
    return _assembled(problem, p)


def _assembled(problem: Problem, p: float) -> Reconciled:
    import scipy.special as special

    names, known = problem.names, problem.known
    known_names = [names[place] for place in known]
    weighted = problem.V_inverse @ problem.r
    SGt = problem.S @ problem.G.T  # noqa: N806  # S·Gᵀ
    S_v = SGt @ problem.V_inverse @ SGt.T  # noqa: N806
    v = problem.x[known] - problem.y
    J = float(problem.r @ weighted)  # noqa: N806
    dof = len(problem.r)
    total = GlobalTest(J, dof, float(special.chdtri(dof, 1 - p)))
    one = float(special.chdtri(1, 1 - p))
    by_meter = problem.V_inverse @ problem.G
    d, C = problem.G.T @ weighted, (problem.G * by_meter).sum(axis=0)  # noqa: N806
    checked = (np.diag(S_v) > 1e-12 * np.maximum(np.diag(problem.S), 1e-300)) & (np.diag(problem.S) > 0)
    limit = sidak_limit(int(checked.sum()), p)
    tests, glr, redundant = {}, {}, {}
    for place, name in enumerate(known_names):
        variance, own = float(S_v[place, place]), float(problem.S[place, place])
        floor = max(variance, own / 10) ** 0.5
        z = abs(float(v[place])) / variance**0.5 if checked[place] else None
        tests[name] = MeasurementTest(z, limit, abs(float(v[place])) / floor if checked[place] else 0.0)
        redundant[name] = bool(checked[place])
        if checked[place]:
            T = float(d[place] ** 2 / C[place])  # noqa: N806
            glr[name] = BiasTest(T, one, float(d[place] / C[place]), max(0.0, J - T))
    nodal = _nodal(problem, weighted, J)
    observable = _observable(problem)
    covariance = _covariance(problem, problem.S - S_v, observable)
    determined = {name: observable.get(name, True) for name in names}
    values = {name: float(problem.x[place]) if determined[name] else None for place, name in enumerate(names)}
    return Reconciled(
        values,
        covariance,
        dict(zip(known_names, v.tolist(), strict=True)),
        total,
        tests,
        nodal,
        glr,
        () if total.passed else _suspects(problem, glr, nodal, total),
        observable,
        redundant,
        tuple(problem.balances),
        problem.iterations,
    )


def _nodal(problem: Problem, weighted: Array, J: float) -> dict[str, NodalTest]:  # noqa: N803
    """Test each balance by itself, and by what a loss in it would explain."""
    found = {}
    spread = np.sqrt(((problem.F_known @ problem.S) * problem.F_known).sum(axis=1))
    own = problem.F_known @ problem.y - problem.c
    leak = problem.P.T  # column k: the loss of balance k, seen by the balances that are left
    d = leak.T @ weighted
    C = (leak * (problem.V_inverse @ leak)).sum(axis=0)  # noqa: N806
    for row, balance in enumerate(problem.balances):
        alone = not problem.F_open[row].any() and spread[row] > 0
        seen = C[row] > 1e-12 * np.abs(C).max()
        T = float(d[row] ** 2 / C[row]) if seen else 0.0  # noqa: N806
        found[balance.name] = NodalTest(
            float(own[row]) if alone else None,
            float(abs(own[row]) / spread[row]) if alone else None,
            float(d[row] / C[row]) if seen else None,
            max(0.0, J - T),
        )
    return found


def _observable(problem: Problem) -> dict[str, bool]:
    if not problem.open:
        return {}
    reach = np.abs(problem.free).max(axis=1) if problem.free.size else np.zeros(len(problem.open))
    return {problem.names[place]: bool(reach[rank] <= 1e-8) for rank, place in enumerate(problem.open)}


def _covariance(problem: Problem, of_known: Array, observable: Mapping[str, bool]) -> Array:
    result = np.full((len(problem.names), len(problem.names)), np.nan)
    result[np.ix_(problem.known, problem.known)] = of_known
    if problem.open:
        solved = -np.linalg.pinv(problem.F_open) @ problem.F_known
        cross = solved @ of_known
        result[np.ix_(problem.open, problem.known)] = cross
        result[np.ix_(problem.known, problem.open)] = cross.T
        result[np.ix_(problem.open, problem.open)] = cross @ solved.T
        for place in problem.open:
            if not observable[problem.names[place]]:
                result[place, :] = result[:, place] = np.nan
    return result


def _suspects(
    problem: Problem, glr: Mapping[str, BiasTest], nodal: Mapping[str, NodalTest], total: GlobalTest
) -> tuple[Suspect, ...]:
    """Return the meters that a bias could explain the data with, put together with all that cannot be told from them."""
    place_of = {problem.names[place]: rank for rank, place in enumerate(problem.known)}
    # Columns in the metric of V⁻¹: two errors look alike when their columns point the same way.
    root = np.linalg.cholesky(problem.V_inverse)
    columns = {name: _direction(root.T @ problem.G[:, place_of[name]]) for name in glr}
    losses = {balance.name: _direction(root.T @ problem.P[row]) for row, balance in enumerate(problem.balances)}
    left = sorted((name for name in glr if not glr[name].passed), key=lambda name: -glr[name].T)
    found = []
    while left:
        first = columns[left[0]]
        alike = [name for name in glr if name == left[0] or _parallel(columns[name], first)]
        lost = {name: nodal[name].loss or 0.0 for name, column in losses.items() if _parallel(column, first)}
        test = glr[left[0]]
        found.append(
            Suspect(
                {name: glr[name].bias for name in alike},
                {name: float(problem.y[place_of[name]]) for name in alike},
                lost,
                test.T,
                test.remaining,
                _explains(test.remaining, total),
            )
        )
        left = [name for name in left if name not in alike]
    return tuple(found)


def _explains(remaining: float, total: GlobalTest) -> bool:
    """Say whether what is left without one meter passes the global test of one degree of freedom fewer."""
    import scipy.special as special

    if total.dof == 1:
        return True
    p = float(special.chdtr(total.dof, total.limit))
    return remaining <= float(special.chdtri(total.dof - 1, 1 - p))


def _direction(column: Array) -> Array:
    """Return a column at length 1, however small or large its unit makes it; nothing points nowhere."""
    largest = float(np.abs(column).max())
    scaled = column / largest if largest > 0 else column
    return np.asarray(scaled / max(1.0, float(np.linalg.norm(scaled))))


def _parallel(one: Array, other: Array) -> bool:
    return float(one @ other) ** 2 >= 1 - 1e-9
