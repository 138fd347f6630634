"""The order of texts: Latin letters and digits first, then Chinese by pinyin and tone, as a Chinese dictionary has it.

The embedded PostgreSQL has no ICU, and two servers with ICU may have different editions of it, so the order is kept beside the
records: a table of keys, one a text and plant, compared byte by byte. The same list comes everywhere in the same order.

A sign with several readings takes the one of the word it stands in (重庆 chóng, 重量 zhòng; the dictionary of pypinyin); alone
it takes its commonest. Signs of one reading stand in the order of Unicode. Only the first 60 signs of a text count.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Collate, Lower, Substr

from tanheng.core.errors import InputError
from tanheng.platform.record.models import SortKey, Version

V = TypeVar("V", bound=Version)
LENGTH = 60
BATCH = 1000
_HAN = "~"  # behind every letter and digit


@functools.lru_cache(maxsize=20_000)
def key_of(text: str) -> str:
    """Return the key of a text."""
    from pypinyin import Style, lazy_pinyin  # it reads a dictionary of words: not for a process that writes none

    plain = unicodedata.normalize("NFKC", text[:LENGTH]).casefold()
    readings = lazy_pinyin(
        plain,
        style=Style.TONE3,
        neutral_tone_with_five=True,
        errors=list,  # type: ignore[arg-type]  # a list is one reading a sign, as its documentation says
    )
    return "".join(_part(said, sign) for said, sign in zip(readings, plain, strict=True))


def _part(said: str, sign: str) -> str:
    """Return a sign's part of a key: what has no reading but is Chinese stands behind what has one."""
    if said == sign:
        return sign
    return f"{_HAN}{said}{sign}" if said[0].isascii() else f"{_HAN}{_HAN}{sign}"


def needs_key(text: str) -> bool:
    """Tell whether a text is put in order otherwise than by its lower-case letters."""
    return not text.isascii()


@functools.cache
def columns(model: type[models.Model]) -> tuple[str, ...]:
    """Return the columns of a ledger that are put in order by keys: free text, and neither codes nor words of a list."""
    own = {field.name for field in Version._meta.get_fields()} | {"code"}  # codes are compared as they stand
    fields = (field for field in model._meta.concrete_fields if field.name not in own)
    return tuple(field.name for field in fields if isinstance(field, models.CharField | models.TextField) and not field.choices)


def learn(plant: int, rows: Sequence[Version]) -> None:
    """Keep the keys of the texts of new rows of one ledger."""
    names = columns(type(rows[0])) if rows else ()
    _keep(plant, {str(getattr(row, name))[:LENGTH] for row in rows for name in names})


def _keep(plant: int, texts: Iterable[str]) -> None:
    fresh = sorted(text for text in texts if needs_key(text))
    for start in range(0, len(fresh), BATCH):
        part = fresh[start : start + BATCH]
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO record_sort_key (plant_id, text, key) SELECT %s, * FROM unnest(%s::text[], %s::text[])"
                " ON CONFLICT DO NOTHING",
                [plant, part, [key_of(text) for text in part]],
            )


def learn_all() -> int:
    """Keep the keys of all records that lack them; return of how many texts. The login is the owner's."""
    found: dict[int, set[str]] = {}
    for model in apps.get_models():
        if not issubclass(model, Version):
            continue
        for name in columns(model):
            manager: Any = model._default_manager  # Any: heirs of Version; Django's documented name
            texts = manager.order_by().annotate(head=Substr(name, 1, LENGTH), known=Subquery(_key(name))).filter(known=None)
            for plant, text in texts.values_list("plant_id", "head").distinct().iterator():
                if needs_key(text):
                    found.setdefault(plant, set()).add(text)
    for plant, texts in found.items():
        _keep(plant, texts)
    return sum(len(texts) for texts in found.values())


def _key(name: str) -> Any:  # Any: rows of a query
    same = SortKey.objects.filter(plant=OuterRef("plant"), text=Substr(OuterRef(name), 1, LENGTH))
    return same.order_by().values("key")


def asked_for(text: str, allowed: Sequence[str]) -> list[str]:
    """Return the columns that a text asks for, such as ``kind,-issued_on``: ``-`` for falling, the first one first.

    Parameters
    ----------
    allowed : sequence of str
        The columns that rows may be put in order by.

    Raises
    ------
    InputError
        A name is none of them, or is given twice.
    """
    names = [part.strip() for part in text.split(",")]
    seen: set[str] = set()
    for name in names:
        bare = name.removeprefix("-")
        if bare not in allowed:
            raise InputError("platform.api.sort", field="sort", value=name[:100], allowed=", ".join(allowed))
        if bare in seen:
            raise InputError("platform.api.sort_twice", field="sort", value=bare)
        seen.add(bare)
    return names


def ordered(rows: models.QuerySet[V], names: Iterable[Any]) -> models.QuerySet[V]:  # Any: names and expressions
    """Return rows of a ledger in the order of some columns, ``-`` before a name for falling; equal ones by their record.

    Every page, the export and any other reading of the same rows have one order: it ends with the record's own id.
    """
    texts = columns(rows.model)
    order: list[Any] = []  # Any: as above
    for name in names:
        bare = name.removeprefix("-") if isinstance(name, str) else ""
        if bare not in texts:
            order.append(name)
            continue
        by = Collate(Coalesce(Subquery(_key(bare)), Lower(F(bare))), "C")
        order.append(by.desc() if name.startswith("-") else by.asc())
    return rows.order_by(*order, "subject")
