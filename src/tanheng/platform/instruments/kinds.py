"""Kinds of instruments: their words, and what the rule pack says of cycle and regulation."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources

import yaml
from django.utils.functional import Promise, lazy
from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of instrument.

    Parameters
    ----------
    key : str
        Row of ``cn.metering.instrument_kind``, or ``other``.
    form : str
        Class of the annual form 1-8-1; ``flow`` is decided by what flows.
    also : tuple of str
        Other words for it.
    """

    key: str
    zh: str
    en: str
    form: str
    letter: str
    also: tuple[str, ...]

    def title(self, language: str) -> str:
        """Return its name."""
        return self.zh if language.startswith("zh") else self.en


OTHER = "other"
"""The kind of what is of none of the others: it is kept by its name, and the rule pack says nothing of it."""


@functools.cache
def kinds() -> Mapping[str, Kind]:
    """Return all kinds by key, in the order of the file."""
    data = yaml.safe_load((resources.files(__package__) / "kinds.yaml").read_text(encoding="utf-8"))
    return {
        key: Kind(key, said["zh"], said["en"], said["form"], said["letter"], tuple(map(str, said["also"])))
        for key, said in data.items()
    }


def title(key: str, language: str | None = None) -> str:
    """Return the name of a kind; of an unknown one its key."""
    found = kinds().get(key)
    return found.title(language or get_language() or "en") if found is not None else key


_lazy_title = lazy(title, str)


class KindLabels(Mapping[str, Promise | str]):
    """The kinds as a list of words, in the language of the page."""

    def __getitem__(self, key: str) -> Promise | str:
        if key not in kinds():
            raise KeyError(key)
        return _lazy_title(key)

    def __iter__(self) -> Iterator[str]:
        return iter(kinds())

    def __len__(self) -> int:
        return len(kinds())


def plain(text: str) -> str:
    """Return a word as it is looked up: without spaces, in one width, in small letters."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


@functools.cache
def words() -> Mapping[str, str]:
    """Return the kind that each word means."""
    found = {plain(word): kind.key for kind in kinds().values() for word in kind.also}
    return found | {plain(word): kind.key for kind in kinds().values() for word in (kind.key, kind.zh, kind.en)}


@functools.cache
def ambiguous() -> Mapping[str, tuple[str, ...]]:
    """Return the kinds that each word may mean which means none of them alone."""
    data = yaml.safe_load((resources.files(__package__) / "ambiguous.yaml").read_text(encoding="utf-8"))
    return {plain(word): tuple(found) for word, found in data.items()}


def candidates(text: str) -> tuple[str, ...]:
    """Return the kinds that a word for several of them may mean; empty for another.

    Examples
    --------
    >>> candidates("1#冷却水流量计")[:2], candidates("电磁流量计")
    (('electromagnetic_flow', 'ultrasonic_flow'), ())
    """
    word = plain(text)
    if kind_of(word) is not None:
        return ()
    ends = [known for known in ambiguous() if word.endswith(known)]
    return ambiguous()[max(ends, key=len)] if ends else ()


def kind_of(text: str) -> str | None:
    """Return the kind that a cell of a sheet means; None where none is known, or where it may mean several.

    A word may have a number before it or a place around it (``2#电子皮带秤``, ``入磨皮带秤``): then the longest known word at
    its end counts, and none of fewer than two characters.

    Examples
    --------
    >>> [kind_of(text) for text in ("电子皮带秤", "地磅", "电度表", "2#入磨电子皮带秤", "干燥箱", "流量计")]
    ['belt_scale', 'truck_scale', 'electricity_meter', 'belt_scale', 'other', None]
    """
    word = plain(text)
    if word in words():
        return words()[word]
    known = [*words(), *ambiguous()]
    longest = max((one for one in known if len(one) >= 2 and not one.isascii() and word.endswith(one)), key=len, default="")
    return words().get(longest)
