"""The report's statement says what the bundle must hold; a payload of another shape is refused."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.evidence import Account, Archive, making, state_account, verify
from tanheng.evidence.errors import BundleError, ReportError
from tanheng.evidence.plant_log import Draft
from tanheng.evidence.report import REPORT, RULES, AccountReport, Rules
from tanheng.trust.statement import StatementType


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


# A plant that signs, in its own log, a report that does not say what the bundle holds.

ZERO = "sha256:" + "0" * 64


def signed(shop: Any, account: Account, change: Callable[[AccountReport], dict[str, Any]]) -> Archive:
    """The bundle of an account whose report statement was changed before it was stated."""
    *others, last = state_account(shop.log, account, shop.pack, time_ms=shop.time_ms, salt=shop.salt)
    report = AccountReport.decode(last.payload)
    changed = dataclasses.replace(report, **change(report)).encode()
    about: dict[str, Any] = {"type": StatementType.REPORT, "subject": last.statement.subject, "media": last.statement.media}
    stated = shop.log.state([Draft(**about, payload=changed)], time_ms=shop.time_ms, salt=shop.salt)
    return Archive(making.assemble(shop.log, account, [*others, *stated], shop.pack))


@pytest.mark.parametrize(
    ("change", "code", "named"),
    [
        (lambda _: {"plant": "another"}, "evidence.report.document", "plant.id"),
        (lambda _: {"year": 2024}, "evidence.report.document", "plant.year"),
        (lambda _: {"known": "2026-01-31"}, "evidence.report.document", "known"),
        (lambda _: {"totals": {}}, "evidence.report.document", "totals"),
        (
            lambda _: {"totals": {"installation.direct": ("1037309.000000000000", "tCO2")}},
            "evidence.report.document",
            "1037309",
        ),
        (lambda found: {"rules": dataclasses.replace(found.rules, rule_pack=ZERO)}, "evidence.report.rules", ZERO),
        (lambda found: {"rules": dataclasses.replace(found.rules, book="cn.cets")}, "evidence.report.rules", "rule-pack.json"),
        (lambda _: {"key": "0" * 32}, "evidence.report.key", "0" * 32),
        (lambda _: {"key_record": "0" * 64}, "evidence.report.key", "keys/"),
        (lambda found: {"files": dict(list(found.files.items())[1:])}, "evidence.report.no_inventory", "inventory.json"),
        (lambda found: {"files": {**found.files, "report/report.pdf": "0" * 64}}, "evidence.report.file", "report.pdf"),
        (lambda found: {"files": {**found.files, "report/x": "0" * 64}}, "evidence.archive.missing", "report/x"),
        (lambda found: {"files": dict(list(found.files.items())[:1])}, "evidence.manifest.unbound", "report.pdf"),
        (lambda found: {"inputs": dict(list(found.inputs.items())[1:])}, "evidence.manifest.unbound", "activity.csv"),
        (lambda found: {"inputs": {**found.inputs, "inputs/x.csv": "0" * 64}}, "evidence.report.input", "x.csv"),
        (lambda found: {"inputs": {**found.inputs, "inputs/a/b.csv": "0" * 64}}, "evidence.report.field", "a/b.csv"),
        (
            lambda found: {"inputs": {**found.inputs, "inputs/plant.yaml": "0" * 64}},
            "evidence.report.file",
            "inputs/plant.yaml",
        ),
    ],
)
def test_a_report_that_says_something_else_is_refused_whoever_signed_it(
    workshop: Any, account: Account, change: Callable[[AccountReport], dict[str, Any]], code: str, named: str
) -> None:
    with pytest.raises(BundleError) as caught:
        verify(signed(workshop, account, change))
    assert (caught.value.code, named in caught.value.text()) == (code, True)


def test_a_file_of_the_plant_that_was_never_stated_is_refused(workshop: Any, account: Account, parts: Any) -> None:
    parts.entries = [entry for entry in parts.entries if entry["payload"] != "inputs/plant.yaml"]
    for path in [path for path in parts.members if path.startswith("entries/2/")]:
        del parts.members[path]
    with pytest.raises(BundleError) as caught:
        verify(parts.archive())
    assert (caught.value.code, caught.value.object) == ("evidence.report.input", "inputs/plant.yaml")


@given(st.binary(max_size=200))
def test_bytes_that_are_no_report_are_refused_with_an_error_of_ours(data: bytes) -> None:
    with pytest.raises(ReportError):
        AccountReport.decode(data)


@pytest.mark.parametrize("data", [b"[" * 100_000, b"[]", b'{"schema": "rule-pack/1"}'])
def test_rules_of_another_shape_are_refused(data: bytes) -> None:
    with pytest.raises(ReportError):
        Rules.decode(data)
