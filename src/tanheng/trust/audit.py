"""Auditors: what ``tanheng log fsck`` runs over stored data. Each yields what it finds wrong and goes on.

Payloads are audited here; the lake and the record versions bring auditors of their own behind the same port.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from tanheng.core.errors import TanhengError
from tanheng.trust.content import ContentFolder
from tanheng.trust.errors import StorageError, TrustError
from tanheng.trust.files import Files
from tanheng.trust.log_reader import LogReader
from tanheng.trust.pack import Pack
from tanheng.trust.statement import Statement


class Auditor(Protocol):
    """Reads stored data again and says what differs."""

    @property
    def name(self) -> str:
        """What is audited, in a word of ``docs/nomenclature.md``."""

    def findings(self) -> Iterator[TanhengError]:
        """Yield an error for each thing that is damaged, missing or different."""


@dataclass(frozen=True, slots=True)
class LogAuditor:
    """Reads the whole log: every entry, tile and checkpoint."""

    reader: LogReader
    older: Sequence[bytes] = ()
    name: str = "log"

    def findings(self) -> Iterator[TrustError]:
        """Yield the first thing of the log that does not hold."""
        try:
            self.reader.verify(self.older)
        except TrustError as error:
            yield error


@dataclass(frozen=True, slots=True)
class PayloadAuditor:
    """Holds every payload of the packs against its statement, and every statement against a payload.

    ``broken`` is why other packs could not be opened; ``withheld`` are indices whose payload is kept elsewhere on purpose.
    """

    reader: LogReader
    packs: Sequence[Pack]
    broken: Sequence[TrustError] = ()
    withheld: frozenset[int] = frozenset()
    name: str = "payloads"

    def findings(self) -> Iterator[TrustError]:
        """Yield what is missing, damaged or not what was stated."""
        yield from self.broken
        where = {index: pack for pack in self.packs for index in pack.indices}
        for index, entry in enumerate(self.reader.entries()):
            try:
                statement = Statement.decode(entry)
                if index in where:
                    record = where[index].read(index)
                    statement.require_payload(record.payload, salt=record.salt)
                elif index not in self.withheld:
                    yield StorageError("trust.audit.no_payload", index=index, type=statement.type, subject=statement.subject)
            except TrustError as error:
                yield error
        for index in sorted(where.keys() - set(range(self.reader.size))):
            yield StorageError("trust.audit.no_statement", index=index, path=where[index].path, size=self.reader.size)


def open_packs(files: Files, paths: Iterable[str]) -> tuple[list[Pack], list[TrustError]]:
    """Return the packs that open, and for each of the others why it does not."""
    packs, broken = [], []
    for path in paths:
        try:
            packs.append(Pack(files, path))
        except TrustError as error:
            broken.append(error)
    return packs, broken


@dataclass(frozen=True, slots=True)
class ContentAuditor:
    """Hashes every file of a content-addressed folder again, and looks for those that must be there."""

    folder: ContentFolder
    needed: Iterable[str] = ()
    name: str = "files"

    def findings(self) -> Iterator[TrustError]:
        """Yield every damaged and every missing file."""
        yield from self.folder.damaged()
        for digest in self.needed:
            if digest not in self.folder:
                yield StorageError("trust.content.missing", digest=digest)
