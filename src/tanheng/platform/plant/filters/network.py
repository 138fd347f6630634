"""The filters of source streams, nodes, edges, points, equipment, editions and the clinker boundary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tanheng.platform.plant.forms import network as words
from tanheng.platform.ui.filters import ChoiceFilter, LedgerFilter
from tanheng.platform.ui.ledger import Labels


def _rows(labels: Labels) -> Callable[[], list[Any]]:  # Any: lazy text
    """Return what a list of the rule pack offers, read when the filter is shown."""
    return lambda: list(labels.items())


class SourceStreamFilter(LedgerFilter):
    """Source streams."""

    search_fields: ClassVar[tuple[str, ...]] = ("code", "name_zh", "name_en", "line", "item")
    kind = ChoiceFilter(words.EMISSIONS, label=_("Kind of emission"))


class NodeFilter(LedgerFilter):
    """Nodes."""

    search_fields: ClassVar[tuple[str, ...]] = ("code", "name_zh", "name_en", "line")
    kind = ChoiceFilter(words.NODE_KINDS, label=_("Kind"))
    level = ChoiceFilter(words.DEPTHS, label=_("Level"))
    system = django_filters.ChoiceFilter(choices=_rows(words.SYSTEMS), empty_label=_("all"), label=_("Production system"))


class EdgeFilter(LedgerFilter):
    """Edges."""

    search_fields: ClassVar[tuple[str, ...]] = ("code", "name_zh", "name_en", "start", "end", "stream")
    medium = ChoiceFilter(words.MEDIA, label=_("Medium"))


class PointFilter(LedgerFilter):
    """Metering points."""

    search_fields: ClassVar[tuple[str, ...]] = ("code", "name_zh", "name_en", "place", "stream")
    parameter = django_filters.ChoiceFilter(choices=_rows(words.PARAMETERS), empty_label=_("all"), label=_("Parameter"))
    role = ChoiceFilter(words.ROLES, label=pgettext_lazy("of a point", "Role"))
    level = ChoiceFilter(words.DEPTHS, label=_("Level"))


class EquipmentFilter(LedgerFilter):
    """Equipment and fuel use."""

    search_fields: ClassVar[tuple[str, ...]] = ("code", "name_zh", "name_en", "owner", "operator", "payer", "address")
    kind = ChoiceFilter(words.EQUIPMENT_KINDS, label=_("Kind"))
    in_boundary = django_filters.BooleanFilter(
        label=_("Inside the reporting boundary"),
        widget=forms.Select(choices=[("", _("all")), ("true", _("yes")), ("false", _("no"))]),
    )


class EditionFilter(LedgerFilter):
    """Editions of the network."""

    search_fields: ClassVar[tuple[str, ...]] = ("title", "persons", "remark")
    kind = ChoiceFilter(words.EDITION_KINDS, label=_("Kind"))


class ClinkerBoundaryFilter(LedgerFilter):
    """The clinker boundary in use."""

    search_fields: ClassVar[tuple[str, ...]] = ("grounds",)
