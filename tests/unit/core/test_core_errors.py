"""Errors: one tree, codes and fields that survive a process border, text in two languages."""

from __future__ import annotations

import inspect
import pickle
import re

import pytest

from tanheng.core import errors

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.TanhengError)]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_crosses_a_process_border_whole(kind: type[errors.TanhengError]) -> None:
    first = kind("core.unit.unknown", unit="tonne", known="t")
    second = pickle.loads(pickle.dumps(first))  # noqa: S301  # our own bytes
    assert type(second) is kind
    assert (second.code, second.fields) == (first.code, first.fields)


def test_an_input_error_carries_its_findings_across_too() -> None:
    finding = errors.UnitError("core.unit.unknown", unit="tonne", known="t")
    first = errors.InputError("core.number.empty_sum", findings=[finding])
    second = pickle.loads(pickle.dumps(first))  # noqa: S301  # our own bytes
    assert [(type(item), item.fields) for item in second.findings] == [(errors.UnitError, finding.fields)]


def test_the_text_is_in_the_language_asked_for() -> None:
    error = errors.PeriodError("core.period.month", value="2026-13")
    assert str(error) == error.text("en") == "“2026-13” is not a month; write it like 2026-10."
    assert error.text("zh") == "“2026-13”不是月份；请写成 2026-10 的形式。"


def test_the_tree_at_the_top_of_the_module_is_the_tree() -> None:
    drawn = re.findall(r"[├└]── (\w+)", errors.__doc__ or "")
    assert drawn == [kind.__name__ for kind in errors.TanhengError.__subclasses__() if kind.__module__ == errors.__name__]


def test_a_field_may_be_called_code_without_hiding_the_code() -> None:
    error = errors.TanhengError("core.unit.unknown", code="x")
    assert (error.code, error.fields) == ("core.unit.unknown", {"code": "x"})
