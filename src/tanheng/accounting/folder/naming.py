"""The row of a quantity in words: how a plant would write it, and the file it usually stands in."""

from __future__ import annotations

from collections.abc import Mapping

from tanheng.accounting import items
from tanheng.accounting.folder.words import GROUPS, SCOPES, title_of
from tanheng.accounting.plant import Plant, Words

# Which table of the template holds a group; what is not here stands in the table of activity data.
_TABLES: Mapping[str, str] = {
    "electricity": "electricity_heat",
    "heat": "electricity_heat",
    "alternative_fuel": "alternative_fuels",
}
_COUNTED = frozenset(
    [
        *("opening_stock", "closing_stock", "opening_in_transit", "closing_in_transit"),
        *("used_in_cement", "sold", "purchased", "moved_in", "moved_out"),
    ]
)


def row_words(plant: Plant, quantity: str) -> Words | None:
    """Return scope, group, stream, item and unit of a quantity's row in both languages, with its file behind.

    None for an id that no row can hold, such as a figure or a parameter.

    Examples
    --------
    For ``line.1.fuel.coal.consumption``: ``1#线 | 化石燃料 | 烟煤 | 消耗量 | t → activity``.
    """
    item = items.item_of(quantity)
    if item is None:
        return None
    parts = quantity.partition(".sample")[0].split(".")
    scope = ".".join(parts[:2]) if parts[0] in ("line", "facility") else parts[0]
    group, *rest = quantity.partition(".sample")[0].removeprefix(f"{scope}.").split(".")
    stream = rest[0] if group in items.STREAMED else ""
    titles = (_scope_title(plant, scope), title_of(GROUPS, group), _stream_title(plant, scope, group, stream), item.title)
    file = "stocktakes" if group == "clinker" and item.name in _COUNTED else _TABLES.get(group, "activity")
    return {
        language: " | ".join([*(title[language] for title in titles), f"{item.units[0]} → {file}"]) for language in ("zh", "en")
    }


def _scope_title(plant: Plant, scope: str) -> Words:
    own = {f"line.{line.id}": line.title for line in plant.lines}
    own |= {f"facility.{facility.id}": facility.title for facility in plant.facilities}
    return own.get(scope) or title_of(SCOPES, scope)


def _stream_title(plant: Plant, scope: str, group: str, stream: str) -> Words:
    known: dict[str, Words] = {}
    match group:
        case "clinker":
            known = {clinker.id: clinker.title for line in plant.lines for clinker in line.clinkers}
        case "product":
            known = {product.id: product.title for product in plant.products}
        case "precursor":
            known = {product.id: product.title for product in plant.precursors}
        case _:
            shared = [one for one in plant.streams if one.kind == group and one.id == stream]
            known = {one.id: one.title for one in sorted(shared, key=lambda one: one.scope == scope)}
    return known.get(stream) or {"zh": stream or "-", "en": stream or "-"}
