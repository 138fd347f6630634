"""What a record is called in the language of the page: by its English name on an English page, where it has one."""

from __future__ import annotations

from tanheng.platform.record.models import Version
from tanheng.platform.ui.language import language

CHINESE, ENGLISH = "name_zh", "name_en"


def has_both(model: type[Version]) -> bool:
    """Tell whether the records of a ledger have a name in each language."""
    return {CHINESE, ENGLISH} <= {field.name for field in model._meta.get_fields()}


def name_of(record: Version) -> str:
    """Return the name of a record; empty for one without."""
    return called(str(getattr(record, CHINESE, "")), str(getattr(record, ENGLISH, "")))


def called(chinese: str, english: str) -> str:
    """Return the one of two names that the page shows: the other one where its own is missing."""
    return (english or chinese) if language() == "en" else (chinese or english)
