"""The life of an instrument: steps that may follow each other, and verification before use."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.metrology.instruments.certificate import TraceState
from tanheng.metrology.instruments.lifecycle import FOLLOWING, forbidden, lacks, repaired_on, state_on
from tanheng.metrology.instruments.model import Spell, UseState

START = datetime.date(2026, 3, 1)


def life(*states: UseState) -> tuple[Spell, ...]:
    return tuple(Spell(start=START + datetime.timedelta(days=30 * number), state=state) for number, state in enumerate(states))


def test_before_its_first_step_an_instrument_waits_to_be_accepted() -> None:
    assert state_on(life(UseState.IN_SERVICE), START - datetime.timedelta(days=1)) is UseState.PENDING


def test_a_state_holds_until_the_next_step() -> None:
    states = life(UseState.IN_SERVICE, UseState.REPAIR)
    assert state_on(states, START) is UseState.IN_SERVICE
    assert state_on(states, START + datetime.timedelta(days=29)) is UseState.IN_SERVICE
    assert state_on(states, START + datetime.timedelta(days=30)) is UseState.REPAIR


def test_a_whole_life_is_allowed() -> None:
    states = (
        UseState.IN_SERVICE,
        UseState.SEALED_UP,
        UseState.IN_SERVICE,
        UseState.REPAIR,
        UseState.DOWNGRADED,
        UseState.OUT_OF_SERVICE,
        UseState.SCRAPPED,
    )
    assert forbidden(life(*states)) is None


@pytest.mark.parametrize("state", [UseState.OUT_OF_SERVICE, UseState.REPAIR, UseState.SCRAPPED])
def test_what_is_taken_over_may_begin_in_any_state(state: UseState) -> None:
    steps = life(state)
    assert forbidden(steps, taken_over=steps[0]) is None
    later = Spell(start=START + datetime.timedelta(days=1), state=UseState.REPAIR)
    found = forbidden((*life(UseState.SCRAPPED), later), taken_over=life(UseState.SCRAPPED)[0])
    assert found == (later, life(UseState.SCRAPPED)[0])


@pytest.mark.parametrize("after", list(UseState))
def test_nothing_follows_the_end(after: UseState) -> None:
    found = forbidden(life(UseState.IN_SERVICE, UseState.SCRAPPED, after))
    assert found is not None
    assert (found[0].state, found[1] and found[1].state) == (after, UseState.SCRAPPED)


@pytest.mark.parametrize("state", list(UseState))
def test_no_state_follows_itself(state: UseState) -> None:
    assert state not in FOLLOWING[state]


@pytest.mark.parametrize("state", [UseState.REPAIR, UseState.OUT_OF_SERVICE])
def test_what_was_never_accepted_is_not_repaired_or_stopped(state: UseState) -> None:
    assert forbidden(life(state)) is not None


@pytest.mark.parametrize("trace", [TraceState.OVERDUE, TraceState.FAILED, TraceState.UNCONFIRMED, TraceState.NEVER])
@pytest.mark.parametrize("after", [UseState.IN_SERVICE, UseState.DOWNGRADED])
def test_nothing_enters_service_without_a_good_certificate(trace: TraceState, after: UseState) -> None:
    assert lacks(after, trace, repaired=None, issued=START) is trace


@pytest.mark.parametrize("trace", [TraceState.VALID, TraceState.DUE_SOON])
def test_with_a_good_certificate_it_does(trace: TraceState) -> None:
    assert lacks(UseState.IN_SERVICE, trace, repaired=None, issued=START) is None


def test_after_a_repair_the_certificate_must_be_newer_than_the_repair() -> None:
    day_before = START - datetime.timedelta(days=1)
    assert lacks(UseState.IN_SERVICE, TraceState.VALID, repaired=START, issued=day_before) is TraceState.NEVER
    assert lacks(UseState.IN_SERVICE, TraceState.VALID, repaired=START, issued=START) is None


def test_a_repair_is_remembered_until_the_next_use() -> None:
    states = life(UseState.IN_SERVICE, UseState.REPAIR, UseState.OUT_OF_SERVICE, UseState.IN_SERVICE)
    repair, idle, used = (state.start for state in states[1:])
    assert repaired_on(states, repair - datetime.timedelta(days=1)) is None
    assert repaired_on(states, repair) == repair
    assert repaired_on(states, idle) == repair
    assert repaired_on(states, used) is None


@given(st.sampled_from(list(TraceState)))
def test_leaving_service_asks_for_no_certificate(trace: TraceState) -> None:
    for after in UseState:
        if not after.in_use:
            assert lacks(after, trace, repaired=START, issued=None) is None
