"""Inputs: a value with the components of its uncertainty."""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Self, Unpack

from tanheng.uncertainty.component import Cause, Component, Kind, Shared, Traits
from tanheng.uncertainty.errors import InputError


class Nature(enum.StrEnum):
    """What a value is, where that decides which components its budget must have to be complete."""

    LABORATORY = "laboratory"
    DEFAULT_FACTOR = "default-factor"


# A laboratory quantity speaks for the material, not for the crucible; a default factor for this plant, not for all.
REQUIRED_CAUSES: dict[Nature, tuple[Cause, ...]] = {
    Nature.LABORATORY: (Cause.SAMPLING, Cause.PREPARATION),
    Nature.DEFAULT_FACTOR: (Cause.REPRESENTATIVENESS,),
}


@dataclass(frozen=True, slots=True)
class Input:
    """A value with the components of its uncertainty; without components it is a constant.

    Attributes
    ----------
    value : float
        Best estimate, in the unit the model expects.
    components : tuple of Component
    nature : Nature or None
        Says which components may not be missing.
    """

    value: float
    components: tuple[Component, ...] = ()
    nature: Nature | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise InputError("uncertainty.input.value", value=self.value)
        groups = [component.group for component in self.components if component.group is not None]
        for group in groups:
            if groups.count(group) > 1:
                raise InputError("uncertainty.input.group_twice", group=group)

    @classmethod
    def of(cls, value: float | Decimal, components: Iterable[Component] = (), *, nature: str | None = None) -> Self:
        """Return an input with several components.

        Parameters
        ----------
        value : float
            A number, or a ``Decimal`` from the accounting kernel.
        components : iterable of Component
        nature : {"laboratory", "default-factor"}, optional

        Raises
        ------
        InputError
            For a value that is no finite number, a group named twice, or an unknown nature.
        """
        try:
            kind = Nature(nature) if nature is not None else None
        except ValueError:
            raise InputError("uncertainty.component.word", field="nature", value=nature, known=", ".join(Nature)) from None
        return cls(float(value), tuple(components), kind)

    @classmethod
    def normal(cls, value: float, u: float, dof: float = math.inf, **traits: Unpack[Shared]) -> Self:
        """Return an input with one normal component of standard uncertainty ``u``."""
        return cls.of(value, [Component.normal(u=u, dof=dof, **traits)])

    @classmethod
    def rectangular(cls, value: float, half_width: float, **traits: Unpack[Traits]) -> Self:
        """Return an input that lies anywhere within ``±half_width``, with the same probability."""
        return cls.of(value, [Component.rectangular(half_width=half_width, **traits)])

    @classmethod
    def triangular(cls, value: float, half_width: float, **traits: Unpack[Traits]) -> Self:
        """Return an input that lies within ``±half_width``, more likely near the middle."""
        return cls.of(value, [Component.triangular(half_width=half_width, **traits)])

    @classmethod
    def arcsine(cls, value: float, half_width: float, **traits: Unpack[Traits]) -> Self:
        """Return an input that swings sinusoidally within ``±half_width``."""
        return cls.of(value, [Component.arcsine(half_width=half_width, **traits)])

    @classmethod
    def student_t(cls, value: float, scale: float, dof: float, *, stated: str = "scale", **traits: Unpack[Shared]) -> Self:
        """Return an input drawn from Student's t; ``stated`` says what ``scale`` is (:meth:`Component.student_t`)."""
        return cls.of(value, [Component.student_t(scale=scale, stated=stated, dof=dof, **traits)])

    @property
    def u(self) -> float:
        """Combined standard uncertainty of the input itself."""
        return math.sqrt(math.fsum(component.at(self.value) ** 2 for component in self.components))

    @property
    def missing(self) -> tuple[Cause, ...]:
        """Causes that a complete budget of such a quantity names and this one does not."""
        if self.nature is None:
            return ()
        present = {component.cause for component in self.components}
        return tuple(cause for cause in REQUIRED_CAUSES[self.nature] if cause not in present)

    def only(self, kind: Kind) -> Self:
        """Return the input with its random or its systematic components alone."""
        return replace(self, components=tuple(component for component in self.components if component.kind is kind))

    def without(self, *, cause: Cause) -> Self:
        """Return the input without its components of one cause, to ask what an upgrade would buy."""
        return replace(self, components=tuple(component for component in self.components if component.cause is not cause))
