"""The rule books of a bundle: ``rules/<id>.json``, canonical JSON, each with those it extends.

The digest of a book that extends none is the SHA-256 of its file. That of one that extends others is the digest of the list of
their digests, its own last (``tanheng.accounting.rulebook.read``), so it covers all of them.
"""

from __future__ import annotations

from typing import Any

from tanheng.core import canonical
from tanheng.evidence.archive import Archive
from tanheng.evidence.errors import ReportError
from tanheng.evidence.report import parse_json
from tanheng.standards import RulePack

MAX_BYTES = 16 << 20
MAX_DEPTH = 16


def path_of(book: str) -> str:
    """Return the member that holds a rule book."""
    return f"rules/{book}.json"


def members(pack: RulePack, book: str) -> dict[str, bytes]:
    """Return the files of a rule book and of all it extends, by path."""
    content = pack.rulebook(book).content
    found = {path_of(book): canonical.dumps(content)}
    for other in content.get("extends", ()):
        found |= members(pack, other)
    return found


def digests(archive: Archive, book: str) -> dict[str, str]:
    """Return the digest of a bundle's rule book and of all it extends, by path; the book's own is the last.

    Raises
    ------
    ReportError
        When a book is no JSON object, extends what is no list of ids, extends itself, or too deep.
    """
    found: dict[str, str] = {}
    _collect(archive, book, found, above=())
    return found


def _collect(archive: Archive, book: str, found: dict[str, str], *, above: tuple[str, ...]) -> str:
    path = path_of(book)
    if path in found:
        return found[path]
    data = archive.read(path, largest=MAX_BYTES)
    content = parse_json(data, member=path)
    extended: Any = content.get("extends", []) if isinstance(content, dict) else None
    listed = isinstance(extended, list) and all(isinstance(other, str) for other in extended)
    if not listed or book in above or len(above) > MAX_DEPTH:
        raise ReportError("evidence.report.field", member=path, field="extends")
    joined = [_collect(archive, other, found, above=(*above, book)) for other in extended]
    own = canonical.digest(data)
    found[path] = canonical.digest(canonical.dumps([*joined, own])) if extended else own
    return found[path]
