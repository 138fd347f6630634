"""The filters of the instrument ledgers."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Case, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from tanheng.platform.instruments import overview, words
from tanheng.platform.instruments.forms import (
    CERTIFICATE_KINDS,
    CERTIFICATE_STATES,
    CHAIN_KINDS,
    EMISSIONS,
    KINDS,
    RESULTS,
    SEALS,
    TRACEABILITIES,
    TRACES,
    USES,
    VERDICTS,
)
from tanheng.platform.ui.filters import ChoiceFilter, LedgerFilter

_YES_NO = [("", _("all")), ("true", _("yes")), ("false", _("no"))]


class InstrumentFilter(LedgerFilter):
    """Instruments."""

    search_fields: ClassVar[tuple[str, ...]] = ("code", "name_zh", "name_en", "model", "maker", "serial", "place", "person")
    kind = ChoiceFilter(KINDS, label=_("Kind of instrument"))
    use = ChoiceFilter(USES, label=_("State of use"), method="by_standing")
    trace = ChoiceFilter(TRACES, label=_("Certificate"), method="by_standing")
    emission = ChoiceFilter(EMISSIONS, label=_("Kind of emission"), method="by_emission")
    traceability = ChoiceFilter(TRACEABILITIES, label=_("Method of traceability"))
    portable = django_filters.BooleanFilter(label=_("Portable"), widget=forms.Select(choices=_YES_NO))
    smart = django_filters.BooleanFilter(label=_("Sends by itself"), widget=forms.Select(choices=_YES_NO))

    def by_standing(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:  # Any: rows of the ledger
        """Keep the instruments whose state of use or certificate is ``value`` today."""
        return rows.filter(code__in=overview.codes_standing(rows, name, value))

    def by_emission(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:  # noqa: ARG002  # Any: as above
        """Keep the instruments that stand at a point of a source stream of this kind."""
        return rows.filter(code__in=overview.codes_of_emission(rows, value))


class SpellFilter(LedgerFilter):
    """Steps."""

    search_fields: ClassVar[tuple[str, ...]] = ("instrument", "why", "person")
    state = ChoiceFilter(USES, label=_("State of use"))


class InstallationFilter(LedgerFilter):
    """Installations."""

    search_fields: ClassVar[tuple[str, ...]] = ("instrument", "chain", "point", "why")
    present = django_filters.BooleanFilter("ended_on", "isnull", label=_("Still there"), widget=forms.Select(choices=_YES_NO))


class ChainFilter(LedgerFilter):
    """Chains."""

    search_fields: ClassVar[tuple[str, ...]] = ("code", "name_zh", "name_en", "sensor", "converter", "totaliser", "meter")
    kind = ChoiceFilter(CHAIN_KINDS, label=_("Kind of chain"))


class SealFilter(LedgerFilter):
    """Seals."""

    search_fields: ClassVar[tuple[str, ...]] = ("number", "instrument", "place", "applied_by", "why")
    state = ChoiceFilter(SEALS, label=_("State of the seal"))


class CertificateFilter(LedgerFilter):
    """Certificates."""

    search_fields: ClassVar[tuple[str, ...]] = ("number", "issuer", "instrument", "chain", "regulation", "remark")
    kind = ChoiceFilter(CERTIFICATE_KINDS, label=_("Kind of certificate"))
    result = ChoiceFilter(RESULTS, label=_("Result"))
    trace = ChoiceFilter(CERTIFICATE_STATES, label=_("State"), method="by_state")
    expires_before = django_filters.DateFilter(
        "expires_on", "lt", label=_("Expires before"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:  # Any: as above
        """Return the certificates that hold first: those that a newer one replaced stand behind."""
        rows: QuerySet[Any] = super().filter_queryset(queryset)
        replaced = overview.certificates_in_state(rows, words.SUPERSEDED)
        if not replaced:  # nothing to put behind, and no condition that a query could ask
            return rows
        behind = Case(When(subject__in=replaced, then=Value(1)), default=Value(0))
        return rows.order_by(behind, *rows.query.order_by)

    def by_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:  # noqa: ARG002  # Any: as above
        """Keep the certificates in this state today."""
        return rows.filter(subject__in=overview.certificates_in_state(rows, value))


class ConfirmationFilter(LedgerFilter):
    """Confirmations."""

    search_fields: ClassVar[tuple[str, ...]] = ("required_class", "remark")
    verdict = ChoiceFilter(VERDICTS, label=_("Verdict"))
