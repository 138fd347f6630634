"""The state of a certificate on a day, and which one counts."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.metrology.instruments.certificate import Certificate, CertificateKind, Result, TraceState
from tanheng.metrology.instruments.trace import in_force, state_of

ISSUED = datetime.date(2026, 1, 10)
LAST = datetime.date(2027, 1, 9)
GOOD = Certificate(
    instrument="JL-01",
    number="A-1",
    kind=CertificateKind.VERIFICATION,
    issuer="某计量院",
    issued_on=ISSUED,
    valid_to=LAST,
    result=Result.QUALIFIED,
    accuracy_class="0.5",
    confirmed_on=ISSUED,
    fit=True,
)
LATER = replace(
    GOOD, number="A-2", issued_on=datetime.date(2026, 12, 1), valid_to=datetime.date(2027, 11, 30), confirmed_on=None, fit=None
)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("on", "state"),
    [
        ("2026-01-09", TraceState.NEVER),  # the day before it was issued
        ("2026-01-10", TraceState.VALID),
        ("2026-12-10", TraceState.VALID),  # 30 days are left
        ("2026-12-11", TraceState.DUE_SOON),  # 29 days are left
        ("2027-01-09", TraceState.DUE_SOON),  # the last day still counts
        ("2027-01-10", TraceState.OVERDUE),
    ],
)
def test_a_certificate_is_valid_then_due_soon_then_overdue(on: str, state: TraceState) -> None:
    assert state_of([GOOD], day(on)) is state


def test_without_a_certificate_an_instrument_was_never_traced() -> None:
    assert state_of([], ISSUED) is TraceState.NEVER
    assert in_force([], ISSUED) is None


def test_a_certificate_counts_from_its_confirmation_on() -> None:
    late = replace(GOOD, confirmed_on=day("2026-01-20"))
    assert state_of([late], day("2026-01-19")) is TraceState.UNCONFIRMED
    assert state_of([late], day("2026-01-20")) is TraceState.VALID


def test_an_unconfirmed_certificate_does_not_end_the_earlier_one() -> None:
    assert in_force([GOOD, LATER], day("2026-12-05")) == GOOD
    assert state_of([GOOD, LATER], day("2026-12-05")) is TraceState.VALID
    assert state_of([GOOD, LATER], day("2027-02-01")) is TraceState.UNCONFIRMED


def test_a_notice_of_a_failed_verification_ends_the_earlier_one_at_once() -> None:
    notice = replace(LATER, kind=CertificateKind.RESULT_NOTICE, result=Result.UNQUALIFIED, valid_to=None)
    assert state_of([GOOD, notice], day("2026-12-01")) is TraceState.FAILED
    assert in_force([GOOD, notice], day("2026-12-01")) is None
    assert state_of([GOOD, notice], day("2026-11-30")) is TraceState.VALID


def test_what_was_confirmed_as_unfit_failed() -> None:
    assert state_of([replace(GOOD, fit=False)], day("2026-02-01")) is TraceState.FAILED


def test_a_later_good_certificate_ends_a_failure() -> None:
    notice = replace(GOOD, kind=CertificateKind.RESULT_NOTICE, result=Result.UNQUALIFIED, number="A-0")
    mended = replace(LATER, confirmed_on=day("2026-12-02"), fit=True)
    assert state_of([notice, mended], day("2026-12-03")) is TraceState.VALID


def test_without_a_last_day_it_stays_valid() -> None:
    assert state_of([replace(GOOD, valid_to=None)], day("2040-01-01")) is TraceState.VALID


@given(st.permutations([GOOD, LATER, replace(GOOD, number="A-0", issued_on=day("2025-01-01"), valid_to=day("2025-12-31"))]))
def test_the_order_of_the_certificates_does_not_matter(certificates: list[Certificate]) -> None:
    assert state_of(certificates, day("2026-12-20")) is TraceState.DUE_SOON
    assert in_force(certificates, day("2026-12-20")) == GOOD
