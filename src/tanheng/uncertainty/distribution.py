"""The shapes an error may have, and how each is drawn.

Every shape is used in one standard form: a random variable of which ``u`` times a draw is the error. For all but one of
them the draw has the standard deviation 1. The exception is Student's t as JCGM 101 uses it, ``m + s·t_ν``, whose standard
deviation is ``sqrt(ν/(ν−2))`` (``docs/decisions/0021-two-conventions-of-student-t.md``).

Formulas: JCGM 101:2008, 6.4 (recipes checked by its example 9.5).
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Shape(enum.StrEnum):
    """Form of the distribution of one error."""

    NORMAL = "normal"
    RECTANGULAR = "rectangular"
    TRIANGULAR = "triangular"
    ARCSINE = "arcsine"
    STUDENT_T = "student-t"
    CURVILINEAR = "curvilinear-trapezoid"


WORDS: dict[Shape, dict[str, str]] = {
    Shape.NORMAL: {"zh": "正态", "en": "normal"},
    Shape.RECTANGULAR: {"zh": "均匀", "en": "rectangular"},
    Shape.TRIANGULAR: {"zh": "三角", "en": "triangular"},
    Shape.ARCSINE: {"zh": "反正弦", "en": "arcsine"},
    Shape.STUDENT_T: {"zh": "t 分布", "en": "Student t"},
    Shape.CURVILINEAR: {"zh": "曲线梯形", "en": "curvilinear trapezoid"},
}


class Stated(enum.StrEnum):
    """What the spread given with a t distribution is: the factor of t, or the standard deviation itself."""

    SCALE = "scale"
    DEVIATION = "deviation"


@dataclass(frozen=True, slots=True)
class Law:
    """A shape with what it needs beside its standard uncertainty.

    Parameters
    ----------
    shape : Shape
    dof : float
        Degrees of freedom of a t distribution; not used by the other shapes.
    stated : Stated
        Convention of a t distribution.
    edge : float
        Of a curvilinear trapezoid: how inexactly its half-width is known, as a part of the half-width, 0 to 1.
    """

    shape: Shape = Shape.NORMAL
    dof: float = math.inf
    stated: Stated = Stated.SCALE
    edge: float = 0.0

    @property
    def deviation(self) -> float:
        """Standard deviation of a standard draw; infinite for a t distribution with 2 degrees of freedom or fewer."""
        if self.shape is not Shape.STUDENT_T or self.stated is Stated.DEVIATION or math.isinf(self.dof):
            return 1.0
        return math.sqrt(self.dof / (self.dof - 2)) if self.dof > 2 else math.inf

    def half_width(self) -> float:
        """Half-width of the standard form of a bounded shape."""
        match self.shape:
            case Shape.RECTANGULAR:
                return math.sqrt(3)
            case Shape.TRIANGULAR:
                return math.sqrt(6)
            case Shape.ARCSINE:
                return math.sqrt(2)
            case Shape.CURVILINEAR:
                return math.sqrt(3 / (1 + self.edge * self.edge / 3))
            case Shape.NORMAL | Shape.STUDENT_T:
                return math.inf

    def draw(self, generator: np.random.Generator, out: Array) -> None:
        """Fill ``out`` with standard draws."""
        match self.shape:
            case Shape.NORMAL:
                generator.standard_normal(out=out)
            case Shape.RECTANGULAR:
                generator.random(out=out)
                out -= 0.5
                out *= 2 * self.half_width()
            case Shape.TRIANGULAR:
                generator.random(out=out)
                out += generator.random(out.size)
                out -= 1.0
                out *= self.half_width()
            case Shape.ARCSINE:
                generator.random(out=out)
                out *= 2 * math.pi
                np.sin(out, out=out)
                out *= self.half_width()
            case Shape.STUDENT_T:
                out[:] = generator.standard_t(self.dof, out.size)
                out *= self._student_factor()
            case Shape.CURVILINEAR:
                # JCGM 101 6.4.3: the half-width is itself uniform within ±edge, the value uniform within it.
                width = 1.0 + self.edge * (2 * generator.random(out.size) - 1.0)
                generator.random(out=out)
                out -= 0.5
                out *= 2 * self.half_width()
                out *= width

    def carried(self, z: Array) -> Array:
        """Return the standard draws that belong to standard normal draws ``z``, for inputs drawn together with others.

        All shapes are symmetric, so only the lower tail is used, where a probability keeps its digits.
        """
        import scipy.special as special

        below = self._quantile(np.asarray(special.ndtr(-np.abs(z))))
        return np.asarray(np.where(z > 0, -below, below))

    def _quantile(self, probability: Array) -> Array:
        """Return the standard quantiles of probabilities up to one half."""
        import scipy.special as special

        width = self.half_width()
        match self.shape:
            case Shape.NORMAL:
                return np.asarray(special.ndtri(probability))
            case Shape.RECTANGULAR:
                return np.asarray((2 * probability - 1) * width)
            case Shape.TRIANGULAR:
                return np.asarray(width * (np.sqrt(2 * probability) - 1))
            case Shape.ARCSINE:
                return np.asarray(-width * np.cos(math.pi * probability))
            case Shape.STUDENT_T:
                return np.asarray(special.stdtrit(self.dof, probability)) * self._student_factor()
            case Shape.CURVILINEAR:
                raise AssertionError("refused where correlations are read")

    def _student_factor(self) -> float:
        if self.stated is Stated.SCALE:
            return 1.0
        return math.sqrt((self.dof - 2) / self.dof)


NORMAL = Law()
