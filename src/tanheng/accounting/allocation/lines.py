"""What the allocation needs of each line of an inventory."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from decimal import Decimal

from tanheng.accounting.allocation.model import Circumstance, LineYear
from tanheng.accounting.errors import AllocationError
from tanheng.accounting.inventory import Inventory
from tanheng.accounting.plant import StreamKind
from tanheng.core.numbers import calculating
from tanheng.formulas.allocation import line
from tanheng.standards import RulePack

BOOK = "cn.cets"
"""The rule book whose ``line.<n>.total`` is the compliance quantity."""

WHITE = "white_portland"
CARBIDE_SLAG = "carbide_slag"


def lines_of(
    inventory: Inventory, pack: RulePack, *, circumstances: Mapping[str, Collection[Circumstance]] | None = None
) -> list[LineYear]:
    """Return what the allocation needs of each line of an inventory.

    That a line makes only white clinker and how much carbide slag it uses follow from the inventory.

    Parameters
    ----------
    inventory : Inventory
        By the rule book ``cn.cets``, of a whole year.
    pack : RulePack
    circumstances : mapping of line id to circumstances, optional
        Those an inventory cannot know: by-product of sulfuric acid, shut down, new.

    Raises
    ------
    AllocationError
        When the inventory is by another rule book, a line's figure is blank, or a line is named that the plant does not have.
    """
    if inventory.book.id != BOOK:
        raise AllocationError("accounting.allocation.book", book=inventory.book.id, wanted=BOOK)
    stated = dict(circumstances or {})
    known_lines = [one.id for one in inventory.plant.lines]
    for name in stated:
        if name not in known_lines:
            raise AllocationError("accounting.allocation.line", line=name, known=", ".join(known_lines))
    found = []
    for name in known_lines:
        facts = set(stated.get(name, ()))
        if _only_white(inventory, name):
            facts.add(Circumstance.WHITE_CLINKER)
        found.append(
            LineYear(
                name,
                _amount(inventory, f"line.{name}.total"),
                _amount(inventory, f"line.{name}.clinker_output"),
                _substitution(inventory, pack, name),
                frozenset(facts),
            )
        )
    return found


def _amount(inventory: Inventory, identifier: str) -> Decimal:
    value = inventory.figure(identifier).value
    if value is None:
        raise AllocationError("accounting.allocation.blank", figure=identifier, plant=inventory.plant.id)
    return value


def _outputs(inventory: Inventory, name: str) -> list[tuple[str, Decimal]]:
    """Return kind and year's output of each clinker that a line made."""
    clinkers = next(one for one in inventory.plant.lines if one.id == name).clinkers
    made = [(clinker.kind, _amount(inventory, f"line.{name}.clinker.{clinker.id}.output")) for clinker in clinkers]
    return [(kind, output) for kind, output in made if output]


def _only_white(inventory: Inventory, name: str) -> bool:
    made = _outputs(inventory, name)
    return bool(made) and all(kind == WHITE for kind, _ in made)


def _substitution(inventory: Inventory, pack: RulePack, name: str) -> Decimal:
    """Return the carbide-slag substitution rate of a line; of several clinkers by their joint carbonate emission."""
    streams = [
        stream for stream in inventory.plant.streams_of(f"line.{name}", StreamKind.MATERIAL) if stream.item == CARBIDE_SLAG
    ]
    made = _outputs(inventory, name)
    if not streams or not made:
        return Decimal(0)
    day = datetime.date(inventory.plant.year, 12, 31)

    def factor(identifier: str) -> Decimal:
        return pack.value(identifier, on=day, known=inventory.known).value

    with calculating():
        slag = sum((_amount(inventory, f"line.{name}.material.{one.id}.consumption") for one in streams), Decimal(0))
        clinker = sum((output for _, output in made), Decimal(0))
        carbonate = sum((output * factor(f"cn.cets.clinker.{kind}.process_factor") for kind, output in made), Decimal(0))
        return Decimal(
            line.carbide_slag_substitution(
                carbide_slag=slag,
                deduction_coefficient=factor(f"cn.cets.deduction.{CARBIDE_SLAG}.coefficient"),
                clinker=clinker,
                clinker_factor=carbonate / clinker,
            )
        )
