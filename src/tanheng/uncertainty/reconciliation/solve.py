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
from numpy.typing import NDArray

from tanheng.uncertainty.covariance import require_positive_definite, require_symmetric
from tanheng.uncertainty.distribution import Array
from tanheng.uncertainty.errors import BalanceError
from tanheng.uncertainty.reconciliation.balance import Balance, from_matrix
from tanheng.uncertainty.reconciliation.reconciled import Reconciled
from tanheng.uncertainty.reconciliation.verdicts import BiasTest, GlobalTest, MeasurementTest, NodalTest, sidak_limit
from tanheng.uncertainty.reconciliation.wording import Suspect

_RANK = 1e-10  # singular values below this part of the largest count as zero
_ITERATIONS = 100
_CLOSED = 1e-10  # residual of a closed balance, as a part of the sum of its absolute terms


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
    problem = _Problem(given, np.asarray(covariance, dtype=float), balances, start or {})
    problem.settle()
    return _assembled(problem, p)


class _Problem:
    """One reconciliation: fixed data, and the linear problem at the current solution."""

    def __init__(
        self, given: Mapping[str, float | None], covariance: Array, balances: list[Balance], start: Mapping[str, float]
    ) -> None:
        self.names = list(given)
        self.given = given
        self.balances = balances
        self._check(covariance)
        self.known = [place for place, name in enumerate(self.names) if given[name] is not None]
        self.open = [place for place, name in enumerate(self.names) if given[name] is None]
        self.y = np.array([given[self.names[place]] for place in self.known], dtype=float)
        if not np.isfinite(self.y).all():
            place = self.known[int(np.argmin(np.isfinite(self.y)))]
            raise BalanceError("uncertainty.balance.value", stream=self.names[place], value=given[self.names[place]])
        self.S = covariance[np.ix_(self.known, self.known)]
        self._check_variances()
        self.x = np.ones(len(self.names))
        self.x[self.known] = self.y
        for place in self.open:
            self.x[place] = start.get(self.names[place], 1.0)
        self.iterations = 0

    def _check(self, covariance: Array) -> None:
        if not self.balances:
            raise BalanceError("uncertainty.balance.none")
        if covariance.shape != (len(self.names), len(self.names)):
            require_symmetric(covariance, self.names)
        seen: set[str] = set()
        for balance in self.balances:
            if balance.name in seen:
                raise BalanceError("uncertainty.balance.twice", name=balance.name)
            seen.add(balance.name)
            for stream in balance.streams:
                if stream not in self.given:
                    raise BalanceError("uncertainty.balance.unknown", name=balance.name, stream=stream)

    def _check_variances(self) -> None:
        names = [self.names[place] for place in self.known]
        require_symmetric(self.S, names)
        free = [place for place in range(len(names)) if self.S[place, place] != 0]
        exact = [place for place in range(len(names)) if self.S[place, place] == 0]
        require_positive_definite(self.S[np.ix_(free, free)], [names[place] for place in free])
        for place in exact:
            if self.S[place].any():
                other = int(np.argmax(self.S[place] != 0))
                raise BalanceError("uncertainty.balance.exact", stream=names[place], other=names[other])

    def settle(self) -> None:
        """Solve, again and again while balances with products are not closed."""
        linear = all(balance.is_linear for balance in self.balances)
        for _ in range(_ITERATIONS):
            self.iterations += 1
            before = self.x.copy()
            self._linearise()
            self._step()
            if linear or self._settled(before):
                break
        else:
            raise BalanceError("uncertainty.balance.unsettled", iterations=_ITERATIONS)
        # The tests belong to the linear problem at the solution.
        if not linear:
            self._linearise()
        self._refuse_contradiction()

    def _linearise(self) -> None:
        """Write the balances as F·x = c around the current solution, and eliminate the unmeasured streams."""
        values = dict(zip(self.names, self.x.tolist(), strict=True))
        place_of = {name: place for place, name in enumerate(self.names)}
        self.F = np.zeros((len(self.balances), len(self.names)))
        for row, balance in enumerate(self.balances):
            for stream, slope in balance.slopes(values).items():
                self.F[row, place_of[stream]] = slope
        self.left = np.array([balance.residual(values) for balance in self.balances])
        self.c = self.F @ self.x - self.left
        self.F_known, self.F_open = self.F[:, self.known], self.F[:, self.open]
        self._project()
        self.r = self.G @ self.y - self.P.T @ self.c
        self.V = self.G @ self.S @ self.G.T
        self._factor()

    def _project(self) -> None:
        """Find the combinations of balances, columns of P, that hold no unmeasured stream."""
        if not self.open:
            self.P, self.free = np.eye(len(self.balances)), np.zeros((0, 0))
        else:
            scale = np.abs(self.F_open).max(axis=0)
            scale[scale == 0] = 1.0
            U, s, Wt = np.linalg.svd(self.F_open / scale)  # noqa: N806  # factors of the decomposition
            rank = int((s > _RANK * max(s[0], 1e-300)).sum()) if s.size else 0
            self.P, self.free = U[:, rank:], Wt[rank:].T
        self.G = self.P.T @ self.F_known
        if not self.G.shape[0]:
            raise BalanceError("uncertainty.balance.nothing_left")

    def _factor(self) -> None:
        """Invert V, refusing balances that repeat each other."""
        spread = np.sqrt(np.diag(self.V))
        size = np.abs(self.F_known) @ np.sqrt(np.diag(self.S))
        if (spread <= 1e-9 * (np.abs(self.P.T) @ size)).any():
            row = int(np.argmin(spread))
            raise BalanceError("uncertainty.balance.dependent", names=self._involved(self.P[:, row]))
        scaled = self.V / np.outer(spread, spread)
        try:
            # A pivot near zero means that a balance is already given by those before it.
            singular = float(np.diag(np.linalg.cholesky(scaled)).min()) ** 2 <= _RANK
        except np.linalg.LinAlgError:
            singular = True
        if singular:
            direction = np.linalg.eigh(scaled)[1][:, 0]
            raise BalanceError("uncertainty.balance.dependent", names=self._involved(self.P @ (direction / spread)))
        self.V_inverse = np.linalg.inv(scaled) / np.outer(spread, spread)

    def _involved(self, combination: Array) -> str:
        # A balance counts by what it brings into the combination, not by its own scale.
        brought = np.abs(combination) * np.abs(self.F).max(axis=1)
        large = brought > 1e-6 * brought.max()
        return ", ".join(balance.name for balance, is_large in zip(self.balances, large.tolist(), strict=True) if is_large)

    def _step(self) -> None:
        adjusted = self.y - self.S @ (self.G.T @ (self.V_inverse @ self.r))
        self.x[self.known] = adjusted
        if self.open:
            solved, *_ = np.linalg.lstsq(self.F_open, self.c - self.F_known @ adjusted, rcond=None)
            self.x[self.open] = solved

    def _settled(self, before: Array) -> bool:
        if not np.isfinite(self.x).all():
            raise BalanceError("uncertainty.balance.unsettled", iterations=self.iterations)
        still = np.abs(self.x - before) <= 1e-12 * np.maximum(np.abs(self.x), np.abs(before))
        if still.all():
            return True
        return self.iterations > 3 and self._closed() and bool(np.logical_or(still, self._small_move(before)).all())

    def _small_move(self, before: Array) -> NDArray[np.bool_]:
        """Say which streams moved by less than a millionth of their standard uncertainty."""
        u = np.full(len(self.names), np.inf)
        u[self.known] = np.sqrt(np.diag(self.S))
        u[self.open] = np.abs(self.x[self.open])
        return np.asarray(np.abs(self.x - before) <= 1e-6 * u)

    def _closed(self) -> bool:
        values = dict(zip(self.names, self.x.tolist(), strict=True))
        return all(abs(balance.residual(values)) <= _CLOSED * max(balance.size(values), 1e-300) for balance in self.balances)

    def _refuse_contradiction(self) -> None:
        """Refuse a solution that leaves a balance open: then the balances contradict each other."""
        values = dict(zip(self.names, self.x.tolist(), strict=True))
        for balance in self.balances:
            left = balance.residual(values)
            if abs(left) > 1e-7 * max(balance.size(values), 1e-300):
                raise BalanceError("uncertainty.balance.open", name=balance.name, residual=f"{left:.6g}")


def _assembled(problem: _Problem, p: float) -> Reconciled:
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


def _nodal(problem: _Problem, weighted: Array, J: float) -> dict[str, NodalTest]:  # noqa: N803
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


def _observable(problem: _Problem) -> dict[str, bool]:
    if not problem.open:
        return {}
    reach = np.abs(problem.free).max(axis=1) if problem.free.size else np.zeros(len(problem.open))
    return {problem.names[place]: bool(reach[rank] <= 1e-8) for rank, place in enumerate(problem.open)}


def _covariance(problem: _Problem, of_known: Array, observable: Mapping[str, bool]) -> Array:
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
    problem: _Problem, glr: Mapping[str, BiasTest], nodal: Mapping[str, NodalTest], total: GlobalTest
) -> tuple[Suspect, ...]:
    """Return the meters that a bias could explain the data with, put together with all that cannot be told from them."""
    place_of = {problem.names[place]: rank for rank, place in enumerate(problem.known)}
    # Columns in the metric of V⁻¹: two errors look alike when their columns point the same way.
    root = np.linalg.cholesky(problem.V_inverse)
    columns = {name: root.T @ problem.G[:, place_of[name]] for name in glr}
    losses = {balance.name: root.T @ problem.P[row] for row, balance in enumerate(problem.balances)}
    left = sorted((name for name in glr if not glr[name].passed), key=lambda name: -glr[name].T)
    found = []
    while left:
        first = columns[left[0]]
        alike = [name for name in glr if _parallel(columns[name], first)]
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


def _parallel(one: Array, other: Array) -> bool:
    scale = float(one @ one) * float(other @ other)
    return scale > 0 and float(one @ other) ** 2 >= (1 - 1e-9) * scale
