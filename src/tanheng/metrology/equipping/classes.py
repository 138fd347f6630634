"""Which class an instrument or chain must have at a point, and whether it has it.

The class table names a class for a parameter and a kind of instrument. The row is found by what is measured there and by what
the item measures as a whole: a belt-weighing chain is a belt scale, whatever its load cells are called. A kind without a
row is held to the strictest class of the parameter that its own can be compared with; where the ledger does not say what an
instrument is (``other``), nobody can tell, and it does not count until its kind is named. The table's body is not held, so that
is a cautious reading (decision 0113).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tanheng.core.states import CheckState
from tanheng.metrology.equipping.reasons import RULE_OF, Note, Reason, Remark, Why
from tanheng.metrology.equipping.rules import Rules
from tanheng.metrology.instruments import accuracy, chains
from tanheng.metrology.instruments.chains import Holdings
from tanheng.metrology.instruments.model import UNNAMED
from tanheng.metrology.network.model import Level, Point
from tanheng.metrology.requirement import Basis


@dataclass(frozen=True, slots=True)
class Needed:
    """What the class table demands of an item at a point.

    Attributes
    ----------
    bases : tuple of Basis
        The classes of the rows that may hold for it; the strictest that can be compared is the one to meet.
    kind : str
        The kind by which they were found; of several those joined.
    is_named : bool
        Whether the table has a row for that kind; else the bases are all of the parameter.
    has_part : bool
        Whether a part of a chain is itself of the kind that the row is about, such as the meter behind its transformers.
    """

    bases: tuple[Basis, ...]
    kind: str
    is_named: bool
    has_part: bool = False


def needed(point: Point, code: str, held: Holdings, rules: Rules) -> Needed | None:
    """Return what the class table demands of an instrument or chain at a point; None where it has no row of the parameter."""
    rows = _rows(point, rules)
    if not rows:
        return None
    chain = held.chains.get(code)
    members = chain.members if chain is not None else (code,)
    parts = {held.instruments[member].kind for member in members if member in held.instruments}
    kinds = set(chain.measures) if chain is not None and chain.measures else parts
    if not kinds:
        return None  # nothing is there that could have a class, which is said otherwise
    named = kinds & rows.keys()
    has_part = chain is not None and bool(named & parts)
    if has_part:
        named &= parts
    chosen = named or rows.keys()
    bases = tuple(rows[kind] for kind in sorted(chosen))
    return Needed(bases, ", ".join(sorted(named or kinds - {UNNAMED})) or UNNAMED, bool(named), has_part)


def _rows(point: Point, rules: Rules) -> dict[str, Basis]:
    """Return the class of each kind that the table names for the parameter: the stricter one at the entry of the plant."""
    place = "entry" if point.level in (Level.ENTITY, Level.ENTRY) else "general"
    found = {}
    for kind in rules.kinds_for(point.parameter):
        basis = rules.classes.get((point.parameter, kind, place)) or rules.classes.get((point.parameter, kind, "general"))
        if basis is not None:
            found[kind] = basis
    return found


def judged(point: Point, code: str, held: Holdings, rules: Rules, on: datetime.date) -> list[Reason | Note]:
    """Return what its class says against an item at a point, and what is to be remarked; nothing where it is good enough."""
    found: list[Reason | Note] = []
    stated = chains.classes_of(code, held, on)
    table = needed(point, code, held, rules)
    if table is not None:
        found += _by_table(table, stated, code, rules)
        if code in held.chains and not table.has_part:
            found += _as_parts(table, stated, code)
    if point.required_class:
        found += _against(Why.OWN_CLASS, (_own(point.required_class),), stated, code)
    return found


def suits(point: Point, code: str, held: Holdings, rules: Rules, on: datetime.date) -> bool:
    """Tell whether an instrument is of a kind that the table names for a point and states a class that is good enough."""
    table = needed(point, code, held, rules)
    return table is not None and table.is_named and not judged(point, code, held, rules, on)


def _by_table(table: Needed, stated: Sequence[str], code: str, rules: Rules) -> list[Reason | Note]:
    if table.kind == UNNAMED:
        basis = rules.counting[RULE_OF[Why.KIND]]
        return [Reason(why=Why.KIND, basis=basis, item=code, has=table.kind, needs=_printed(table.bases))]
    found = _against(Why.CLASS, table.bases, stated, code)
    if found or table.is_named:
        return found
    return [Note(remark=Remark.KIND_NOT_NAMED, item=code, has=table.kind, needs=_printed(table.bases))]


def _against(why: Why, bases: Sequence[Basis], stated: Sequence[str], code: str) -> list[Reason | Note]:
    """Return what the classes stated say against an item by the strictest class that they can be compared with."""
    known = [one for one in stated if one]
    if not known:
        return [Note(remark=Remark.CLASS_NOT_STATED, item=code, needs=_printed(bases))]
    worst = chains.worst_class(known)
    basis = _strictest(bases, worst) if worst is not None else None
    if worst is None or basis is None:
        return [Note(remark=Remark.CLASS_NOT_COMPARABLE, item=code, needs=_printed(bases), has=", ".join(known))]
    needs = basis.printed["zh"]
    if accuracy.is_better(needs, worst):
        return [Reason(why=why, basis=basis, item=code, has=worst, needs=needs)]
    return [Note(remark=Remark.CLASS_NOT_STATED, item=code, needs=needs)] if len(known) < len(stated) else []


def _as_parts(table: Needed, stated: Sequence[str], code: str) -> list[Note]:
    """Remark a chain that meets its class by its worst part and would miss it by all parts together."""
    worst, together = chains.worst_class(stated), accuracy.together(stated)
    basis = _strictest(table.bases, worst) if worst is not None else None
    if worst is None or basis is None or together is None:
        return []
    needs = basis.printed["zh"]
    if accuracy.is_better(needs, worst) or not accuracy.is_better(needs, f"{together}"):
        return []
    return [Note(remark=Remark.NOT_AS_SYSTEM, item=code, needs=needs, has=f"{together}")]


def _strictest(bases: Iterable[Basis], stated: str) -> Basis | None:
    """Return the strictest class among those that can be compared with the one stated; None where none can."""
    found: Basis | None = None
    for basis in bases:
        if accuracy.is_better(basis.printed["zh"], stated) is None:
            continue
        if found is None or accuracy.is_better(basis.printed["zh"], found.printed["zh"]):
            found = basis
    return found


def _printed(bases: Iterable[Basis]) -> str:
    return " / ".join(dict.fromkeys(basis.printed["zh"] for basis in bases))


def _own(needs: str) -> Basis:
    """Return the plant's own plan as what a class rests on: no document, and so no non-conformity with one."""
    words = {"zh": needs, "en": needs}
    place = {"zh": "本单位计量方案", "en": "the plant's own metering plan"}
    return Basis(id="", printed=words, document="", place=place, check=CheckState.SECONDARY)
