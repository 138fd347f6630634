"""The language of a page, as the kernel's messages know it."""

from __future__ import annotations

from django.utils.translation import get_language

from tanheng.core.errors import TanhengError
from tanheng.core.messages import render
from tanheng.platform.ui.nouns import noun_of

LANGUAGES = ("zh-hans", "en")
"""As Django names them."""


def language() -> str:
    """Return ``"zh"`` or ``"en"``."""
    return "zh" if (get_language() or "zh").startswith("zh") else "en"


def text_of(error: TanhengError) -> str:
    """Return the message of an error in the language of the page; a record's type is said by the noun of its ledger."""
    said = error.fields.get("type")
    if not isinstance(said, str):
        return error.text(language())
    return render(error.code, language(), {**error.fields, "type": noun_of(said)})
