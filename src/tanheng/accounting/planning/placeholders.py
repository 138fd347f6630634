"""Placeholders of a rule book's templates, filled from the loops around them."""

from __future__ import annotations

from tanheng.accounting.errors import RuleBookError
from tanheng.accounting.loops import Turn


def fill(template: str, turn: Turn) -> str:
    """Return a template with its placeholders filled from the loops around it."""
    if "{" not in template:
        return template
    try:
        return template.format_map(turn.bindings)
    except (KeyError, ValueError, IndexError, AttributeError) as error:
        raise RuleBookError("accounting.rulebook.placeholder", template=template, known=", ".join(turn.bindings)) from error
