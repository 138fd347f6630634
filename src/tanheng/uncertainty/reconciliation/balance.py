"""Balances: sums of products of streams that are zero when nothing is lost.

A term is a stream (linear), a product of two (flow times composition: bilinear) or of more (kiln feed times one less the
dust return times one less the loss on ignition).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from tanheng.uncertainty.distribution import Array
from tanheng.uncertainty.errors import BalanceError, CovarianceError

_TERM = re.compile(r"\s*([+-]?)\s*([^+\-\s][^+\-]*)")


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance: Σ coefficient · product of streams + constant = 0.

    Attributes
    ----------
    name : str
    terms : Mapping
        Streams of the product → coefficient.
    constant : float
    """

    name: str
    terms: Mapping[tuple[str, ...], float]
    constant: float = 0.0

    @classmethod
    def linear(cls, name: str, coefficients: Mapping[str, float], constant: float = 0.0) -> Self:
        """Return a linear balance of streams with their coefficients."""
        return cls(name, {(stream,): float(value) for stream, value in coefficients.items() if value}, constant)

    @classmethod
    def parse(cls, name: str, text: str) -> Self:
        """Return the balance written as ``text``, such as ``"F1*x11 - F2*x21 - 0.4*F3"``.

        Raises
        ------
        BalanceError
            When the text is not a sum of products.
        """
        terms: dict[tuple[str, ...], float] = {}
        constant = 0.0
        place = 0
        while place < len(text.rstrip()):
            match = _TERM.match(text, place)
            if match is None or (place and not match[1]):
                raise BalanceError("uncertainty.balance.text", name=name, text=text)
            coefficient = -1.0 if match[1] == "-" else 1.0
            streams = []
            for factor in match[2].split("*"):
                word = factor.strip()
                if re.fullmatch(r"\d+(\.\d+)?", word):
                    coefficient *= float(word)
                elif re.fullmatch(r"[^\W\d][\w.]*", word):
                    streams.append(word)
                else:
                    raise BalanceError("uncertainty.balance.text", name=name, text=text)
            if streams:
                key = tuple(streams)
                terms[key] = terms.get(key, 0.0) + coefficient
            else:
                constant += coefficient
            place = match.end()
        if not terms:
            raise BalanceError("uncertainty.balance.text", name=name, text=text)
        return cls(name, terms, constant)

    @property
    def streams(self) -> tuple[str, ...]:
        """Streams of the balance, each once, in the order of the terms."""
        return tuple(dict.fromkeys(stream for term in self.terms for stream in term))

    @property
    def is_linear(self) -> bool:
        """Say whether no term is a product of streams."""
        return all(len(term) == 1 for term in self.terms)

    def residual(self, values: Mapping[str, float]) -> float:
        """Return what the balance leaves open at ``values``."""
        products = (value * math.prod(values[stream] for stream in term) for term, value in self.terms.items())
        return math.fsum([*products, self.constant])

    def slopes(self, values: Mapping[str, float]) -> dict[str, float]:
        """Return the derivative of the residual by each stream at ``values``."""
        found = dict.fromkeys(self.streams, 0.0)
        for term, coefficient in self.terms.items():
            for place, stream in enumerate(term):
                others = (values[other] for rank, other in enumerate(term) if rank != place)
                found[stream] += coefficient * math.prod(others)
        return found

    def size(self, values: Mapping[str, float]) -> float:
        """Return the sum of the absolute terms at ``values``, the scale of its rounding."""
        products = (abs(value) * math.prod(abs(values[stream]) for stream in term) for term, value in self.terms.items())
        return math.fsum([*products, abs(self.constant)])


def covariance_of(
    uncertainties: Mapping[str, float], *, k: float, correlations: Mapping[tuple[str, str], float] | None = None
) -> Array:
    """Return the covariance matrix of streams from half-widths and correlations.

    Parameters
    ----------
    uncertainties : Mapping of stream to float
        Half-widths, in the order of the streams; divided by ``k``.
    k : float
        Coverage factor of the half-widths: 1 for standard uncertainties, 1.96 (not 2) for 95 % of a normal distribution.
    correlations : Mapping of (stream, stream) to r, optional
    """
    names = list(uncertainties)
    if not k > 0:
        raise BalanceError("uncertainty.evaluate.positive", what="k", value=k)
    u = np.array([uncertainties[name] for name in names], dtype=float) / k
    matrix = np.diag(u * u)
    for (a, b), r in (correlations or {}).items():
        for name in (a, b):
            if name not in uncertainties:
                raise CovarianceError("uncertainty.covariance.unknown", name=name, known=", ".join(names[:20]))
        i, j = names.index(a), names.index(b)
        if i == j or not -1 < r < 1:
            raise CovarianceError("uncertainty.covariance.range", a=a, b=b, r=r)
        matrix[i, j] = matrix[j, i] = r * u[i] * u[j]
    return matrix


def from_matrix(matrix: Array, names: Sequence[str]) -> list[Balance]:
    """Return the linear balances of the rows of a matrix."""
    if matrix.ndim != 2 or matrix.shape[1] != len(names):
        raise BalanceError("uncertainty.balance.matrix", shape=matrix.shape, streams=len(names))
    return [
        Balance.linear(f"balance {number}", dict(zip(names, row.tolist(), strict=True)))
        for number, row in enumerate(matrix, start=1)
    ]
