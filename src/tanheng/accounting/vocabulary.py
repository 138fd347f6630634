"""The words of the rule pack that a plant may use for its streams and clinkers."""

from __future__ import annotations

from collections.abc import Mapping

from tanheng.accounting.plant import StreamKind
from tanheng.standards import RulePack

_PREFIXES = {
    StreamKind.FUEL: ("cn.cets.fuel.", "eu.fuel."),
    StreamKind.MATERIAL: ("cn.cets.deduction.",),
}


def known_items(pack: RulePack) -> Mapping[StreamKind, frozenset[str]]:
    """Return for each kind of stream the keys the rule pack knows; a kind that is not there takes any word."""
    return {
        kind: frozenset(name.removeprefix(prefix).partition(".")[0] for prefix in prefixes for name in pack.ids(prefix))
        for kind, prefixes in _PREFIXES.items()
    }


def clinker_kinds(pack: RulePack) -> frozenset[str]:
    """Return the clinker types that have a process factor."""
    prefix = "cn.cets.clinker."
    return frozenset(name.removeprefix(prefix).partition(".")[0] for name in pack.ids(prefix))
