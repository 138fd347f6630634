"""What the filters of ledgers share: search in words, what held on a day, and the look of the controls."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tanheng.platform.ui.forms import dress
from tanheng.platform.ui.ledger import Labels

PREFIX = "f"


class ChoiceFilter(django_filters.ChoiceFilter):  # type: ignore[misc]  # django-filter has no types
    """One word of a list, which is read when the filter is shown."""

    def __init__(self, labels: Labels, **kwargs: Any) -> None:  # Any: the base class's
        super().__init__(choices=lambda: list(labels.items()), empty_label=_("all"), **kwargs)


class LedgerFilter(django_filters.FilterSet):  # type: ignore[misc]  # as above
    """A ledger's filter.

    ``on`` is read by the page: it changes which version of each record is listed, not only which records.
    """

    search_fields: ClassVar[tuple[str, ...]] = ()

    q = django_filters.CharFilter(label=_("Search"), method="search", widget=forms.TextInput(attrs={"type": "search"}))
    on = django_filters.DateFilter(
        label=_("Valid on"), method="unchanged", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any = None, queryset: Any = None, **kwargs: Any) -> None:  # Any: the base class's
        super().__init__(data, queryset, prefix=PREFIX, **kwargs)
        dress(self.form)

    def search(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:  # noqa: ARG002  # Any: whichever model
        """Keep the rows that have all words of ``value`` in one of the fields."""
        for word in value.split():
            found = Q()
            for field in self.search_fields:
                found |= Q(**{f"{field}__icontains": word})
            rows = rows.filter(found)
        return rows

    def unchanged(self, rows: QuerySet[Any], name: str, value: object) -> QuerySet[Any]:  # noqa: ARG002  # Any: as above
        """Return the rows; the page has asked the selector for the day."""
        return rows


def day_of(data: Any) -> datetime.date | None:  # Any: a query string
    """Return the day that a query string asks about; None for the last version of each record."""
    try:
        return datetime.date.fromisoformat(data.get(f"{PREFIX}-on", ""))
    except ValueError:
        return None


def is_filtered(data: Any) -> bool:  # Any: as above
    """Tell whether a query string filters at all."""
    return any(value for name, value in data.items() if name.startswith(f"{PREFIX}-"))
