"""When a step of a rule book applies: what is declared, on which basis and at which place, and what the plant chose."""

from __future__ import annotations

from tanheng.accounting.errors import RuleBookError
from tanheng.accounting.loops import Turn
from tanheng.accounting.planning.declared import Declared
from tanheng.accounting.planning.placeholders import fill
from tanheng.accounting.plant import Plant
from tanheng.accounting.rulebook import Condition, RuleBook
from tanheng.core.errors import InputError


def holds(condition: Condition, turn: Turn, *, declared: Declared, plant: Plant, book: RuleBook) -> bool:
    """Tell whether a step's condition holds in one turn of its loops."""
    return (
        all(declared.there(fill(name, turn)) for name in condition.declared)
        and not any(declared.there(fill(name, turn)) for name in condition.absent)
        and all(declared.basis(fill(name, turn)) == basis for name, basis in condition.basis.items())
        and all(_matches(declared.place(fill(name, turn)), fill(place, turn)) for name, place in condition.place.items())
        and all(_choice(name, plant, book) == wanted for name, wanted in condition.choice.items())
        and all(_matches(turn.bindings.get(name, ""), wanted) for name, wanted in condition.binding.items())
        and all(declared.sampled(fill(name, turn)) for name in condition.sampled)
    )


def _choice(name: str, plant: Plant, book: RuleBook) -> str:
    """Return the plant's choice of an option of the rule book, or the rule book's own.

    Raises
    ------
    InputError
        When the plant chose what the rule book does not offer.
    """
    if name not in book.choices:
        raise RuleBookError("accounting.rulebook.choice", name=name, known=", ".join(book.choices) or "–")
    option = book.choices[name]
    chosen = plant.choices.get(name, option.default)
    if chosen not in option.allowed:
        raise InputError("accounting.choice", name=name, value=chosen, allowed=", ".join(option.allowed))
    return chosen


def _matches(found: str, wanted: str) -> bool:
    return found != wanted[1:] if wanted.startswith("!") else found == wanted
