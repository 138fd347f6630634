"""What a record of a type is called: by the ledger that keeps it, or by a word of its own where it has no pages."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, get_urlconf
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from tanheng.platform.ui.ledger import LedgerPages

WITHOUT_PAGES: Mapping[str, Promise | str] = {
    "alarm": pgettext_lazy("one record", "alarm"),
    "attachment": pgettext_lazy("one record", "file"),
    "duty": pgettext_lazy("one record", "duty"),
    "form_181": pgettext_lazy("one record", "form 1-8-1"),
    "grant": pgettext_lazy("one record", "role of a person"),
    "mapping": pgettext_lazy("one record", "allocation of columns"),
    "person": pgettext_lazy("one record", "person"),
    "plant": pgettext_lazy("one record", "plant"),
    "token": pgettext_lazy("one record", "key for programs"),
    "year_end": pgettext_lazy("one record", "ledger at the year's end"),
}


def ledgers() -> Mapping[str, LedgerPages]:
    """Return the ledgers that have addresses, by the type of their records."""
    return _ledgers(get_urlconf() or settings.ROOT_URLCONF)


@functools.cache
def _ledgers(addresses: str) -> Mapping[str, LedgerPages]:
    return {ledger.model.TYPE: ledger for ledger in _below(get_resolver(addresses).url_patterns)}


def _below(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[LedgerPages]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _below(one.url_patterns)
        elif (ledger := getattr(getattr(one.callback, "view_class", None), "ledger", None)) is not None:
            yield ledger


def noun_of(type_: str) -> str:
    """Return what one record of a type is called; the type itself where nobody knows it."""
    ledger = ledgers().get(type_)
    return str(ledger.noun if ledger is not None else WITHOUT_PAGES.get(type_, type_))
