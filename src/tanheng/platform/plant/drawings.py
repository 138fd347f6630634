"""Drawings of the plant on its pages: what they say of themselves, and their parts leading to the records behind them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from xml.etree import ElementTree

from django.utils.safestring import SafeString, mark_safe

from tanheng.accounting.boundaries import production_systems
from tanheng.accounting.plant import Words
from tanheng.metrology.network.drawing import TitleBlock
from tanheng.platform.record.models import Plant
from tanheng.standards import load_pack

SVG = "http://www.w3.org/2000/svg"
CONSTRUCTED: Words = {"zh": "演示：这些数据不属于任何真实企业", "en": "Demonstration: these data belong to no real plant"}
SMALLEST = 0.6  # of the natural size: words of 12 px can still be read
Address = Callable[[str, str], str]
ElementTree.register_namespace("", SVG)


def words_of(plant: Plant) -> Words:
    """Return the plant's name in both languages."""
    return {"zh": plant.name_zh, "en": plant.name_en or plant.name_zh}


def block_of(
    plant: Plant,
    *,
    on: datetime.date,
    edition: str = "working",
    title: str = "",
    walked_on: datetime.date | None = None,
    part: Words | None = None,
) -> TitleBlock:
    """Return what a drawing of the plant says of itself."""
    return TitleBlock(
        plant=words_of(plant),
        edition=edition,
        on=on,
        edition_title=title,
        walked_on=walked_on,
        part=part,
        constructed=CONSTRUCTED if plant.demonstration else None,
    )


def system_titles() -> Mapping[str, Words]:
    """Return what the fourteen production systems are called."""
    return {system.id: system.title for system in production_systems(load_pack())}


def linked(svg: str, address: Address, *, full: bool = False) -> SafeString:
    """Return a drawing for a page, each part of the model leading to its record.

    Parameters
    ----------
    address : callable
        Kind (``node``, ``edge``, ``point``, ``stream``, ``instrument``) and code to an address; empty for none.
    full : bool
        In its natural size; otherwise it fits its place, as far as its words can be read.
    """
    root = ElementTree.fromstring(svg)  # noqa: S314  # drawn by us
    natural = float(root.get("viewBox", "0 0 1000 0").split()[2])
    size = f"width: 100%; height: auto; min-width: {natural * SMALLEST:.0f}px" if not full else "max-width: none"
    root.set("style", size)
    for parent in list(root.iter()):
        for place, part in enumerate(list(parent)):
            kind, code = part.get("data-kind"), part.get("data-code")
            target = address(kind, code) if kind and code else ""
            if target:
                link = ElementTree.Element(f"{{{SVG}}}a", {"href": target, "style": "color: inherit"})
                link.append(part)
                parent[place] = link
    return mark_safe(ElementTree.tostring(root, encoding="unicode"))  # noqa: S308  # drawn by us, every text escaped there
