"""What the templates of all pages use: numbers with unit and uncertainty, chips of states, addresses that keep the choices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Paginator
from django.forms import BoundField
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from tanheng.platform.ui import ledger, naming

register = template.Library()
register.filter("name_of", naming.name_of)

_MARKS = {"good": "✓", "wait": "◷", "bad": "✕", "calm": "○", "info": "●"}

# Design §5.1: state → words, look.
STATES: dict[str, tuple[Promise | str, str]] = {
    "open": (gettext_lazy("being filled in"), "calm"),
    "complete": (gettext_lazy("data complete"), "info"),
    "checked": (gettext_lazy("checked"), "info"),
    "reviewed": (gettext_lazy("reviewed"), "info"),
    "approved": (gettext_lazy("approved"), "good"),
    "sealed": (gettext_lazy("sealed"), "good"),
    "submitted": (gettext_lazy("submitted"), "good"),
    "accepted": (gettext_lazy("accepted"), "good"),
    "returned": (gettext_lazy("returned"), "bad"),
    "provisional": (gettext_lazy("provisional"), "wait"),
    "superseded": (gettext_lazy("superseded"), "calm"),
    "measured": (gettext_lazy("measured"), "good"),
    "substituted": (gettext_lazy("substituted"), "wait"),
    "manual": (gettext_lazy("manual"), "info"),
    "default": (pgettext_lazy("origin", "default"), "wait"),
    "calculated": (gettext_lazy("calculated"), "info"),
    "blocking": (gettext_lazy("blocking"), "bad"),
    "error": (gettext_lazy("error"), "bad"),
    "warning": (gettext_lazy("warning"), "wait"),
    "notice": (gettext_lazy("notice"), "info"),
    "verified": (pgettext_lazy("check state", "verified"), "good"),
    "secondary": (pgettext_lazy("check state", "secondary"), "info"),
    "unverified": (pgettext_lazy("check state", "unverified"), "wait"),
}


@register.simple_tag
def chip(text: str, look: str = "calm") -> SafeString:
    """Return a chip: colour never stands alone, a mark and a word go with it."""
    return format_html('<span class="chip {}"><span aria-hidden="true">{}</span>{}</span>', look, _MARKS.get(look, "○"), text)


@register.simple_tag
def state(code: str) -> SafeString:
    """Return the chip of a state of a month, report, figure, reading or finding."""
    text, look = STATES.get(str(code), (str(code), "calm"))
    return chip(str(text), look)


@register.simple_tag
def number(value: Decimal | int | None, unit: str = "", u: Decimal | None = None, state_code: str = "") -> SafeString:
    """Return a number with its unit, its expanded uncertainty (k = 2) and its state; a dash for a blank, which is not zero.

    ``u`` is shown with two significant digits and the value to the same place.
    """
    if value is None:
        return format_html('<span class="blank" title="{}">—</span>', _("not filled in"))
    text, width = ledger.digits(value), ""
    if u is not None:
        places = _places(u)
        text, width = f"{round(Decimal(value), places):,f}", f" ± {round(u, places):,f}"
    parts = [format_html("{}", text)]
    if width:
        parts.append(format_html('<span class="u" title="{}">{}</span>', _("expanded uncertainty, k = 2"), width))
    if unit:
        parts.append(format_html('<span class="unit"> {}</span>', unit_markup(unit)))
    if state_code:
        parts.append(format_html(" {}", state(state_code)))
    return format_html('<span class="number">{}</span>', format_html_join("", "{}", ((part,) for part in parts)))


def _places(u: Decimal) -> int:
    """Return how many decimals show ``u`` with two significant digits; none below the units."""
    return max(0, 1 - u.adjusted()) if u else 0


@register.filter
def unit_markup(unit: str) -> SafeString:
    """Return a unit with its indices set low: the font of the pages has no ₂."""
    return mark_safe(format_html("{}", unit).replace("CO2", "CO<sub>2</sub>"))  # noqa: S308  # escaped before


@register.filter
def digits(value: Decimal | int | None) -> str:
    """Return a number grouped by thousands."""
    return "" if value is None else ledger.digits(value)


@register.filter
def plant_name(plant: Any) -> str:  # Any: a plant
    """Return a plant's name in the language of the page."""
    return str(plant.name(get_language() or "zh-hans"))


@register.simple_tag(takes_context=True)
def paged(context: template.Context, page: int) -> str:
    """Return the present address with another page number."""
    query = context["request"].GET.copy()
    query["page"] = str(page)
    return f"?{query.urlencode()}"


@register.filter
def values_of(query: QueryDict, name: str) -> list[str]:
    """Return all values that a query string gives to a name."""
    return query.getlist(name)


@register.filter
def pairs_without(query: QueryDict, names: str) -> list[tuple[str, str]]:
    """Return a query string's names and values, for hidden inputs, without some names."""
    left = names.split()
    return [(name, value) for name in query if name not in left for value in query.getlist(name)]


@register.filter
def near(paginator: Paginator[Any], page: int) -> list[int | str]:  # Any: rows of any list
    """Return the page numbers to offer around a page, with … for those left out."""
    return list(paginator.get_elided_page_range(page, on_each_side=2, on_ends=1))


@register.filter
def dressed(field: BoundField) -> SafeString:
    """Return the control of a form that is not ours, with the look of the pages."""
    kind = getattr(field.field.widget, "input_type", "")
    look = {"checkbox": "form-check-input", "radio": "form-check-input", "select": "form-select"}.get(kind, "form-control")
    return field.as_widget(attrs={"class": look})
