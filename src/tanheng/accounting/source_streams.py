"""Classes of source streams (碳源流分类): major, minor, de minimis, by dated limits of the rule pack.

The texts say "at least 5000 t *or* at least 10 %" for major and "less than 1000 t *or* less than 2 %" for de minimis, so that
one stream can be both. Two readings make it one class:

* *strictest* (the project's choice): the stricter of the class by tonnes and the class by share;
* *EU style*: the higher of the two limits applies, and all de-minimis streams together stay within a cap; the largest beyond
  it become minor.

Every result names the rule set and the reading, and shows the other reading's class beside its own where they differ.
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from tanheng.accounting.errors import SourceStreamError
from tanheng.accounting.plant import Plant, Stream, StreamKind, Words
from tanheng.core.numbers import calculating
from tanheng.core.states import CheckState
from tanheng.core.units import convert
from tanheng.standards import ParameterValue, RulePack

CAP = "cn.source_stream.de_minimis_cap"


class Figure(Protocol):
    """What is read of a figure: its value in tCO2, None when blank, and its title."""

    @property
    def value(self) -> Decimal | None:
        """The year's amount."""

    @property
    def title(self) -> Words:
        """Its words."""


class Grade(enum.StrEnum):
    """Class of a source stream, strictest first."""

    MAJOR = "major"  # 主要源流
    MINOR = "minor"  # 次要源流
    DE_MINIMIS = "de_minimis"  # 微量源流

    @property
    def rank(self) -> int:
        """0 for major: the smaller, the stricter."""
        return list(Grade).index(self)


class Reading(enum.StrEnum):
    """How the "or" of the limits is read."""

    STRICTEST = "strictest"
    EU_STYLE = "eu_style"

    @property
    def other(self) -> Reading:
        """The reading that is not this one."""
        return Reading.EU_STYLE if self is Reading.STRICTEST else Reading.STRICTEST


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Limits of one document, in tCO2 and as shares; ``cap`` belongs to the EU style.

    The limits' own state is ``check``; the readings are the project's and unverified.
    """

    id: str
    title: Words
    document: str
    check: CheckState
    major_tonnes: Decimal
    major_share: Decimal
    de_minimis_tonnes: Decimal
    de_minimis_share: Decimal
    cap: Decimal


@dataclass(frozen=True, slots=True)
class SourceStream:
    """A source stream and what it emits in the year, tCO2."""

    id: str
    title: Words
    emission: Decimal


@dataclass(frozen=True, slots=True)
class Classified:
    """A source stream with its class by tonnes, by share, by the reading chosen and by the other one."""

    stream: SourceStream
    share: Decimal
    by_tonnes: Grade
    by_share: Grade
    grade: Grade
    other: Grade

    @property
    def differs(self) -> bool:
        """Whether the other reading gives another class."""
        return self.grade is not self.other


@dataclass(frozen=True, slots=True)
class Classification:
    """All source streams of an account with their classes, largest first."""

    rules: RuleSet
    reading: Reading
    total: Decimal
    streams: tuple[Classified, ...]


def rule_set(pack: RulePack, identifier: str, *, on: datetime.date | None = None) -> RuleSet:
    """Return the limits of a document: ``cn.jjf2309.source_stream`` or ``cn.db50t.source_stream``.

    They classify a plant for its metering, and change no figure: whatever year is accounted, the newest serve unless a day
    is asked for.

    Raises
    ------
    UnknownIdError
        When the rule pack has no such table.
    ValueMissingError
        When it says nothing about the day ``on``.
    """
    table = pack.table(identifier)
    cells = {
        (row, column): _limit(pack, table.cell(row, column), on)
        for row in ("major", "de_minimis")
        for column in ("tonnes", "share")
    }
    cap = _limit(pack, CAP, on)
    return RuleSet(
        id=identifier,
        title={"zh": table.title.zh, "en": table.title.en},
        document=table.document,
        check=max((cell.check for cell in cells.values()), key=lambda state: state.rank),
        major_tonnes=_in(cells["major", "tonnes"], "tCO2e"),
        major_share=_in(cells["major", "share"], "1"),
        de_minimis_tonnes=_in(cells["de_minimis", "tonnes"], "tCO2e"),
        de_minimis_share=_in(cells["de_minimis", "share"], "1"),
        cap=_in(cap, "tCO2e"),
    )


def _limit(pack: RulePack, identifier: str, on: datetime.date | None) -> ParameterValue:
    return pack.value(identifier, on=on or pack.parameter(identifier).values[-1].describes_from)


def _in(value: ParameterValue, unit: str) -> Decimal:
    return convert(value.value, value.unit, unit)


def classify(streams: Sequence[SourceStream], rules: RuleSet, *, reading: Reading = Reading.STRICTEST) -> Classification:
    """Return the streams with their classes, largest first.

    Raises
    ------
    SourceStreamError
        When a stream emits less than nothing.
    """
    for stream in streams:
        if stream.emission < 0:
            raise SourceStreamError("accounting.source_stream.negative", id=stream.id, value=stream.emission)
    ordered = sorted(streams, key=lambda stream: (-stream.emission, stream.id))
    with calculating():
        total = sum((stream.emission for stream in ordered), Decimal(0))
        shares = [stream.emission / total if total else Decimal(0) for stream in ordered]
        grades = {
            Reading.STRICTEST: [_strictest(one, share, rules) for one, share in zip(ordered, shares, strict=True)],
            Reading.EU_STYLE: _eu_style(ordered, total, rules),
        }
    return Classification(
        rules,
        reading,
        total,
        tuple(
            Classified(stream, share, _by_tonnes(stream, rules), _by_share(share, rules), grade, other)
            for stream, share, grade, other in zip(ordered, shares, grades[reading], grades[reading.other], strict=True)
        ),
    )


def streams_of(plant: Plant, figures: Mapping[str, Figure]) -> list[SourceStream] | None:
    """Return the source streams of an account with their emissions of the year, or None when one is blank.

    A fuel metered once for several lines is one stream. Alternative fuels come with their fossil part, also where the rule
    book keeps it out of the compliance total; where no material has an emission of its own, the process of a line is a stream.
    """
    found: list[SourceStream] = []
    for stream in plant.streams:
        values = [figures[name].value for name in _emissions(figures, stream)]
        if any(value is None for value in values):
            return None
        if values:
            emission = sum((value for value in values if value is not None), Decimal(0))
            found.append(SourceStream(f"{stream.scope}.{stream.kind}.{stream.id}", stream.title, emission))
    materials = {one.id for one in found if f".{StreamKind.MATERIAL}." in one.id}
    for line in plant.lines:
        process = figures.get(f"line.{line.id}.process")
        if process is None or any(name.startswith(f"line.{line.id}.") for name in materials):
            continue
        if process.value is None:
            return None
        found.append(SourceStream(f"line.{line.id}.process", process.title, process.value))
    return found


def _emissions(figures: Mapping[str, Figure], stream: Stream) -> list[str]:
    """Return the ids of the year's figures that say what a stream emits, one for each line that shares it."""
    scopes = [f"line.{line}" for line in stream.shared_by] if stream.scope == "site" else [stream.scope]
    names = [f"{scope}.{stream.kind}.{stream.id}.{part}" for scope in scopes for part in ("emission", "emission_recorded")]
    return [name for name in names if name in figures]


def _by_tonnes(stream: SourceStream, rules: RuleSet) -> Grade:
    return _graded(stream.emission, rules.major_tonnes, rules.de_minimis_tonnes)


def _by_share(share: Decimal, rules: RuleSet) -> Grade:
    return _graded(share, rules.major_share, rules.de_minimis_share)


def _graded(value: Decimal, major: Decimal, de_minimis: Decimal) -> Grade:
    """Return the class of a value: major from its limit on, de minimis below its own."""
    if value >= major:
        return Grade.MAJOR
    return Grade.DE_MINIMIS if value < de_minimis else Grade.MINOR


def _strictest(stream: SourceStream, share: Decimal, rules: RuleSet) -> Grade:
    return min(_by_tonnes(stream, rules), _by_share(share, rules), key=lambda grade: grade.rank)


def _eu_style(ordered: Sequence[SourceStream], total: Decimal, rules: RuleSet) -> list[Grade]:
    """Return the classes by the higher of the two limits; smallest first, de-minimis streams fill the cap."""
    major = max(rules.major_tonnes, rules.major_share * total)
    de_minimis = max(rules.de_minimis_tonnes, rules.de_minimis_share * total)
    used, grades = Decimal(0), []
    for stream in reversed(ordered):
        grade = _graded(stream.emission, major, de_minimis)
        if grade is Grade.DE_MINIMIS:
            used += stream.emission
            grade = Grade.DE_MINIMIS if used <= rules.cap else Grade.MINOR
        grades.append(grade)
    return grades[::-1]
