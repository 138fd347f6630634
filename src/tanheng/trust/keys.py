"""Key records: what a public key is, whose it is, what for, and when it was in force.

A record is a map of deterministic CBOR, ``docs/reference/log-format.md`` gives it in full. Records enter a plant's log as key
events (``tanheng.trust.lifecycle``); a signature is judged by the record in force at the **log** time, not at the claimed time.
"""

from __future__ import annotations

import dataclasses
import enum
from dataclasses import dataclass, field
from typing import Any

from tanheng.trust import cbor, keyid
from tanheng.trust.errors import KeyRefusedError
from tanheng.trust.suites import (
    DEFAULT_DISTID,
    Algorithm,
    Signer,
    SoftwareSigner,
    Verifier,
    algorithm,
    generate,
    signer,
    verifier,
)

__all__ = [
    "DEFAULT_DISTID",
    "Algorithm",
    "KeyRecord",
    "KeyState",
    "Protection",
    "Purpose",
    "Signer",
    "SoftwareSigner",
    "Verifier",
    "algorithm",
    "generate",
    "record_of",
    "signer",
    "verifier",
]

RECORD_VERSION = 1


class Purpose(enum.StrEnum):
    """What a key may sign. No key signs for two purposes."""

    DEVICE = "device"
    LOG = "log"
    CONFIGURATION = "configuration"
    WITNESS = "witness"


class KeyState(enum.StrEnum):
    """Where a key stands in its life."""

    ENROLLED = "enrolled"
    ACTIVE = "active"
    ROTATED = "rotated"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    DESTROYED = "destroyed"


class Protection(enum.StrEnum):
    """How the private key is kept, as its holder states it."""

    PLAIN = "software-plain"
    PASSPHRASE = "software-passphrase"  # noqa: S105  # names a kind of protection
    HARDWARE = "hardware"

    def words(self, language: str) -> str:
        """Return what a person reads wherever the key counts."""
        return _PROTECTION_WORDS[self]["zh" if language == "zh" else "en"]


_PROTECTION_WORDS = {
    Protection.PLAIN: {"zh": "软件密钥，未加保护", "en": "software key, unprotected"},
    Protection.PASSPHRASE: {"zh": "软件密钥，口令加密", "en": "software key, encrypted by a passphrase"},
    Protection.HARDWARE: {"zh": "硬件密钥", "en": "hardware key"},
}

_KEYS = frozenset({"v", "public", "purpose", "subject", "valid_to", "algorithm", "protection", "valid_from"})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """A public key with its owner and its time.

    Parameters
    ----------
    algorithm : Algorithm
        Suite of the key.
    public : bytes
        Public key; 32 bytes for Ed25519, 65 for SM2.
    purpose : Purpose
        What it may sign.
    subject : str
        Opaque id of its holder: a terminal, a plant's log, a witness. Never a person's name.
    valid_from_ms, valid_to_ms : int, int or None
        Half-open stretch in which it may sign, milliseconds UTC; None for no end set.
    protection : Protection
        How the private key is kept.
    distid : str
        Signer's id of SM2; part of what is signed.
    state : KeyState
        Where the key stands; not part of the encoded record, because only later events change it.
    signed_by : tuple of str
        Ids of the keys that signed the event which brought the record; not part of the encoded record.

    Attributes
    ----------
    key_id : str
        Id of the key, 32 hexadecimal digits.

    Raises
    ------
    KeyRefusedError
        When the public key is none, or a field breaks its rule.
    """

    algorithm: Algorithm
    public: bytes
    purpose: Purpose
    subject: str
    valid_from_ms: int
    valid_to_ms: int | None = None
    protection: Protection = Protection.PLAIN
    distid: str = DEFAULT_DISTID
    state: KeyState = KeyState.ACTIVE
    signed_by: tuple[str, ...] = ()
    key_id: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        verifier(self.algorithm, self.public, distid=self.distid)
        object.__setattr__(self, "key_id", keyid.key_id(self.algorithm, self.public))
        if not isinstance(self.subject, str) or not 1 <= len(self.subject) <= 200 or not self.subject.isprintable():
            raise KeyRefusedError("trust.key.subject", found=repr(self.subject)[:80])
        times = (self.valid_from_ms, self.valid_from_ms + 1 if self.valid_to_ms is None else self.valid_to_ms)
        if not all(type(time) is int and abs(time) < 1 << 63 for time in times) or times[0] >= times[1]:
            raise KeyRefusedError("trust.key.times", key=self.key_id, start=self.valid_from_ms, end=self.valid_to_ms)

    @property
    def fingerprint(self) -> str:
        """SHA-256 that the id begins, for a person to compare."""
        return keyid.fingerprint(self.algorithm, self.public)

    def verify(self, message: bytes, signature: bytes) -> None:
        """Return when ``signature`` fits ``message``; raise ``SignatureError`` otherwise."""
        verifier(self.algorithm, self.public, distid=self.distid).verify(message, signature)

    def require(self, purpose: Purpose, *, at_ms: int | None = None) -> KeyRecord:
        """Return the record when it may sign for ``purpose`` at ``at_ms``.

        Raises
        ------
        KeyRefusedError
            When the key is for something else, not active, or outside its time.
        """
        if self.purpose is not purpose:
            raise KeyRefusedError("trust.key.purpose", key=self.key_id, found=self.purpose, wanted=purpose)
        if self.state is not KeyState.ACTIVE:
            raise KeyRefusedError("trust.key.state", key=self.key_id, state=self.state)
        if at_ms is not None and not (self.valid_from_ms <= at_ms and (self.valid_to_ms is None or at_ms < self.valid_to_ms)):
            raise KeyRefusedError(
                "trust.key.outside", key=self.key_id, at=at_ms, start=self.valid_from_ms, end=self.valid_to_ms
            )
        return self

    def in_state(self, state: KeyState, **changes: Any) -> KeyRecord:
        """Return the record in another state."""
        return dataclasses.replace(self, state=state, **changes)

    def encode(self) -> bytes:
        """Return the record as deterministic CBOR, without state and signatures."""
        members: dict[str, object] = {
            "v": RECORD_VERSION,
            "algorithm": self.algorithm.value,
            "public": self.public,
            "purpose": self.purpose.value,
            "subject": self.subject,
            "valid_from": self.valid_from_ms,
            "valid_to": self.valid_to_ms,
            "protection": self.protection.value,
        }
        if self.algorithm is Algorithm.SM2_SM3:
            members["distid"] = self.distid
        return cbor.dumps(members)

    @classmethod
    def decode(cls, data: bytes) -> KeyRecord:
        """Return the record that ``encode`` wrote, in state ``enrolled``.

        Raises
        ------
        TrustError
            When the bytes are no key record of a known version.
        """
        members = cbor.load_map(data, thing="key record", keys=_KEYS, optional=frozenset({"distid"}))
        if members["v"] != RECORD_VERSION:
            raise KeyRefusedError("trust.key.version", found=members["v"], known=RECORD_VERSION)
        suite = algorithm(members["algorithm"])
        if not isinstance(members["public"], bytes) or ("distid" in members) != (suite is Algorithm.SM2_SM3):
            raise KeyRefusedError("trust.key.record", reason="public or distid")
        try:
            purpose, protection = Purpose(members["purpose"]), Protection(members["protection"])
        except ValueError as error:
            raise KeyRefusedError("trust.key.record", reason=str(error)) from error
        if type(members["valid_from"]) is not int or not isinstance(members["valid_to"], int | None):
            raise KeyRefusedError("trust.key.record", reason="valid_from or valid_to")
        return cls(
            algorithm=suite,
            public=members["public"],
            purpose=purpose,
            subject=members["subject"],
            valid_from_ms=members["valid_from"],
            valid_to_ms=members["valid_to"],
            protection=protection,
            distid=members.get("distid", DEFAULT_DISTID),
            state=KeyState.ENROLLED,
        )


def record_of(
    key: Signer,
    *,
    purpose: Purpose,
    subject: str,
    valid_from_ms: int,
    valid_to_ms: int | None = None,
    protection: Protection = Protection.PLAIN,
) -> KeyRecord:
    """Return the record of a signer's public key, active."""
    return KeyRecord(
        algorithm=key.algorithm,
        public=key.public,
        purpose=purpose,
        subject=subject,
        valid_from_ms=valid_from_ms,
        valid_to_ms=valid_to_ms,
        protection=protection,
    )
