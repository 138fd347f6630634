"""Deadlines against the table of the work notices of 2025 and 2026 (``domain/management.md`` B.4)."""

from __future__ import annotations

import datetime

import pytest

from tanheng.platform.accounts.roles import Role
from tanheng.platform.notice.duties import last_day, rules


# Month end + 40 natural days, worked out by hand in the table.
@pytest.mark.parametrize(
    ("month", "due"),
    [
        ("2025-07", "2025-09-09"),
        ("2026-09", "2026-11-09"),
        ("2026-10", "2026-12-10"),
        ("2026-11", "2027-01-09"),
        ("2026-12", "2027-02-09"),
        ("2027-01", "2027-03-12"),
    ],
)
def test_monthly_evidence_is_due_forty_days_after_the_month(month: str, due: str) -> None:
    deadline = rules()["monthly-evidence"].deadline(month)
    assert deadline is not None
    assert deadline.due(month) == datetime.date.fromisoformat(due)


@pytest.mark.parametrize(("year", "due"), [("2024", "2025-06-30"), ("2025", "2026-03-31"), ("2026", "2027-03-31")])
def test_the_annual_report_follows_the_notice_of_its_year(year: str, due: str) -> None:
    deadline = rules()["annual-report"].deadline(year)
    assert deadline is not None
    assert deadline.due(year) == datetime.date.fromisoformat(due)


def test_a_month_before_the_first_notice_has_no_deadline() -> None:
    assert rules()["monthly-evidence"].deadline("2025-06") is None


def test_every_rule_names_roles_that_exist_and_both_languages() -> None:
    for rule in rules().values():
        assert {Role(role) for role in rule.roles}
        assert set(rule.title) == {"zh", "en"}
        assert all(set(deadline.source) == {"zh", "en"} for deadline in rule.deadlines)


def test_the_last_day_of_a_period_knows_leap_years() -> None:
    assert last_day("2028-02") == datetime.date(2028, 2, 29)
    assert last_day("2026") == datetime.date(2026, 12, 31)
