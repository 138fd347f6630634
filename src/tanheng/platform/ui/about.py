"""Which record a line of log or audit trail is about.

Both know a record by its type (``line``) and its subject. A reader knows it as a production line, by its title, which leads to
it where the reader may open it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tanheng.platform.accounts.selectors import names
from tanheng.platform.ui.ledger import titles_of
from tanheng.platform.ui.nouns import ledgers, noun_of

if TYPE_CHECKING:
    from tanheng.platform.ui.frame import Page


@dataclass(frozen=True, slots=True)
class About:
    """A record that a line of log or audit trail is about, as the page says it.

    Parameters
    ----------
    noun : str
        What one record of its kind is called.
    title : str
        What it is called itself; empty where the reader may not open it, or it is not there.
    address : str
        Where it is opened; empty as above.
    code : str
        As the log has it.
    """

    noun: str
    title: str = ""
    address: str = ""
    code: str = ""


def about(page: Page, named: Sequence[tuple[str, str]]) -> list[About]:
    """Return what some records are called, in their order; those of one ledger are looked up together.

    Parameters
    ----------
    page : Page
        Knows plant, reader and addresses.
    named : sequence of (type, subject)
        Either may be empty.
    """
    wanted: dict[str, set[uuid.UUID]] = {}
    for type_, subject in named:
        if type_ in ledgers() and (uid := _uuid(subject)) is not None:
            wanted.setdefault(type_, set()).add(uid)
    found = {
        (type_, str(subject)): said for type_, subjects in wanted.items() for subject, said in _titles(page, type_, subjects)
    }
    people = names(uid for type_, subject in named if type_ == "person" and (uid := _uuid(subject)) is not None)
    found |= {("person", str(uid)): (name, "") for uid, name in people.items()}
    return [
        About(noun_of(type_) if type_ else "", *found.get((type_, subject), ("", "")), code=subject) for type_, subject in named
    ]


def _titles(page: Page, type_: str, subjects: set[uuid.UUID]) -> Iterator[tuple[uuid.UUID, tuple[str, str]]]:
    """Yield title and address of the last versions of some records, where the reader may open them."""
    ledger = ledgers()[type_]
    if not page.actor.may(ledger.read, page.plant.pk):
        return
    rows: Any = ledger.model._default_manager  # Any: heirs of Version have the same manager; Django's documented name
    last = {row.subject: row for row in rows.filter(plant=page.plant, subject__in=subjects).order_by("version")}
    for row, title in zip(last.values(), titles_of(ledger, list(last.values())), strict=True):
        yield row.subject, (title, page.address(f"{ledger.name}:detail", subject=row.subject))


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
