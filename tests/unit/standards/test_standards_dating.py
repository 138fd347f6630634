"""Dating: which value describes a day, as known on another; overlaps and gaps. Brute force over days is the outside witness."""

from __future__ import annotations

import datetime
from decimal import Decimal
from types import MappingProxyType

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tanheng.core.identifiers import ParameterId
from tanheng.core.states import CheckState
from tanheng.standards import Layer, Parameter, ParameterValue, RulePack, RuleStatus, Text, ValueMissingError
from tanheng.standards._dating import check_dates
from tanheng.standards._draft import Draft, ParameterDraft

ID = ParameterId("site.test.factor")
TITLE = Text("测试", "Test")
START = datetime.date(2024, 1, 1)
SPAN = 30
DAYS = [START + datetime.timedelta(days=offset) for offset in range(SPAN)]

days = st.sampled_from(DAYS)
Period = tuple[datetime.date, datetime.date | None]


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start, end = draw(days), draw(st.none() | days)
    return (start, end) if end is None or start <= end else (end, start)


def value(period: Period, known: datetime.date, number: int, *, reason: Text | None = TITLE) -> ParameterValue:
    return ParameterValue(
        id=ID,
        title=TITLE,
        document="site-letter",
        place=TITLE,
        describes_from=period[0],
        describes_to=period[1],
        known_since=known,
        check=CheckState.SECONDARY,
        status=RuleStatus.FINAL,
        note=None,
        reason=reason,
        layer=Layer.SHIPPED,
        file="site.yaml",
        value=Decimal(number),
        digits=str(number),
        unit="t",
    )


@st.composite
def value_lists(draw: st.DrawFn) -> list[ParameterValue]:
    drawn = draw(st.lists(st.tuples(periods(), days), max_size=6))
    return [value(period, known, number) for number, (period, known) in enumerate(drawn)]


def faults(values: list[ParameterValue], required: Period | None = None) -> list[str]:
    draft = Draft()
    draft.parameters[ID] = ParameterDraft(ID, TITLE, "t", {}, required, Layer.SHIPPED, "site.yaml", values=list(values))
    check_dates(draft)
    return [finding.code for finding in draft.findings]


def pack(values: list[ParameterValue]) -> RulePack:
    ordered = tuple(sorted(values, key=lambda item: (item.describes_from, item.known_since)))
    parameter = Parameter(ID, TITLE, "t", MappingProxyType({}), None, ordered, Layer.SHIPPED)
    return RulePack(documents={}, parameters={ID: parameter}, tables={}, rulebooks={}, content={})


def answer(values: list[ParameterValue], on: datetime.date, known: datetime.date | None) -> str | None:
    try:
        return pack(values).value(ID, on=on, known=known).digits
    except ValueMissingError:
        return None


def described(item: ParameterValue) -> set[datetime.date]:
    return {day for day in DAYS if item.describes_from <= day and (item.describes_to is None or day <= item.describes_to)}


@given(value_lists(), days, st.none() | days)
def test_a_value_found_describes_the_day_and_was_known(
    values: list[ParameterValue], on: datetime.date, known: datetime.date | None
) -> None:
    assume(not faults(values))
    candidates = [item for item in values if on in described(item) and (known is None or item.known_since <= known)]
    best = max(candidates, key=lambda item: item.known_since, default=None)
    assert answer(values, on, known) == (best.digits if best else None)


@given(value_lists(), periods(), days, days, days)
def test_what_becomes_known_later_never_changes_what_was_answered_before(
    values: list[ParameterValue], period: Period, on: datetime.date, known: datetime.date, later: datetime.date
) -> None:
    assume(known < later)
    assert answer([*values, value(period, later, 99)], on, known) == answer(values, on, known)


@given(value_lists(), days, st.none() | days)
def test_the_latest_is_the_value_of_the_day_where_there_is_one(
    values: list[ParameterValue], on: datetime.date, known: datetime.date | None
) -> None:
    found = answer(values, on, known)
    assume(found is not None)
    assert pack(values).latest(ID, on=on, known=known).digits == found


@given(value_lists(), days)
def test_the_latest_stands_in_from_the_time_that_ended_last(values: list[ParameterValue], on: datetime.date) -> None:
    assume(not faults(values))
    assume(answer(values, on, None) is None)
    ended = [item for item in values if item.describes_to is not None and item.describes_to < on]
    if not ended:
        with pytest.raises(ValueMissingError):
            pack(values).latest(ID, on=on)
        return
    found = pack(values).latest(ID, on=on)
    assert found.describes_to == max(item.describes_to for item in ended if item.describes_to is not None)


@given(periods(), periods())
def test_two_periods_overlap_exactly_when_they_share_a_day(first: Period, second: Period) -> None:
    left, right = value(first, START, 1), value(second, START, 2)
    shared = bool(described(left) & described(right))
    assert left.overlaps(right) == right.overlaps(left) == shared
    assert faults([left, right]) == (["standards.value.overlap"] if shared else [])


@given(periods(), periods())
def test_a_superseding_value_needs_a_reason(first: Period, second: Period) -> None:
    old = value(first, START, 1)
    new = value(second, START + datetime.timedelta(days=1), 2, reason=None)
    shared = bool(described(old) & described(new))
    assert faults([old, new]) == (["standards.value.no_reason"] if shared else [])


@given(st.lists(periods(), max_size=5), periods())
def test_a_gap_is_found_exactly_when_a_required_day_has_no_value(spans: list[Period], required: Period) -> None:
    values = [value(span, START + datetime.timedelta(days=number), number) for number, span in enumerate(spans)]
    wanted = described(value(required, START, 0))
    covered = set[datetime.date]().union(*(described(item) for item in values)) if values else set()
    runs_on = required[1] is not None or any(item.describes_to is None for item in values)
    has_gap = "standards.value.gap" in faults(values, required)
    assert has_gap == (not wanted <= covered or not runs_on)


def test_a_gap_between_two_values_is_named_with_its_first_and_last_day() -> None:
    draft = Draft()
    values = [value((DAYS[0], DAYS[4]), START, 1), value((DAYS[10], None), START, 2)]
    required = (DAYS[0], None)
    draft.parameters[ID] = ParameterDraft(ID, TITLE, "t", {}, required, Layer.SHIPPED, "site.yaml", values=[*values])
    check_dates(draft)
    (gap,) = draft.findings
    assert (gap.fields["start"], gap.fields["end"]) == (DAYS[5], DAYS[9])


def test_a_value_to_the_end_of_the_calendar_leaves_no_gap() -> None:
    assert faults([value((DAYS[0], datetime.date.max), START, 1)], (DAYS[0], None)) == []
