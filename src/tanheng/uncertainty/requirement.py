"""Required uncertainties: dated data, and whether a result meets them.

Parameters, totals and methods may carry a required U, such as a tier of a regulation or a plant's own target. It is data
with a source, a check state and the days it holds for; nothing is required by this code.
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterable
from dataclasses import dataclass

from tanheng.core.states import CheckState
from tanheng.uncertainty.errors import InputError
from tanheng.uncertainty.gum import Propagated


class Verdict(enum.StrEnum):
    """Whether a result meets a required uncertainty."""

    MET = "met"
    NOT_MET = "not-met"
    INCOMPLETE = "incomplete"


VERDICT_WORDS: dict[Verdict, dict[str, str]] = {
    Verdict.MET: {"zh": "满足", "en": "met"},
    Verdict.NOT_MET: {"zh": "不满足", "en": "not met"},
    Verdict.INCOMPLETE: {"zh": "评定不完整，不能判定满足", "en": "incomplete, cannot be said to be met"},
}


@dataclass(frozen=True, slots=True)
class Requirement:
    """A required expanded uncertainty.

    Attributes
    ----------
    id : str
        Of the requirement.
    largest : float
        Largest U allowed, as a part of the value (``0.025`` for 2.5 %).
    p : float
        Coverage probability it is stated for.
    source : str
        Document and place.
    state : CheckState
    begins, ends : date
        First and last day it holds for; None when open.
    """

    id: str
    largest: float
    p: float
    source: str
    state: CheckState
    begins: datetime.date | None = None
    ends: datetime.date | None = None

    def __post_init__(self) -> None:
        if not self.largest > 0 or not 0 < self.p < 1:
            raise InputError("uncertainty.requirement.range", id=self.id, largest=self.largest, p=self.p)
        if self.begins and self.ends and self.ends < self.begins:
            raise InputError("uncertainty.requirement.dates", id=self.id, begins=self.begins, ends=self.ends)

    def holds_on(self, day: datetime.date) -> bool:
        """Say whether the requirement holds on ``day``."""
        return (self.begins is None or self.begins <= day) and (self.ends is None or day <= self.ends)


@dataclass(frozen=True, slots=True)
class Judged:
    """A result beside a required uncertainty; ``relative`` is U as a part of the value."""

    requirement: Requirement
    verdict: Verdict
    relative: float


def applicable(requirements: Iterable[Requirement], *, day: datetime.date) -> tuple[Requirement, ...]:
    """Return the requirements that hold on ``day``."""
    return tuple(item for item in requirements if item.holds_on(day))


def judge(result: Propagated, requirement: Requirement) -> Judged:
    """Return whether a result meets a required uncertainty.

    An incomplete budget gives a lower bound of U: it can miss a requirement, and never meet one.
    """
    relative = result.expanded(requirement.p).U / abs(result.value) if result.value else float("inf")
    if relative > requirement.largest:
        verdict = Verdict.NOT_MET
    elif not result.complete:
        verdict = Verdict.INCOMPLETE
    else:
        verdict = Verdict.MET
    return Judged(requirement, verdict, relative)
