"""One component of the uncertainty of an input: one error, with its size, shape, origin and kind.

A component is *random* when it is drawn anew each time the input is measured, and *systematic* when it stays. A
``group`` names one physical error: all components with the same group are the same random variable, each scaled by its
own ``u``, within a month and over months. The calibration of one belt scale is one group, whatever it weighs.
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass, replace
from typing import Self, TypedDict, TypeVar, Unpack

from tanheng.core.states import CheckState
from tanheng.uncertainty.distribution import NORMAL, Law, Shape, Stated
from tanheng.uncertainty.errors import InputError

_W = TypeVar("_W", bound=enum.StrEnum)


class Kind(enum.StrEnum):
    """Whether an error is drawn anew with each measurement or stays."""

    RANDOM = "random"
    SYSTEMATIC = "systematic"


class Cause(enum.StrEnum):
    """Where an error comes from; a complete budget of some quantities must name certain causes."""

    CALIBRATION = "calibration"
    PERMISSIBLE_ERROR = "permissible-error"
    RESOLUTION = "resolution"
    REPEATABILITY = "repeatability"
    DRIFT = "drift"
    SAMPLING = "sampling"
    PREPARATION = "preparation"
    REPRODUCIBILITY = "reproducibility"
    REPRESENTATIVENESS = "representativeness"
    INFLUENCE = "influence"
    OTHER = "other"


CAUSE_WORDS: dict[Cause, dict[str, str]] = {
    Cause.CALIBRATION: {"zh": "校准", "en": "calibration"},
    Cause.PERMISSIBLE_ERROR: {"zh": "最大允许误差", "en": "maximum permissible error"},
    Cause.RESOLUTION: {"zh": "分辨力", "en": "resolution"},
    Cause.REPEATABILITY: {"zh": "重复性", "en": "repeatability"},
    Cause.DRIFT: {"zh": "漂移", "en": "drift"},
    Cause.SAMPLING: {"zh": "采样", "en": "sampling"},
    Cause.PREPARATION: {"zh": "制样", "en": "sample preparation"},
    Cause.REPRODUCIBILITY: {"zh": "再现性", "en": "reproducibility"},
    Cause.REPRESENTATIVENESS: {"zh": "代表性", "en": "representativeness"},
    Cause.INFLUENCE: {"zh": "影响量", "en": "influence quantity"},
    Cause.OTHER: {"zh": "其他", "en": "other"},
}


class Shared(TypedDict, total=False):
    """What a component of any shape may carry.

    Attributes
    ----------
    kind : {"random", "systematic"}
        Left out: systematic when a group is named, else random.
    group : str or None
        The physical error that is shared.
    sign : {1, -1}
    cause : Cause or None
    evaluation : {"A", "B"}
        Left out: A for finite degrees of freedom, else B.
    source : str
    state : CheckState or None
    """

    kind: str
    group: str | None
    sign: int
    cause: Cause | None
    evaluation: str
    source: str
    state: CheckState | None


class Traits(Shared, total=False):
    """The same with degrees of freedom, at least 1; left out they are infinite."""

    dof: float


@dataclass(frozen=True, slots=True)
class Component:
    """One component of the uncertainty of an input; build it by the name of its shape.

    Attributes
    ----------
    u : float
        Standard uncertainty, in the unit of the input, or as a part of its value when ``relative``. At least 0.
        For a t distribution stated as a scale it is the factor of t, as JCGM 101 and the GUM use it.
    relative : bool
    law : Law
        Shape of the distribution.
    dof : float
        Degrees of freedom of ``u``, at least 1.
    kind : Kind
    group : str or None
        Name of the physical error this component shares with others.
    sign : int
        1, or −1 when the shared error acts on this input in the opposite direction.
    cause : Cause or None
    evaluation : str
        ``"A"`` (statistical) or ``"B"`` (other means).
    source : str
        What the number is taken from: a certificate, a series of duplicates, a regulation.
    state : CheckState or None
        How sure we are of that source; None for the plant's own data.
    """

    u: float
    relative: bool = False
    law: Law = NORMAL
    dof: float = math.inf
    kind: Kind = Kind.RANDOM
    group: str | None = None
    sign: int = 1
    cause: Cause | None = None
    evaluation: str = "B"
    source: str = ""
    state: CheckState | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.u) or self.u < 0:
            raise InputError("uncertainty.component.u", value=self.u)
        if math.isnan(self.dof) or self.dof < 1:
            raise InputError("uncertainty.component.dof", value=self.dof)
        if self.sign not in (1, -1):
            raise InputError("uncertainty.component.sign", value=self.sign)
        if self.evaluation not in ("A", "B"):
            raise InputError("uncertainty.component.evaluation", value=self.evaluation)
        if self.group is not None and not self.group:
            raise InputError("uncertainty.component.group")

    @classmethod
    def normal(cls, *, u: float | None = None, relative: float | None = None, **traits: Unpack[Traits]) -> Self:
        """Return a normal component with standard uncertainty ``u``, or ``relative`` as a part of the value.

        Parameters
        ----------
        u, relative : float
            Exactly one of the two, at least 0.
        **traits
            What every shape may carry, see :class:`Traits`.

        Raises
        ------
        InputError
            When not exactly one of ``u`` and ``relative`` is given, or a value is out of its range.
        """
        size, is_relative = _one_of(u, relative)
        dof = traits.get("dof", math.inf)
        group = traits.get("group")
        kind = traits.get("kind")
        default_kind = Kind.RANDOM if group is None else Kind.SYSTEMATIC
        default_evaluation = "B" if math.isinf(dof) else "A"
        return cls(
            u=size,
            relative=is_relative,
            dof=dof,
            kind=default_kind if kind is None else _word(Kind, kind, "kind"),
            group=group,
            sign=traits.get("sign", 1),
            cause=traits.get("cause"),
            evaluation=traits.get("evaluation", default_evaluation),
            source=traits.get("source", ""),
            state=traits.get("state"),
        )

    @classmethod
    def rectangular(cls, *, half_width: float | None = None, relative: float | None = None, **traits: Unpack[Traits]) -> Self:
        """Return a rectangular component of the given half-width (``relative``: as a part of the value)."""
        return cls.normal(u=half_width, relative=relative, **traits)._shaped(Law(Shape.RECTANGULAR))

    @classmethod
    def triangular(cls, *, half_width: float | None = None, relative: float | None = None, **traits: Unpack[Traits]) -> Self:
        """Return a triangular component of the given half-width (``relative``: as a part of the value)."""
        return cls.normal(u=half_width, relative=relative, **traits)._shaped(Law(Shape.TRIANGULAR))

    @classmethod
    def arcsine(cls, *, half_width: float | None = None, relative: float | None = None, **traits: Unpack[Traits]) -> Self:
        """Return an arcsine (U-shaped) component of the given half-width, as a cycling temperature has it."""
        return cls.normal(u=half_width, relative=relative, **traits)._shaped(Law(Shape.ARCSINE))

    @classmethod
    def student_t(
        cls, *, scale: float | None = None, relative: float | None = None, stated: str = "scale", **traits: Unpack[Traits]
    ) -> Self:
        """Return a component drawn from Student's t with ``dof`` degrees of freedom.

        Parameters
        ----------
        stated : {"scale", "deviation"}
            ``"scale"`` (JCGM 101): the draw is ``scale·t``, whose standard deviation is ``scale·sqrt(ν/(ν−2))``.
            ``"deviation"`` (NIST Uncertainty Machine): ``scale`` *is* the standard deviation; needs ``dof > 2``.
        """
        convention = _word(Stated, stated, "stated")
        base = cls.normal(u=scale, relative=relative, **traits)
        if convention is Stated.DEVIATION and not base.dof > 2:
            raise InputError("uncertainty.component.student_deviation", dof=base.dof)
        return replace(base, law=Law(Shape.STUDENT_T, base.dof, convention) if math.isfinite(base.dof) else NORMAL)

    @classmethod
    def curvilinear_trapezoid(
        cls, *, half_width: float | None = None, relative: float | None = None, edge: float, **traits: Unpack[Traits]
    ) -> Self:
        """Return a rectangle whose half-width is itself known only within ``±edge`` (JCGM 101, 6.4.3).

        Parameters
        ----------
        edge : float
            In the unit of the half-width (or as a part of the value, like ``relative``); 0 to the half-width.
        """
        base = cls.normal(u=half_width, relative=relative, **traits)
        if base.u == 0 or not 0 <= edge <= base.u:
            raise InputError("uncertainty.component.edge", edge=edge, half_width=base.u)
        return base._shaped(Law(Shape.CURVILINEAR, edge=edge / base.u))

    def _shaped(self, law: Law) -> Self:
        """Return the component with its half-width, held in ``u``, turned into a standard uncertainty."""
        return replace(self, law=law, u=self.u / law.half_width())

    def at(self, value: float) -> float:
        """Return the standard uncertainty in the unit of the input, for an input of ``value``."""
        return self.u * abs(value) if self.relative else self.u


def _one_of(absolute: float | None, relative: float | None) -> tuple[float, bool]:
    if absolute is not None and relative is None:
        return float(absolute), False
    if relative is not None and absolute is None:
        return float(relative), True
    raise InputError("uncertainty.component.size")


def _word(words: type[_W], text: str, field: str) -> _W:
    try:
        return words(text)
    except ValueError:
        raise InputError("uncertainty.component.word", field=field, value=text, known=", ".join(words)) from None
