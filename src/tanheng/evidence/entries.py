"""The log entries of a bundle: each statement is in the log, each payload is the one stated, each signature held at its time.

A signature is judged by the key as it stood at the *log* index of what it signs, by the key events the bundle holds. That a
bundle holds all key events of its log shows only when it holds all entries; ``Entries.complete`` tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tanheng.core.errors import TrustError
from tanheng.evidence.anchor import Anchor
from tanheng.evidence.archive import Archive
from tanheng.evidence.errors import EntryError
from tanheng.evidence.manifest import Entry
from tanheng.trust import proof, tlog_proof
from tanheng.trust.envelope import open_envelope
from tanheng.trust.keys import Purpose
from tanheng.trust.lifecycle import KeyEvent, KeyRing
from tanheng.trust.statement import Statement, StatementType
from tanheng.trust.tlog_proof import ProofFile
from tanheng.trust.tree import leaf_hash

MAX_STATEMENT = 65_535


@dataclass(frozen=True, slots=True)
class Stated:
    """A log entry that holds.

    Attributes
    ----------
    entry : Entry
        Its line of the manifest.
    statement : Statement
    payload : bytes or None
        None when it is withheld.
    """

    entry: Entry
    statement: Statement
    payload: bytes | None

    @property
    def index(self) -> int:
        """Index in the log."""
        return self.entry.index


def open_entries(archive: Archive, listed: Sequence[Entry], anchor: Anchor) -> tuple[Stated, ...]:
    """Return the entries of a bundle, each proven by the anchor's checkpoint and each payload held against its statement.

    Raises
    ------
    EntryError
        Names the member that does not hold.
    """
    return tuple(_open(archive, entry, anchor) for entry in listed)


def _open(archive: Archive, entry: Entry, anchor: Anchor) -> Stated:
    data = archive.read(entry.statement_path, largest=MAX_STATEMENT)
    _check_proof(archive, entry, data, anchor)
    try:
        statement = Statement.decode(data)
    except TrustError as error:
        raise EntryError("evidence.entry.statement", member=entry.statement_path, reason=error) from error
    if entry.withheld is not None:
        return Stated(entry, statement, None)
    payload = archive.read(entry.payload)
    try:
        statement.require_payload(payload, salt=entry.salt)
    except TrustError as error:
        raise EntryError("evidence.entry.payload", member=entry.payload, index=entry.index, reason=error) from error
    return Stated(entry, statement, payload)


def _check_proof(archive: Archive, entry: Entry, data: bytes, anchor: Anchor) -> None:
    """Return when the entry is in the log at its index, by the bundle's one checkpoint."""
    path = entry.proof_path
    try:
        found = ProofFile.parse(archive.read(path, largest=tlog_proof.MAX_BYTES))
    except TrustError as error:
        raise EntryError("evidence.entry.proof", member=path, reason=error) from error
    if found.checkpoint != anchor.signed or found.index != entry.index or found.extra is not None:
        raise EntryError("evidence.entry.other_proof", member=path, index=entry.index)
    checkpoint = anchor.checkpoint
    try:
        proof.verify_inclusion(
            leaf_hash=leaf_hash(data), index=entry.index, size=checkpoint.size, proof=found.hashes, root=checkpoint.root
        )
    except TrustError as error:
        raise EntryError("evidence.entry.inclusion", member=entry.statement_path, index=entry.index, reason=error) from error


def check_signatures(entries: Sequence[Stated], anchor: Anchor) -> int:
    """Return the number of envelopes whose signature holds, after the log's own key was in force when it signed.

    Raises
    ------
    EntryError
        When a key event does not hold, an envelope's key was not in force at its log index, or the log's key was not at the
        time of its last statement and of each cosignature.
    """
    ring = _ring(entries)
    _check_log_key(entries, anchor, ring)
    opened = 0
    for stated in entries:
        if stated.statement.type is not StatementType.READING_BATCH or stated.payload is None:
            continue
        try:
            open_envelope(stated.payload, ring.resolver(index=stated.index), now=stated.statement.time_ms)
        except TrustError as error:
            raise _fault("evidence.entry.envelope", stated, error) from error
        opened += 1
    return opened


def _ring(entries: Sequence[Stated]) -> KeyRing:
    """Return the keys of the plant, by the key events of the bundle in the order of the log."""
    ring = KeyRing()
    for stated in entries:
        if stated.statement.type is not StatementType.KEY_EVENT:
            continue
        if stated.payload is None:
            raise EntryError("evidence.entry.key_event_withheld", member=stated.entry.statement_path, index=stated.index)
        try:
            ring.apply(KeyEvent.decode(stated.payload), index=stated.index)
        except TrustError as error:
            raise _fault("evidence.entry.key_event", stated, error) from error
    return ring


def _fault(code: str, stated: Stated, error: TrustError) -> EntryError:
    return EntryError(code, member=stated.entry.payload, index=stated.index, reason=error)


def _check_log_key(entries: Sequence[Stated], anchor: Anchor, ring: KeyRing) -> None:
    times = [seconds * 1000 for _, seconds in anchor.witnesses]
    if entries:
        times.append(max(stated.statement.time_ms for stated in entries))
    try:
        for time in times:
            anchor.record.require(Purpose.LOG, at_ms=time)
        if anchor.record.key_id in set(ring):
            logged = ring.at(anchor.record.key_id, index=anchor.checkpoint.size - 1)
            logged.require(Purpose.LOG)
            if logged.encode() != anchor.record.encode():
                raise EntryError("evidence.entry.key_record", member=anchor.record_path)
    except TrustError as error:
        raise EntryError("evidence.entry.log_key", member=anchor.record_path, reason=error) from error
