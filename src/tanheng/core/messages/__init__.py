"""Messages in Chinese and English, keyed by error code.

One YAML file a subject lies beside this module; both languages of a message stand together, so that none can be
forgotten (``docs/decisions/0002-messages-side-by-side.md``)::

    standards.value.missing:
      zh: 规则包中没有 {id} 在 {on} 的值……
      en: The rule pack has no value of {id} on {on} …

A field is written ``{name}``. Rendering never fails for the sake of a message: that a code exists and that its fields fit
is proved by ``tests/architecture/test_messages.py``, not met by a user.
"""

from __future__ import annotations

import functools
import string
from collections.abc import Mapping
from importlib import resources
from typing import Any

LANGUAGES = ("zh", "en")


def language_of(environment: Mapping[str, str]) -> str:
    """Return the language of a person at a terminal: ``en`` when LC_ALL, LC_MESSAGES or LANG says so, else ``zh``."""
    said = next(filter(None, (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "en" if said.lower().startswith("en") else "zh"


@functools.cache
def catalogue() -> dict[str, dict[str, str]]:
    """Return all messages: code → language → text."""
    import yaml  # kept out of start-up: most commands never show a message

    merged: dict[str, dict[str, str]] = {}
    folder = resources.files(__name__)
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".yaml"):
            loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one where it is built
            merged.update(yaml.load(entry.read_text(encoding="utf-8"), Loader=loader) or {})  # noqa: S506  # both are safe loaders
    return merged


class _Fields(dict[str, object]):
    """Fields for ``format_map``; an unknown name stays visible instead of hiding the message behind an error."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


class _Formatter(string.Formatter):
    """Formats only plain names: fields come from users' files, so attribute and index access are left alone."""

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> tuple[object, str]:
        return self.get_value(field_name, args, kwargs), field_name

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> object:  # noqa: ARG002  # the signature is the base class's
        return kwargs[key]


def render(code: str, language: str, fields: Mapping[str, object]) -> str:
    """Return the message of ``code`` in ``language`` with its fields filled in.

    A field that is a text in both languages, ``{"zh": …, "en": …}``, is shown in that of the message.
    """
    fields = {name: _said(value, language) for name, value in fields.items()}
    entry = catalogue().get(code)
    if entry is None:
        listed = ", ".join(f"{name}={value}" for name, value in fields.items())
        return f"{code} ({listed})" if listed else code
    text = entry[language if language in LANGUAGES else "en"]
    return _Formatter().vformat(text, (), _Fields(fields)).strip()


def _said(value: object, language: str) -> object:
    if isinstance(value, Mapping) and value.keys() == set(LANGUAGES):
        return value[language if language in LANGUAGES else "en"]
    return value
