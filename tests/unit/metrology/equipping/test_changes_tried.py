"""Changes of the what-if that complete, move and name: what they do to a register, and what they leave as it is."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest

from tanheng.metrology.equipping import ChainCompleted, Change, KindNamed, Moved, Rules, what_if
from tanheng.metrology.errors import EquippingError
from tanheng.metrology.instruments.model import Installation, Register, UseState

Makers = Any  # the class of makers in conftest.py, which a test module cannot import


def gained_lost(make: Makers, held: Rules, register: Register, *changes: Change) -> tuple[tuple[str, ...], tuple[str, ...]]:
    network = make.network(make.point("P"), make.point("Q"))
    found = what_if(network, register, held, changes, on=make.today)
    return found.gained, found.lost


def good(make: Makers, *, state: UseState = UseState.IN_SERVICE, at: dict[str, str] | None = None) -> Register:
    register: Register = make.register(
        instruments=[make.instrument("I", state=state)], at=at or {}, certificates=[make.certificate("I")]
    )
    return register


def test_an_instrument_that_is_moved_equips_its_new_point_and_leaves_the_old(make: Makers, held: Rules) -> None:
    assert gained_lost(make, held, good(make, at={"P": "I"}), Moved("I", "Q", make.today)) == (("Q",), ("P",))


@pytest.mark.parametrize("state", [UseState.IN_SERVICE, UseState.SEALED_UP, UseState.OUT_OF_SERVICE])
def test_a_spare_that_is_moved_is_put_in_service(make: Makers, held: Rules, state: UseState) -> None:
    assert gained_lost(make, held, good(make, state=state), Moved("I", "Q", make.today)) == (("Q",), ())


def test_a_move_keeps_the_past_and_drops_what_was_planned(make: Makers) -> None:
    day = datetime.timedelta(days=1)
    past = Installation(instrument="I", point="P", start=datetime.date(2024, 1, 1), end=datetime.date(2025, 1, 1))
    present = Installation(instrument="I", point="P", start=datetime.date(2025, 1, 1))
    today = Installation(instrument="I", point="R", start=make.today, end=make.today + day)
    other = Installation(instrument="J", point="P", start=datetime.date(2025, 1, 1))
    register = replace(good(make), installations=(past, present, today, other))
    moved = Moved("I", "Q", make.today).applied(register).installations
    assert moved == (past, replace(present, end=make.today), other, Installation(instrument="I", point="Q", start=make.today))


def test_a_chain_is_moved_with_its_parts(make: Makers, held: Rules) -> None:
    register = make.register(
        instruments=[make.instrument("S")],
        chains=[make.chain("C", {"S": "sensor"}, "sensor")],
        at={"P": "C"},
        certificates=[make.certificate("S")],
    )
    assert gained_lost(make, held, register, Moved("C", "Q", make.today)) == (("Q",), ("P",))


def lacking(make: Makers, *, gone: UseState | None = None) -> Register:
    """Return a chain without its converter: nobody has the role, or the part that had it is scrapped."""
    roles = {"S": "sensor", **({"T": "converter"} if gone is not None else {})}
    chain = replace(make.chain("C", roles, "sensor", "converter"), measures=("belt_scale",))
    register: Register = make.register(
        instruments=[make.instrument("S"), *([make.instrument("T", state=gone)] if gone is not None else [])],
        chains=[chain],
        at={"P": "C"},
        certificates=[make.certificate("S")],
    )
    return register


@pytest.mark.parametrize("gone", [None, UseState.SCRAPPED])
@pytest.mark.parametrize(("stated", "gained"), [("0.5", ("P",)), ("2.0", ())])
def test_a_chain_that_gets_its_parts_counts_if_they_are_good_enough(
    make: Makers, held: Rules, gone: UseState | None, stated: str, gained: tuple[str, ...]
) -> None:
    register = lacking(make, gone=gone)
    assert gained_lost(make, held, register, ChainCompleted("C", stated, make.today)) == (gained, ())


def test_a_whole_chain_stays_as_it_is(make: Makers) -> None:
    register = make.register(instruments=[make.instrument("S")], chains=[make.chain("C", {"S": "sensor"}, "sensor")])
    assert ChainCompleted("C", "0.5", make.today).applied(register) == register


def test_naming_a_kind_changes_one_instrument(make: Makers) -> None:
    register = make.register(instruments=[make.instrument("I", kind="other"), make.instrument("J", kind="other")])
    assert [one.kind for one in KindNamed("I", "belt_scale").applied(register).instruments] == ["belt_scale", "other"]


@pytest.mark.parametrize("kind", ["move", "kind", "complete"])
def test_what_is_not_in_the_register_cannot_change(make: Makers, kind: str) -> None:
    changes: dict[str, Change] = {
        "move": Moved("X", "P", make.today),
        "kind": KindNamed("X", "belt_scale"),
        "complete": ChainCompleted("X", "0.5", make.today),
    }
    with pytest.raises(EquippingError, match="X"):
        changes[kind].applied(good(make))
