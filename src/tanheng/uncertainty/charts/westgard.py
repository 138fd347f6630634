"""Westgard's rules for control samples of a laboratory (J. O. Westgard and others, Clin. Chem. 27 (1981) 493).

A run may hold one control sample or several (two levels of a coal, say): R-4s looks across the samples of one run, the
other rules along the runs of each sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tanheng.uncertainty.charts.baseline import Baseline
from tanheng.uncertainty.errors import ChartError


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that is broken.

    Attributes
    ----------
    rule : str
        ``"1-2s"`` (a warning), ``"1-3s"``, ``"2-2s"``, ``"R-4s"``, ``"4-1s"`` or ``"10-x"``.
    sample : int
        Control sample (from 0); the first of the two for R-4s.
    place : int
        Run (from 0) at which the rule is broken.
    """

    rule: str
    sample: int
    place: int

    @property
    def rejects(self) -> bool:
        """Say whether the run is to be rejected; 1-2s alone only warns."""
        return self.rule != "1-2s"


def westgard(controls: Sequence[Sequence[float]], *, references: Sequence[Baseline]) -> tuple[Violation, ...]:
    """Return the rules that control samples break, in the order of the runs.

    Parameters
    ----------
    controls : sequence of sequences
        One row of values for each control sample, a value a run.
    references : sequence of Baseline
        One for each control sample.

    Raises
    ------
    ChartError
        When rows and baselines do not fit, or rows are of unequal length.
    """
    if len(controls) != len(references) or len({len(row) for row in controls}) != 1:
        raise ChartError("uncertainty.chart.controls", rows=len(controls), references=len(references))
    table = [reference.standardised(row).tolist() for row, reference in zip(controls, references, strict=True)]
    found: list[Violation] = []
    for place in range(len(table[0])):
        for sample, z in enumerate(table):
            found += [Violation(rule, sample, place) for rule in _along(z, place)]
        found += [
            Violation("R-4s", sample, place)
            for sample in range(len(table))
            for other in range(sample + 1, len(table))
            if _apart(table[sample][place], table[other][place])
        ]
        if len(table) == 1 and place and _apart(table[0][place - 1], table[0][place]):
            found.append(Violation("R-4s", 0, place))
    return tuple(found)


def _apart(one: float, other: float) -> bool:
    """Say whether one value lies above +2 s and the other below −2 s."""
    return max(one, other) > 2 and min(one, other) < -2


def _along(z: Sequence[float], place: int) -> list[str]:
    broken = []
    if abs(z[place]) > 3:
        broken.append("1-3s")
    elif abs(z[place]) > 2:
        broken.append("1-2s")
    for rule, count, limit in (("2-2s", 2, 2.0), ("4-1s", 4, 1.0), ("10-x", 10, 0.0)):
        last = z[place - count + 1 : place + 1] if place + 1 >= count else []
        if last and (min(last) > limit or max(last) < -limit):
            broken.append(rule)
    return broken
