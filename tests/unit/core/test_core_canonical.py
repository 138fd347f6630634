"""Canonical JSON: the same bytes for the same value."""

from __future__ import annotations

import datetime
import enum
import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.core import canonical
from tanheng.core.errors import NumberError


class Colour(enum.Enum):
    RED = "red"


class Count(enum.IntEnum):
    TWO = 2


@dataclass(frozen=True)
class Point:
    x: Decimal
    tags: frozenset[str]


def test_keys_are_sorted_and_nothing_is_spaced() -> None:
    assert canonical.dumps({"b": 1, "a": [True, None, "碳"]}) == '{"a":[true,null,"碳"],"b":1}'.encode()


def test_a_decimal_is_a_string_in_plain_digits() -> None:
    assert canonical.dumps([Decimal("1E+3"), Decimal("0.480"), Decimal("1E-12")]) == b'["1000","0.480","0.000000000001"]'


def test_enums_dates_and_dataclasses_are_written_by_their_content() -> None:
    assert canonical.dumps([Colour.RED, Count.TWO]) == b'["red",2]'
    moment = datetime.datetime(2026, 10, 31, 8, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
    assert canonical.dumps([datetime.date(2026, 10, 31), moment]) == b'["2026-10-31","2026-10-31T08:00:00+08:00"]'
    assert canonical.dumps(Point(Decimal("1.50"), frozenset({"b", "a"}))) == b'{"tags":["a","b"],"x":"1.50"}'


@pytest.mark.parametrize("value", [0.1, {"a": 1.5}, [float("nan")], object(), Point])
def test_a_float_or_a_stranger_is_refused(value: object) -> None:
    with pytest.raises(NumberError) as raised:
        canonical.dumps(value)
    assert raised.value.code == "core.canonical.type"


def test_a_decimal_that_is_no_number_is_refused() -> None:
    with pytest.raises(NumberError) as raised:
        canonical.plain(Decimal("NaN"))
    assert raised.value.code == "core.number.not_finite"


def test_pretty_is_the_same_content_for_people() -> None:
    value = {"b": [Decimal("0.5")], "a": "碳"}
    text = canonical.pretty(value)
    assert text.endswith(b"}\n")
    assert json.loads(text) == json.loads(canonical.dumps(value))
    assert text.index(b'"a"') < text.index(b'"b"')


def test_a_digest_is_sha256_in_hexadecimal() -> None:
    # FIPS 180-4 example: SHA-256 of "abc"
    assert canonical.digest(b"abc") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert canonical.digest(b"") == "sha256:" + hashlib.sha256().hexdigest()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values)
def test_what_is_read_back_writes_the_same_bytes(value: object) -> None:
    written = canonical.dumps(value)
    assert canonical.dumps(json.loads(written)) == written
