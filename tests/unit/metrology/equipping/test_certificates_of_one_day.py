"""Several certificates of one day: no letter of a number decides whether an instrument failed."""

from __future__ import annotations

import datetime
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from tanheng.metrology.instruments.certificate import CertificateKind, Result
from tanheng.metrology.instruments.trace import in_force, state_of

Makers = Any  # the class of makers in conftest.py, which a test module cannot import
DAY = datetime.date(2026, 3, 2)


# "Result 不合格 stops use at once" (domain text, status engine); only a later certificate or confirmation ends it.
@pytest.mark.parametrize(("good", "bad"), [("1", "2"), ("2", "1"), ("JD-9", "JC-10")])
def test_a_failure_stands_against_a_good_certificate_of_the_same_day(make: Makers, good: str, bad: str) -> None:
    passed = make.certificate("I", issued_on=DAY, number=good)
    notice = replace(
        make.certificate("I", issued_on=DAY, number=bad, result=Result.UNQUALIFIED, confirmed=False),
        kind=CertificateKind.RESULT_NOTICE,
    )
    for both in permutations((passed, notice)):
        assert state_of(both, make.today).value == "failed"
        assert in_force(both, make.today) is None


def test_who_confirms_on_a_later_day_knows_of_the_failure(make: Makers) -> None:
    notice = make.certificate("I", issued_on=DAY, number="2", result=Result.UNQUALIFIED, confirmed=False)
    later = DAY + datetime.timedelta(days=1)
    passed = replace(make.certificate("I", issued_on=DAY, number="1"), confirmed_on=later)
    assert state_of((passed, notice), DAY).value == "failed"
    assert state_of((passed, notice), later).value == "valid"
    assert in_force((passed, notice), later) is passed
