"""The report of the conformance kit: checks with a verdict, and how many held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    Parameters
    ----------
    subject : str
        ``loss``, ``order``, ``duplicates``, ``clock``, ``signature`` or ``robustness``.
    name : str
        Short name, stable.
    asked : str
        What a conforming party does.
    held : bool
    found : str
        What it did.
    """

    subject: str
    name: str
    asked: str
    held: bool
    found: str


def score(checks: Sequence[Check]) -> dict[str, tuple[int, int]]:
    """Return subject → (held, asked), and ``total``.

    Examples
    --------
    >>> score([Check("loss", "a", "", True, ""), Check("loss", "b", "", False, "")])
    {'loss': (1, 2), 'total': (1, 2)}
    """
    found: dict[str, tuple[int, int]] = {}
    for check in checks:
        held, asked = found.get(check.subject, (0, 0))
        found[check.subject] = (held + check.held, asked + 1)
    found["total"] = (sum(check.held for check in checks), len(checks))
    return found


def to_json(party: str, checks: Sequence[Check]) -> dict[str, object]:
    """Return the report as a JSON tree."""
    return {
        "party": party,
        "score": {subject: {"held": held, "asked": asked} for subject, (held, asked) in score(checks).items()},
        "checks": [asdict(check) for check in checks],
    }


def printed(party: str, checks: Sequence[Check]) -> None:
    """Print the report for people."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=party)
    for title in ("", "subject", "check", "asked", "found"):
        table.add_column(title, overflow="fold")
    for check in checks:
        table.add_row("✓" if check.held else "✗", check.subject, check.name, check.asked, "" if check.held else check.found)
    console = Console()
    console.print(table)
    console.print(" · ".join(f"{subject} {held}/{asked}" for subject, (held, asked) in score(checks).items()))
