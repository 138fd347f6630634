"""The report's statement says what the bundle must hold; a payload of another shape is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.evidence.errors import ReportError
from tanheng.evidence.report import REPORT, RULES, AccountReport, Rules


def report(parts: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(parts.members[REPORT])
    return found


def refused(found: object) -> ReportError:
    with pytest.raises(ReportError) as caught:
        AccountReport.decode(json.dumps(found).encode())
    return caught.value


def test_a_report_comes_back_from_its_bytes(parts: Any) -> None:
    assert AccountReport.decode(parts.members[REPORT]).encode() == parts.members[REPORT]
    assert Rules.decode(parts.members[RULES]).encode() == parts.members[RULES]


def test_the_report_names_plant_year_total_and_every_file(parts: Any) -> None:
    found = AccountReport.decode(parts.members[REPORT])
    assert (found.plant, found.year) == ("european-commission-cement", 2025)
    assert found.totals == {"installation.direct": ("1037310.000000000000", "tCO2")}
    assert list(found.files) == ["report/inventory.json", "report/report.pdf", "report/report.xlsx"]
    assert list(found.inputs) == ["inputs/activity.csv", "inputs/plant.yaml"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("schema", "account-report/2"),
        ("plant", 7),
        ("year", "2025"),
        ("year", None),
        ("known", 2025),
        ("rule_pack", "0" * 64),
        ("rule_pack", None),
        ("rulebook", {}),
        ("rulebook", {"id": "eu.2025-2547", "digest": "sha256:00"}),
        ("rulebook", []),
        ("log_key", {"id": "x"}),
        ("log_key", {"id": "x", "record": 1}),
        ("files", []),
        ("files", {"report/report.pdf": "00"}),
        ("files", {"checkpoint": "0" * 64}),
        ("files", {"../report.pdf": "0" * 64}),
        ("inputs", {"report/report.pdf": "0" * 64}),
        ("inputs", None),
        ("totals", []),
        ("totals", {"installation.direct": "1037310"}),
        ("totals", {"installation.direct": {"value": 1037310, "unit": "tCO2"}}),
        ("totals", {"installation.direct": {"value": "1037310"}}),
        ("more", 1),
    ],
)
def test_a_field_of_another_kind_is_refused(parts: Any, field: str, value: object) -> None:
    assert refused(report(parts) | {field: value}).object == REPORT


@pytest.mark.parametrize("field", ["schema", "plant", "year", "known", "rule_pack", "rulebook", "log_key", "files", "totals"])
def test_a_field_that_is_missing_is_refused(parts: Any, field: str) -> None:
    found = report(parts)
    del found[field]
    refused(found)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_report_are_refused_with_an_error_of_ours(data: bytes) -> None:
    with pytest.raises(ReportError):
        AccountReport.decode(data)


@pytest.mark.parametrize("data", [b"[" * 100_000, b"[]", b'{"schema": "rule-pack/1"}'])
def test_rules_of_another_shape_are_refused(data: bytes) -> None:
    with pytest.raises(ReportError):
        Rules.decode(data)
