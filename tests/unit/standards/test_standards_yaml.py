"""Reading YAML: text stays text, and what could hide a fault is refused."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tanheng.standards import FileFaultError
from tanheng.standards import _yaml as reading

KEYS = st.text(st.characters(categories=["Ll", "Lu", "Lo", "Nd"]), min_size=1, max_size=8)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), max_size=12)
CONTENTS = st.recursive(
    TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=12
)


@given(CONTENTS)
def test_content_written_as_quoted_yaml_is_read_back(content: object) -> None:
    written = yaml.safe_dump(content, allow_unicode=True, default_style='"')
    assert reading.read(written.encode(), file="a.yaml") == content


def test_printed_digits_keep_their_trailing_zeros_with_and_without_quotes() -> None:
    assert reading.read(b'a: 0.480\nb: "0.480"\nc: 1e3\nd: 007', file="a.yaml") == {
        "a": "0.480",
        "b": "0.480",
        "c": "1e3",
        "d": "007",
    }


def test_a_country_called_no_and_a_date_are_text() -> None:
    assert reading.read(b"country: no\nday: 2025-01-01\nblank:", file="a.yaml") == {
        "country": "no",
        "day": "2025-01-01",
        "blank": "",
    }


def test_a_typed_file_knows_truth_null_and_whole_numbers() -> None:
    content = reading.read(b"a: true\nb: false\nc: null\nd: ~\ne:\nf: -12\ng: 0", file="a.yaml", typed=True)
    assert content == {"a": True, "b": False, "c": None, "d": None, "e": None, "f": -12, "g": 0}


def test_a_typed_file_keeps_decimals_dates_and_quoted_words_as_text() -> None:
    content = reading.read(b"a: 0.5\nb: 2025-01-01\nc: 'true'\nd: \"12\"\ne: 012\nf: yes", file="a.yaml", typed=True)
    assert content == {"a": "0.5", "b": "2025-01-01", "c": "true", "d": "12", "e": "012", "f": "yes"}


def test_an_empty_file_has_no_content() -> None:
    assert reading.read(b"# only a comment\n", file="a.yaml") is None


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"a: \xff\xfe", "standards.file.encoding"),
        ("名称: 水泥".encode("gbk"), "standards.file.encoding"),
        (b"a: [1, 2", "standards.file.syntax"),
        (b"a: b: c", "standards.file.syntax"),
        (b"a: *nowhere", "standards.file.syntax"),
        (b"a: 1\n---\nb: 2", "standards.file.syntax"),
        (b"a: \x01", "standards.file.syntax"),
        (b"a: 1\na: 2", "standards.file.repeated_key"),
        (b"a: &x {b: 1}\nc: *x", "standards.file.alias"),
        (b"a: &x word\nc: *x", "standards.file.alias"),
        (b"a: &x [*x]", "standards.file.alias"),
        (b"? {a: 1}\n: 2", "standards.file.key"),
        (b"[" * 60 + b"]" * 60, "standards.file.depth"),
    ],
)
def test_what_is_no_plain_yaml_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(FileFaultError) as refused:
        reading.read(data, file="a.yaml")
    assert refused.value.code == code
    assert refused.value.fields["file"] == "a.yaml"


def test_a_repeated_key_is_named_with_its_line_and_column() -> None:
    with pytest.raises(FileFaultError) as refused:
        reading.read(b"a: 1\nb: 2\na: 3\n", file="a.yaml")
    assert (refused.value.fields["key"], refused.value.fields["line"], refused.value.fields["column"]) == ("a", 3, 1)


def test_aliases_that_would_grow_without_end_are_refused_at_once() -> None:
    rows = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    with pytest.raises(FileFaultError, match="alias"):
        reading.read("\n".join(rows).encode(), file="bomb.yaml")
