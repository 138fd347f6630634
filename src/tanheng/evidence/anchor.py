"""What holds a bundle: the checkpoint of its log, the keys that signed it, and who says that these are the plant's.

::

    checkpoint                signed note, with the cosignatures that witnesses gave
    keys/verifier-keys        verifier keys, one a line: the log's, then those of its witnesses
    keys/<key id>.cbor        key record of the log's key

With a policy (``tanheng.trust.policy``) the keys are the policy's, and its quorum of witnesses must have signed. Without one
the keys are the bundle's own: it can be consistent in itself, and say nothing about who made it.
"""

from __future__ import annotations

from dataclasses import dataclass

from tanheng.core.errors import TrustError
from tanheng.evidence.archive import Archive
from tanheng.evidence.errors import AnchorError
from tanheng.trust import cosigned, keyid, note
from tanheng.trust.checkpoint import Checkpoint, open_checkpoint
from tanheng.trust.keys import Algorithm, KeyRecord, KeyState, Purpose
from tanheng.trust.note import Note, VerifierKey
from tanheng.trust.policy import Policy

CHECKPOINT = "checkpoint"
VERIFIER_KEYS = "keys/verifier-keys"
MAX_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Anchor:
    """The verified head of a bundle's log.

    Attributes
    ----------
    checkpoint : Checkpoint
    signed : bytes
        The checkpoint as a signed note.
    record : KeyRecord
        Record of the log's key, active.
    record_path : str
        Member that holds it.
    witnesses : tuple of (str, int)
        Names of the witnesses whose cosignature holds, with its time in POSIX seconds.
    fingerprints : tuple of (str, str)
        Name and SHA-256 fingerprint of every key that was relied on, the log's first.
    anchored : bool
        Whether a policy from outside named these keys.
    """

    checkpoint: Checkpoint
    signed: bytes
    record: KeyRecord
    record_path: str
    witnesses: tuple[tuple[str, int], ...]
    fingerprints: tuple[tuple[str, str], ...]
    anchored: bool

    @property
    def members(self) -> frozenset[str]:
        """Members of the bundle that this covers."""
        return frozenset({CHECKPOINT, VERIFIER_KEYS, self.record_path})


def record_path(key_id: str) -> str:
    """Return the member that holds the record of a key."""
    return f"keys/{key_id}.cbor"


def write_keys(log: VerifierKey, witnesses: tuple[VerifierKey, ...] = ()) -> bytes:
    """Return the bytes of ``keys/verifier-keys``."""
    return "".join(f"{key}\n" for key in (log, *witnesses)).encode()


def check(archive: Archive, policy: Policy | None) -> Anchor:
    """Return the anchor of a bundle.

    Raises
    ------
    AnchorError
        When a key is malformed or not the policy's, a signature fails, or the quorum of witnesses is not reached.
    """
    log, witnesses = _verifier_keys(archive)
    record, path = _record(archive, log)
    signed = archive.read(CHECKPOINT, largest=note.MAX_BYTES)
    try:
        if policy is None:
            checkpoint, opened = open_checkpoint(signed, log, others=witnesses)
            trusted = witnesses
        else:
            _require_policy_key(policy, log, signed)
            checkpoint, opened = policy.open_checkpoint(signed)
            trusted = tuple(policy.witnesses.values())
    except TrustError as error:
        raise AnchorError("evidence.anchor.checkpoint", member=CHECKPOINT, reason=error) from error
    cosigned = _cosigned(opened, trusted)
    if policy is None and len(cosigned) != len(witnesses):
        missing = ", ".join(key.name for key in witnesses if key.name not in dict(cosigned))
        raise AnchorError("evidence.anchor.witness", member=CHECKPOINT, witness=missing)
    relied = [log, *(key for key in trusted if key.name in dict(cosigned))]
    fingerprints = tuple((key.name, keyid.fingerprint(Algorithm.ED25519, key.public)) for key in relied)
    return Anchor(checkpoint, signed, record, path, cosigned, fingerprints, anchored=policy is not None)


def _verifier_keys(archive: Archive) -> tuple[VerifierKey, tuple[VerifierKey, ...]]:
    data = archive.read(VERIFIER_KEYS, largest=MAX_BYTES)
    try:
        lines = data.decode("utf-8", errors="replace").split("\n")
        keys = [VerifierKey.parse(line) for line in lines[:-1]]
    except TrustError as error:
        raise AnchorError("evidence.anchor.keys", member=VERIFIER_KEYS, reason=error) from error
    if not keys or lines[-1] or keys[0].type != note.ED25519 or any(key.type != note.COSIGNATURE for key in keys[1:]):
        raise AnchorError("evidence.anchor.key_lines", member=VERIFIER_KEYS)
    if len({key.name for key in keys}) != len(keys) or len({key.public for key in keys}) != len(keys):
        raise AnchorError("evidence.anchor.key_lines", member=VERIFIER_KEYS)
    return keys[0], tuple(keys[1:])


def _record(archive: Archive, log: VerifierKey) -> tuple[KeyRecord, str]:
    """Return the record of the log's key and where it stands."""
    path = record_path(keyid.key_id(Algorithm.ED25519, log.public))
    try:
        record = KeyRecord.decode(archive.read(path, largest=MAX_BYTES)).in_state(KeyState.ACTIVE)
        record.require(Purpose.LOG)
    except TrustError as error:
        raise AnchorError("evidence.anchor.record", member=path, reason=error) from error
    if (record.algorithm, record.public, record.subject) != (Algorithm.ED25519, log.public, log.name):
        raise AnchorError("evidence.anchor.other_record", member=path, key=str(log))
    return record, path


def _require_policy_key(policy: Policy, log: VerifierKey, signed: bytes) -> None:
    """Refuse a log key that is not the policy's, before any signature of it counts."""
    origin = Checkpoint.parse(note.parse(signed)[0]).origin
    known = policy.log_key(origin)
    if known != log:
        raise AnchorError(
            "evidence.anchor.other_key",
            member=VERIFIER_KEYS,
            origin=origin,
            found=keyid.fingerprint(Algorithm.ED25519, log.public),
            wanted=keyid.fingerprint(Algorithm.ED25519, known.public),
        )


def _cosigned(opened: Note, witnesses: tuple[VerifierKey, ...]) -> tuple[tuple[str, int], ...]:
    """Return names and times of the witnesses whose signature holds."""
    by_key = {(key.name, key.key_hash) for key in witnesses}
    return tuple(
        (signature.name, cosigned.time_of(signature.signature))
        for signature in opened.verified
        if (signature.name, signature.key_hash) in by_key
    )
