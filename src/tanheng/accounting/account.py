"""Account a plant-year: run a rule book over what was known on a day.

This is the platform's main job without a server. The same inputs, rule pack and day of knowledge give the same inventory,
digit for digit, for ever.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from tanheng.accounting import rulebook
from tanheng.accounting.boundaries import clinker_boundaries
from tanheng.accounting.entries import Ledger
from tanheng.accounting.graph import Absence, Node, Value
from tanheng.accounting.inventory import Figure, Inventory, checks_of, figure_of, input_of, official
from tanheng.accounting.planning.planner import Planner
from tanheng.accounting.plant import Plant
from tanheng.accounting.rulebook import RuleBook
from tanheng.accounting.source_streams import Classification, classify, rule_set, streams_of
from tanheng.core import identifiers
from tanheng.core.errors import InputError
from tanheng.standards import RulePack


def account(
    plant: Plant,
    ledger: Ledger,
    pack: RulePack,
    *,
    book_id: str = "",
    known: datetime.date | None = None,
) -> Inventory:
    """Return the inventory of a plant.

    Parameters
    ----------
    plant : Plant
    ledger : Ledger
        Every version of every entry.
    pack : RulePack
    book_id : str
        Rule book; empty for the plant's own.
    known : date, optional
        Use what was known on this day, of entries and of parameters; None for all that is known.

    Raises
    ------
    InputError
        With everything the rule book needs and the plant does not give, or gives at the wrong place or basis, and every
        figure that a valid input cannot have, such as process emissions below zero.
    """
    book = rulebook.read(pack, book_id or plant.rulebook)
    entries = ledger.known_at(known)
    declared = {identifiers.without_period(key) for key in ledger.versions}
    plan = Planner(book, plant, entries, pack, declared=declared, known=known).plan()
    nodes = tuple(plan.nodes)
    values = official(nodes, plan.leaves)
    _refuse_negative(nodes, values)
    checks = checks_of(nodes, plan.parameters)
    figures = {node.id: figure_of(node, values[node.id], book, checks) for node in nodes}
    return Inventory(
        plant=plant,
        book=book,
        pack_digest=pack.digest,
        known=known,
        nodes=nodes,
        figures=figures,
        inputs={key: input_of(entry, plan.units[key], ledger.earlier(entry)) for key, entry in plan.entries.items()},
        parameters=plan.parameters,
        constants={key: (constant.value, constant.unit) for key, constant in plan.constants.items()},
        leaves=plan.leaves,
        unused=tuple(sorted(declared - {identifiers.without_period(key) for key in plan.leaves})),
        boundaries=clinker_boundaries(pack, plant.clinker_boundary, book.boundaries) if book.boundaries else (),
        source_streams=_classes(book, plant, pack, figures),
    )


def _classes(book: RuleBook, plant: Plant, pack: RulePack, figures: Mapping[str, Figure]) -> Classification | None:
    """Return the classes of the source streams by the newest limits, which serve any year; None where none are to be had."""
    streams = streams_of(plant, figures) if book.source_streams else None
    return None if streams is None else classify(streams, rule_set(pack, book.source_streams))


def _refuse_negative(nodes: Sequence[Node], values: Mapping[str, Value]) -> None:
    """Refuse figures below zero that the rule book calls impossible; nothing is clamped."""
    faults = []
    for node in nodes:
        value = values[node.id]
        if node.refuse_negative and not isinstance(value, Absence) and value < 0:
            faults.append(InputError("accounting.figure.negative", id=node.id, value=f"{value:f}", unit=node.unit))
    if faults:
        raise InputError("accounting.input.refused", findings=faults, count=len(faults))
