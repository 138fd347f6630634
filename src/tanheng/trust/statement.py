"""Statements: the typed entries of a plant's log.

::

    {v: 1, type, subject, version, media, length, digest, time, actor}        and, on a simulated clock, clock: "simulated"
    digest = SHA-256(salt[16] ‖ payload)

The payload and its salt stay outside the log (``tanheng.trust.pack``), so that a payload can be withheld without breaking the
log, and a short one cannot be guessed from its digest. ``subject`` and ``actor`` are opaque ids, never names. Types, media
types and one frozen example each: ``docs/reference/log-format.md``.
"""

from __future__ import annotations

import enum
import hashlib
import hmac
from dataclasses import dataclass

from tanheng.trust import cbor
from tanheng.trust.errors import StatementError

VERSION = 1
SALT_BYTES = 16
MAX_TEXT = 200
_KEYS = frozenset({"v", "type", "subject", "version", "media", "length", "digest", "time", "actor"})
_SIMULATED = "simulated"


class StatementType(enum.StrEnum):
    """What a statement states."""

    READING_BATCH = "reading-batch"
    LABORATORY_RESULT = "laboratory-result"
    MANUAL_ENTRY = "manual-entry"
    CONFIGURATION = "configuration"
    CERTIFICATE = "certificate"
    RULE_PACK = "rule-pack"
    PERIOD_CLOSED = "period-closed"
    REPORT = "report"
    KEY_EVENT = "key-event"
    CORRECTION = "correction"
    WAIVER = "waiver"
    GAP = "gap"
    SEALED_MONTH = "sealed-month"
    LOG_RESTORED = "log-restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """An entry of a log.

    Parameters
    ----------
    type : StatementType
        What is stated.
    subject : str
        Opaque id of what it is about.
    version : int
        Version of the subject, from 1.
    media : str
        Media type of the payload, with its schema, such as ``application/vnd.tanheng.laboratory-result+json;v=1``.
    length : int
        Length of the payload, bytes.
    digest : bytes
        SHA-256 of salt and payload, 32 bytes.
    time_ms : int
        When the change was made, milliseconds UTC.
    actor : str
        Opaque id of who made it.
    simulated : bool
        Whether the clock of the plant is a simulated one.

    Raises
    ------
    StatementError
        Names the field that breaks its rule.
    """

    type: StatementType
    subject: str
    version: int
    media: str
    length: int
    digest: bytes
    time_ms: int
    actor: str
    simulated: bool = False

    def __post_init__(self) -> None:
        for name in ("subject", "media", "actor"):
            text = getattr(self, name)
            if type(text) is not str or not 1 <= len(text) <= MAX_TEXT or not text.isprintable():
                raise StatementError("trust.statement.text", name=name, found=repr(text)[:80], largest=MAX_TEXT)
        for name, smallest in (("version", 1), ("length", 0), ("time_ms", -(1 << 63))):
            number = getattr(self, name)
            if type(number) is not int or not smallest <= number < 1 << 63:
                raise StatementError("trust.statement.number", name=name, found=repr(number)[:80], smallest=smallest)
        if type(self.digest) is not bytes or len(self.digest) != 32:
            raise StatementError("trust.statement.digest_length", found=repr(self.digest)[:80])

    @classmethod
    def of(
        cls,
        type: StatementType,  # noqa: A002  # the field's name in the log
        payload: bytes,
        *,
        salt: bytes,
        subject: str,
        version: int,
        media: str,
        time_ms: int,
        actor: str,
        simulated: bool = False,
    ) -> Statement:
        """Return the statement of a payload and its salt of 16 random bytes."""
        return cls(
            type=type,
            subject=subject,
            version=version,
            media=media,
            length=len(payload),
            digest=salted_digest(payload, salt=salt),
            time_ms=time_ms,
            actor=actor,
            simulated=simulated,
        )

    def encode(self) -> bytes:
        """Return the statement as deterministic CBOR, the bytes of a log entry."""
        members: dict[str, object] = {
            "v": VERSION,
            "type": self.type.value,
            "subject": self.subject,
            "version": self.version,
            "media": self.media,
            "length": self.length,
            "digest": self.digest,
            "time": self.time_ms,
            "actor": self.actor,
        }
        if self.simulated:
            members["clock"] = _SIMULATED
        return cbor.dumps(members)

    @classmethod
    def decode(cls, data: bytes) -> Statement:
        """Return the statement of a log entry.

        Raises
        ------
        TrustError
            When the bytes are no statement of a known version and type.
        """
        members = cbor.load_map(data, thing="log entry", keys=_KEYS, optional=frozenset({"clock"}))
        if type(members["v"]) is not int or members["v"] != VERSION:
            raise StatementError("trust.statement.version", found=repr(members["v"])[:40], known=VERSION)
        try:
            kind = StatementType(members["type"])
        except ValueError:
            known = ", ".join(StatementType)
            raise StatementError("trust.statement.type", found=repr(members["type"])[:80], known=known) from None
        if members.get("clock", _SIMULATED) != _SIMULATED:
            raise StatementError("trust.statement.clock", found=repr(members["clock"])[:80])
        return cls(
            type=kind,
            subject=members["subject"],
            version=members["version"],
            media=members["media"],
            length=members["length"],
            digest=members["digest"],
            time_ms=members["time"],
            actor=members["actor"],
            simulated="clock" in members,
        )

    def require_payload(self, payload: bytes, *, salt: bytes) -> None:
        """Return when this is the payload stated; raise ``StatementError`` otherwise."""
        if len(payload) != self.length:
            raise StatementError(
                "trust.statement.length", type=self.type, subject=self.subject, found=len(payload), wanted=self.length
            )
        if not hmac.compare_digest(salted_digest(payload, salt=salt), self.digest):
            raise StatementError("trust.statement.payload", type=self.type, subject=self.subject, version=self.version)


def salted_digest(payload: bytes, *, salt: bytes) -> bytes:
    """Return SHA-256 of salt and payload; raise ``StatementError`` when the salt is not 16 bytes."""
    if len(salt) != SALT_BYTES:
        raise StatementError("trust.statement.salt", found=len(salt), wanted=SALT_BYTES)
    return hashlib.sha256(salt + payload).digest()
