"""Identifiers: dotted, lower case, with the period behind an @."""

from __future__ import annotations

import pytest

from tanheng.core import identifiers
from tanheng.core.errors import IdentifierError


@pytest.mark.parametrize("text", ["line.1.combustion", "cn.grid.national_average_factor", "a", "gb-t-32151.8"])
def test_dotted_lower_case_ids_pass(text: str) -> None:
    assert identifiers.dotted(text, thing="figure") == text


@pytest.mark.parametrize("text", ["", "Line.1", "line..1", ".line", "line.", "line 1", "线.1", "line.1@2025-03", "-a", "a\n"])
def test_other_ids_are_refused_by_name(text: str) -> None:
    with pytest.raises(IdentifierError, match="figure") as raised:
        identifiers.dotted(text, thing="figure")
    assert raised.value.fields["value"] == text


def test_the_period_stands_behind_the_at_sign() -> None:
    monthly = identifiers.at("line.1.total", "2025-03")
    assert monthly == "line.1.total@2025-03"
    assert identifiers.without_period(monthly) == "line.1.total"
    assert identifiers.period_of(monthly) == "2025-03"
    assert identifiers.period_of("line.1.total") is None
