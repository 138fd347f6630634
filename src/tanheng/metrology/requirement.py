"""What a requirement rests on, and what missing it may cause: the one table from check states to outcomes.

A requirement that nobody has read in print warns; a second-hand one gives an observation; only one that was read, or that two
authorised persons have confirmed, gives a non-conformity (design §9). What a certificate itself says needs no such rule: an
overdue, failed or missing one is a non-conformity whatever the requirement rests on.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from tanheng.accounting.plant import Words
from tanheng.core.states import CheckState, Severity
from tanheng.standards import Dated, TextValue


class Outcome(enum.StrEnum):
    """What is said of a requirement that is not met, worst first."""

    NON_CONFORMITY = "non_conformity"  # 不符合
    OBSERVATION = "observation"  # 观察项
    WARNING = "warning"  # 提醒

    @property
    def rank(self) -> int:
        """0 for a non-conformity: the smaller, the worse."""
        return list(Outcome).index(self)

    @property
    def severity(self) -> Severity:
        """The weight of a finding of this outcome."""
        return _SEVERITY[self]


OUTCOME_OF: Mapping[CheckState, Outcome] = {
    CheckState.VERIFIED: Outcome.NON_CONFORMITY,
    CheckState.SECONDARY: Outcome.OBSERVATION,
    CheckState.UNVERIFIED: Outcome.WARNING,
}
"""What missing a requirement causes, by how sure we are of it."""

_SEVERITY: Mapping[Outcome, Severity] = {
    Outcome.NON_CONFORMITY: Severity.ERROR,
    Outcome.OBSERVATION: Severity.NOTICE,
    Outcome.WARNING: Severity.WARNING,
}

SEVERITY_OF: Mapping[CheckState, Severity] = {check: outcome.severity for check, outcome in OUTCOME_OF.items()}
"""The same as weights of findings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Where a requirement comes from.

    Attributes
    ----------
    id : str
        Its id in the rule pack; empty for what the plant itself demands.
    printed : Words
        What stands there, in both languages.
    document : str
        Id of the document; empty for the plant's own plan.
    check : CheckState
        As shipped.
    note : Words or None
        A doubt or limit that goes with it, such as another source that prints something else.
    confirmed : bool
        Whether two authorised persons compared it with print.
    """

    id: str
    printed: Words = field(hash=False)
    document: str
    place: Words = field(hash=False)
    check: CheckState
    note: Words | None = field(default=None, hash=False)
    confirmed: bool = False

    @property
    def strength(self) -> CheckState:
        """How sure we may be: verified once two persons have confirmed it."""
        return CheckState.VERIFIED if self.confirmed else self.check


def basis_of(value: Dated) -> Basis:
    """Return what a value of the rule pack rests on."""
    text = value.text if isinstance(value, TextValue) else None
    return Basis(
        id=str(value.id),
        printed={"zh": text.zh, "en": text.en} if text else {"zh": value.printed, "en": value.printed},
        document=value.document,
        place={"zh": value.place.zh, "en": value.place.en},
        check=value.check,
        note={"zh": value.note.zh, "en": value.note.en} if value.note is not None else None,
        confirmed=bool(value.confirmations),
    )
