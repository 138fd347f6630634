"""Boundaries as data: the definitions of clinker production, and the fourteen production systems of an enterprise.

Two definitions of the clinker boundary are in use and differ in what is prepared before the kiln: ``cooler`` (preheater to
cooler, Chongqing) and ``silo`` (homogenisation to clinker silo, Hubei pilot). The direct emissions of a line are the same under
both unless a mill is fired; its electricity is not. Each result names its definition and how the others differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tanheng.accounting.plant import Words
from tanheng.core.states import CheckState
from tanheng.standards import RulePack, Text, WordValue

CLINKER = "cn.boundary.clinker"
ENTERPRISE = "cn.boundary.enterprise"


@dataclass(frozen=True, slots=True)
class System:
    """A stage of the plant and whether a definition includes it."""

    id: str
    title: Words
    inside: bool
    check: CheckState


@dataclass(frozen=True, slots=True)
class Boundary:
    """One definition of the clinker boundary; ``check`` is the state of what it includes."""

    id: str
    title: Words
    document: str
    document_title: Words
    place: Words
    check: CheckState
    systems: tuple[System, ...]

    def differs_from(self, other: Boundary) -> tuple[System, ...]:
        """Return the systems that the other definition places otherwise, as the other places them."""
        own = {system.id: system.inside for system in self.systems}
        return tuple(system for system in other.systems if own.get(system.id) != system.inside)


@dataclass(frozen=True, slots=True)
class ProductionSystem:
    """A production system (生产系统) of the enterprise: its group, and the kinds of emission to expect in it.

    ``check`` is the state of name and group; the kinds of emission have their own, ``emissions_check``.
    """

    id: str
    title: Words
    group: str
    group_title: Words
    emissions: frozenset[str]
    check: CheckState
    emissions_check: CheckState


def clinker_boundary(pack: RulePack, name: str) -> Boundary:
    """Return the clinker boundary called ``name``: ``cooler`` or ``silo``.

    Raises
    ------
    UnknownIdError
        When the rule pack defines no boundary of that name.
    """
    table = pack.table(f"{CLINKER}.{name}")
    found = []
    for row, title in table.rows.items():
        value = _word(pack, table.cell(row, "position"))
        found.append((System(row, _words(title), value.word == "inside", value.check), value))
    included = [value for system, value in found if system.inside]
    return Boundary(
        id=name,
        title=_words(table.title),
        document=table.document,
        document_title=_words(pack.document(table.document).title),
        place=_words(included[0].place),
        check=max((value.check for value in included), key=lambda state: state.rank),
        systems=tuple(system for system, _ in found),
    )


def clinker_boundaries(pack: RulePack, used: str, names: Sequence[str]) -> tuple[Boundary, ...]:
    """Return the definition used, then the others of ``names``."""
    ordered = [used, *(name for name in names if name != used)]
    return tuple(clinker_boundary(pack, name) for name in ordered)


def production_systems(pack: RulePack) -> tuple[ProductionSystem, ...]:
    """Return the fourteen production systems of the enterprise boundary, main before auxiliary before attached."""
    table = pack.table(ENTERPRISE)
    kinds = [column for column in table.columns if column != "group"]
    found = []
    for row, title in table.rows.items():
        group = _word(pack, table.cell(row, "group"))
        cells = {kind: _word(pack, table.cell(row, kind)) for kind in kinds}
        found.append(
            ProductionSystem(
                id=row,
                title=_words(title),
                group=group.word,
                group_title=_words(group.meaning),
                emissions=frozenset(kind for kind, cell in cells.items() if cell.word == "present"),
                check=group.check,
                emissions_check=max((cell.check for cell in cells.values()), key=lambda state: state.rank),
            )
        )
    return tuple(found)


def _word(pack: RulePack, identifier: str) -> WordValue:
    """Return the newest reading of a cell: a definition is the plant's to choose, whatever year it accounts."""
    value = pack.parameter(identifier).values[-1]
    assert isinstance(value, WordValue)  # the columns of these tables have choices
    return value


def _words(text: Text) -> Words:
    return {"zh": text.zh, "en": text.en}
