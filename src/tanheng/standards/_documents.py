"""Documents and rule books from their files."""

from __future__ import annotations

from tanheng.core.states import CheckState
from tanheng.standards._draft import Draft, Raw, text, text_or_none
from tanheng.standards._files import Kind, RawFile
from tanheng.standards.rulebook import rulebook
from tanheng.standards.values import Document, RuleStatus


def read_document_file(draft: Draft, file: RawFile) -> None:
    """Add the document, or all documents of the register."""
    entries = file.content["documents"] if file.kind is Kind.REGISTER else [file.content]
    for raw in entries:
        _add(draft, file, raw)


def _add(draft: Draft, file: RawFile, raw: Raw) -> None:
    earlier = draft.documents.get(raw["id"])
    if earlier is not None:
        draft.fault("standards.file.duplicate_id", file, id=raw["id"], other=earlier.file)
        return
    draft.documents[raw["id"]] = Document(
        id=raw["id"],
        number=raw.get("number", ""),
        title=text(raw["title"]),
        issuer=text_or_none(raw.get("issuer")),
        status=RuleStatus(raw.get("status", "final")),
        issued=draft.day(file, raw["issued"]) if "issued" in raw else None,
        in_force=draft.day(file, raw["in_force"]) if "in_force" in raw else None,
        check=CheckState(raw["check"]),
        known=text(raw["known"]),
        sources=tuple(raw.get("sources", ())),
        layer=file.layer,
        file=file.name,
    )


def read_rulebook_file(draft: Draft, file: RawFile) -> None:
    """Add the rule book of one file."""
    book = rulebook(file.content, file=file.name)
    earlier = draft.rulebooks.get(book.id)
    if earlier is not None:
        draft.fault("standards.file.duplicate_id", file, id=book.id, other=earlier.file)
        return
    draft.document(file, "document", book.document)
    draft.rulebooks[book.id] = book
