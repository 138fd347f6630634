"""Unified social credit codes (GB 32100-2015)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.platform.plant.rules import credit_code_check

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


# The example of GB 32100-2015, and the codes that Huawei, Tencent and Alibaba publish on their licences.
@pytest.mark.parametrize("code", ["91350100M000100Y43", "914403001922038216", "9144030071526726XG", "91330100799655058B"])
def test_a_published_code_has_its_check_character(code: str) -> None:
    assert credit_code_check(code) == code[-1]


@pytest.mark.parametrize("code", ["", "9134020014921865", "91340200I49218653G", "９1340200149218653G"])
def test_a_short_or_foreign_code_has_none(code: str) -> None:
    assert credit_code_check(code) is None


@given(st.text(ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_found(stem: str, place: int, wrong: str) -> None:
    changed = stem[:place] + wrong + stem[place + 1 :]
    assert (credit_code_check(changed) == credit_code_check(stem)) == (changed == stem)
