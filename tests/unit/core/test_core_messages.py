"""Messages: both languages side by side, and rendering that never fails for the sake of a message."""

from __future__ import annotations

import string

import pytest

from tanheng.core import messages


def test_every_message_has_both_languages() -> None:
    for code, entry in messages.catalogue().items():
        assert set(entry) == set(messages.LANGUAGES), code
        assert all(text.strip() for text in entry.values()), code


def fields_of(text: str, language: str) -> set[str]:
    """Return the fields of a message; one that is text itself comes once a language, as ``missing_zh`` and ``missing_en``."""
    return {name.removesuffix(f"_{language}") for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_of_a_message_name_the_same_fields() -> None:
    for code, entry in messages.catalogue().items():
        fields = [fields_of(entry[language], language) for language in messages.LANGUAGES]
        assert fields[0] == fields[1], code


def test_a_message_is_rendered_in_the_language_asked_for() -> None:
    fields = {"unit": "t", "target": "MWh"}
    assert messages.render("core.unit.dimension", "zh", fields).startswith("单位“t”不能换算为“MWh”")
    assert messages.render("core.unit.dimension", "en", fields).startswith("The unit “t” cannot")
    assert messages.render("core.unit.dimension", "fr", fields) == messages.render("core.unit.dimension", "en", fields)


def test_an_unknown_code_shows_itself_and_its_fields() -> None:
    assert messages.render("no.such.code", "en", {"a": 1, "b": "x"}) == "no.such.code (a=1, b=x)"
    assert messages.render("no.such.code", "en", {}) == "no.such.code"


def test_a_missing_field_stays_visible() -> None:
    assert "{target}" in messages.render("core.unit.dimension", "en", {"unit": "t"})


@pytest.mark.parametrize("value", ["{0}", "{x.__class__}", "{", "%s"])
def test_braces_in_a_users_value_are_left_alone(value: str) -> None:
    assert value in messages.render("core.unit.dimension", "en", {"unit": value, "target": "t"})


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "zh"),
        ({"LANG": ""}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "EN"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8", "LC_ALL": "en_GB"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": ""}, "en"),  # set to nothing is not set (POSIX 8.2)
    ],
)
def test_a_terminal_speaks_chinese_unless_it_is_english(environment: dict[str, str], language: str) -> None:
    assert messages.language_of(environment) == language
