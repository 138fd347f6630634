"""One reconciliation while it is solved: the linear problem at the current solution.

Symbols as in :mod:`.solve`: F the balances, S the covariance, P the combinations of balances without unmeasured streams,
G = Pᵀ·F for the measured ones, r the residuals, V = G·S·Gᵀ.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tanheng.uncertainty.covariance import require_positive_definite, require_symmetric
from tanheng.uncertainty.distribution import Array
from tanheng.uncertainty.errors import BalanceError
from tanheng.uncertainty.reconciliation.balance import Balance

_RANK = 1e-10  # singular values below this part of the largest count as zero
_ITERATIONS = 100
_CLOSED = 1e-10  # residual of a closed balance, as a part of the sum of its absolute terms


class Problem:
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
