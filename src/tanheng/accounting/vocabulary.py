"""The words of the rule pack that a plant may use for its streams and clinkers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tanheng.accounting.plant import StreamKind
from tanheng.standards import RulePack

# By what a rule book's id begins with: the tables its streams are looked up in.
_PREFIXES: Mapping[str, Mapping[StreamKind, str]] = {
    "cn.": {StreamKind.FUEL: "cn.cets.fuel.", StreamKind.MATERIAL: "cn.cets.deduction."},
}

# Where fuels burn: kilns and boilers have oxidation rates of their own, vehicles those of any device.
_DEVICES = frozenset(["cement_kiln", "power_boiler", "industrial_boiler", "vehicle"])


def known_items(pack: RulePack, book_id: str) -> Mapping[StreamKind, frozenset[str]]:
    """Return for each kind of stream the keys a rule book looks up; a kind that is not there takes any word.

    Parameters
    ----------
    pack : RulePack
    book_id : str
        Rule book, such as ``cn.cets``. The European method takes factors from the plant where its table has none, so any word
        will do.
    """
    tables = next((tables for start, tables in _PREFIXES.items() if book_id.startswith(start)), {})
    return {kind: frozenset(_keys(pack, prefix)) for kind, prefix in tables.items()}


def rulebook_ids(pack: RulePack) -> tuple[str, ...]:
    """Return the rule books a plant may choose; those of Tanheng itself only serve others."""
    return tuple(sorted(name for name in pack.rulebooks if not name.startswith("tanheng.")))


def clinker_kinds(pack: RulePack) -> frozenset[str]:
    """Return the clinker types that have a process factor."""
    return frozenset(_keys(pack, "cn.cets.clinker."))


def devices(pack: RulePack) -> frozenset[str]:
    """Return the combustion devices a stream may name: the usual ones, and those the table of oxidation rates has."""
    ids = (name.removeprefix("cn.cets.oxidation.") for name in pack.ids("cn.cets.oxidation."))
    return _DEVICES | {rest.partition(".")[2] for rest in ids if "." in rest}


def _keys(pack: RulePack, prefix: str) -> Iterator[str]:
    return (name.removeprefix(prefix).partition(".")[0] for name in pack.ids(prefix))
