"""What only shows when everything is read: streams without rows, rows declared none that have values, mixed dimensions."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tanheng.accounting.entries import Cell
from tanheng.accounting.folder.entering import Entering
from tanheng.accounting.folder.plant_file import PlantFile
from tanheng.accounting.folder.words import PLACES, title_of
from tanheng.accounting.plant import Plant
from tanheng.core.units import UNITS

_PER = {"heat per mass": "mass", "heat per normal volume": "normal volume"}


def check_whole(described: PlantFile, entering: Entering) -> None:
    """Note the faults of a folder as a whole."""
    if not entering.unnamed:
        _check_rows(described, entering)
    _check_declared_none(described, entering)
    _check_places(described.plant, entering)
    _check_dimensions(described.plant, entering)
    _check_sampled_and_given(entering)


def _needed(plant: Plant) -> Iterator[tuple[str, str, str]]:
    """Yield what a plant must give: the part of the plant, the prefix of the quantities, and one of them by name."""
    for stream in plant.streams:
        prefix = f"{stream.scope}.{stream.kind}.{stream.id}"
        yield prefix, f"{prefix}.consumption", f"{prefix}.consumption"
    for line in plant.lines:
        for clinker in line.clinkers:
            own = f"line.{line.id}.clinker.{clinker.id}"
            yield own, f"{own}.", f"{own}.output"
    for product in plant.products:
        yield f"product.{product.id}", f"enterprise.product.{product.id}.output", f"enterprise.product.{product.id}.output"
    for precursor in plant.precursors:
        own = f"enterprise.precursor.{precursor.id}"
        yield f"precursor.{precursor.id}", f"{own}.consumption", f"{own}.consumption"


def _check_rows(described: PlantFile, entering: Entering) -> None:
    """Note the streams, clinkers and products of the plant that no row speaks of; a row with blank cells is a gap instead."""
    quantities = entering.spoken
    for part, wanted, example in _needed(described.plant):
        is_there = wanted in quantities or (wanted.endswith(".") and any(name.startswith(wanted) for name in quantities))
        shared_silo = ".clinker." in part and any(
            quantity.startswith(f"site.clinker.{part.rpartition('.')[2]}.") for quantity in quantities
        )
        if not is_there and not shared_silo:
            entering.faults.add("whole.row_missing", described.places[part], value=part, heading=part, quantity=example)


def _check_declared_none(described: PlantFile, entering: Entering) -> None:
    """Note a row that is declared none and yet holds an amount."""
    filled = {entry.quantity: entry for entry in entering.entries if entry.value} if described.plant.declared_none else {}
    for none in described.plant.declared_none:
        names = {none.row, f"enterprise.{none.row}"}
        found = next((entry for quantity, entry in filled.items() if _is_below(quantity, names)), None)
        if found is not None:
            place = described.places[f"row.{none.row}"]
            more = {"quantity": found.quantity, "first": str(found.cell)}
            entering.faults.add("whole.declared_none", place, value=none.row, heading="declared_none", **more)


def _is_below(quantity: str, names: Collection[str]) -> bool:
    return any(quantity == name or quantity.startswith(f"{name}.") for name in names)


def _check_places(plant: Plant, entering: Entering) -> None:
    """Note a consumption weighed at another place than the plant says the stream is metered."""
    for stream in plant.streams:
        subject, line = entering.traits.get(f"{stream.scope}.{stream.kind}.{stream.id}.consumption", (None, None))
        if subject is None or line is None or subject.place is None or subject.place == stream.place:
            continue
        words = {f"found_{language}": word for language, word in title_of(PLACES, subject.place.value).items()}
        words |= {f"declared_{language}": word for language, word in title_of(PLACES, stream.place.value).items()}
        line.fault("whole.place", "place", stream=stream.id, declared=stream.place.value, **words)


def _check_dimensions(plant: Plant, entering: Entering) -> None:
    """Note a calorific value per tonne of a fuel metered in cubic metres, or the other way round."""
    for stream in plant.streams:
        prefix = f"{stream.scope}.{stream.kind}.{stream.id}"
        amount, _ = entering.traits.get(f"{prefix}.consumption", (None, None))
        heat, line = entering.traits.get(f"{prefix}.net_calorific_value", (None, None))
        if amount is None or heat is None or line is None:
            continue
        if _PER[UNITS[heat.unit].dimension] != UNITS[amount.unit].dimension:
            line.fault("whole.dimension", "unit", stream=stream.id, amount=amount.unit)


def _check_sampled_and_given(entering: Entering) -> None:
    """Note a quantity given month by month and by laboratory samples at once."""
    sampled: dict[str, Cell] = {}
    for entry in entering.entries:
        quantity, mark, _ = entry.quantity.partition(".sample.")
        if mark:
            sampled.setdefault(quantity, entry.cell)
    told: set[str] = set()
    for entry in entering.entries:
        if entry.quantity in sampled and entry.value is not None and entry.quantity not in told and not entry.reason:
            told.add(entry.quantity)
            first = str(sampled[entry.quantity])
            entering.faults.add("whole.sampled", entry.cell, value=entry.value, quantity=entry.quantity, first=first)
