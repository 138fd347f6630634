"""The filters of the plant's master data."""

from __future__ import annotations

from typing import ClassVar

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from tanheng.platform.plant.forms.master import CLINKERS, PERMIT_KINDS, SITE_KINDS
from tanheng.platform.ui.filters import ChoiceFilter, LedgerFilter


class EnterpriseFilter(LedgerFilter):
    """The legal person."""

    search_fields: ClassVar[tuple[str, ...]] = ("name_zh", "name_en", "credit_code", "address")


class SiteFilter(LedgerFilter):
    """Places."""

    search_fields: ClassVar[tuple[str, ...]] = ("code", "name_zh", "name_en", "address")
    kind = ChoiceFilter(SITE_KINDS, label=_("Kind"))
    in_boundary = django_filters.BooleanFilter(
        label=_("Inside the reporting boundary"),
        widget=forms.Select(choices=[("", _("all")), ("true", _("yes")), ("false", _("no"))]),
    )


class PermitFilter(LedgerFilter):
    """Permits."""

    search_fields: ClassVar[tuple[str, ...]] = ("number", "authority", "remark")
    kind = ChoiceFilter(PERMIT_KINDS, label=_("Kind"))
    expires_before = django_filters.DateFilter(
        "expires_on", "lt", label=_("Expires before"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class LineFilter(LedgerFilter):
    """Production lines."""

    search_fields: ClassVar[tuple[str, ...]] = ("code", "name_zh", "name_en", "site")
    clinker = ChoiceFilter(CLINKERS, label=_("Clinker"))
    capacity_from = django_filters.NumberFilter("design_capacity", "gte", label=_("Capacity from (t/d)"))
