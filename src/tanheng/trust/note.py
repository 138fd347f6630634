r"""Signed notes: C2SP signed-note v1.0.0.

::

    note     = text "\n" 1*sigline          text ends in a line feed, then one empty line
    sigline  = "— " name " " base64(key id[4] ‖ signature) "\n"
    key id   = SHA-256(name ‖ 0x0A ‖ type ‖ public key)[:4]
    vkey     = name "+" hex8(key id) "+" base64(type ‖ public key)

Types 01 (Ed25519) and 04 (Ed25519 cosignature, ``tanheng.trust.cosigned``) are known here. A signature of another key is
left unverified; a known name and key id under a signature that fails refuses the whole note. At most 100 signatures are read.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tanheng.trust import cosigned, strict
from tanheng.trust.errors import NoteError, SignatureError
from tanheng.trust.suites import Algorithm, Signer, signer, verifier

ED25519 = 0x01
COSIGNATURE = 0x04
MAX_BYTES = 1 << 20
MAX_SIGNATURES = 100
_KEY_LENGTHS = {ED25519: 32, COSIGNATURE: 32}
_SIGNATURE_PREFIX = "— "
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_HEX8 = re.compile(r"[0-9a-f]{8}", re.ASCII)


class NoteVerifier(Protocol):
    """Checks the signatures of one name and key id."""

    @property
    def name(self) -> str:
        """Name of the key."""

    @property
    def key_hash(self) -> bytes:
        """Key id of the note format, 4 bytes."""

    def verify(self, text: bytes, signature: bytes) -> None:
        """Return when ``signature`` (without key id) fits; raise ``SignatureError`` otherwise."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature line: the key's name, its key id, and the signature behind it."""

    name: str
    key_hash: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line as it stands in a note, with its line feed."""
        return f"{_SIGNATURE_PREFIX}{self.name} {strict.encode_base64(self.key_hash + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A note whose known signatures hold.

    Attributes
    ----------
    text : bytes
        What is signed, with its final line feed.
    verified, unverified : tuple of Signature
        Signatures that were checked, and those of keys nobody gave.
    """

    text: bytes
    verified: tuple[Signature, ...]
    unverified: tuple[Signature, ...] = ()

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """All signatures, checked ones first."""
        return self.verified + self.unverified


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A verifier key (vkey): name, type and public key."""

    name: str
    type: int
    public: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if self.type not in _KEY_LENGTHS:
            known = ", ".join(f"{number:02x}" for number in _KEY_LENGTHS)
            raise NoteError("trust.note.key_type", name=self.name, found=f"{self.type:02x}", known=known)
        if len(self.public) != _KEY_LENGTHS[self.type]:
            raise NoteError("trust.note.key_length", name=self.name, found=len(self.public), wanted=_KEY_LENGTHS[self.type])
        verifier(Algorithm.ED25519, self.public)

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Return the key written as ``name+hex8+base64``.

        Raises
        ------
        NoteError
            When the text is no verifier key, or its key id is not that of name and key.
        """
        parts = text.split("+", 2)
        if len(parts) != 3 or not _HEX8.fullmatch(parts[1]):
            raise NoteError("trust.note.vkey", found=text[:120])
        data = strict.decode_base64(parts[2])
        if not data:
            raise NoteError("trust.note.vkey", found=text[:120])
        key = cls(parts[0], data[0], data[1:])
        if key.key_hash.hex() != parts[1]:
            raise NoteError("trust.note.key_id", name=key.name, found=parts[1], wanted=key.key_hash.hex())
        return key

    @property
    def key_hash(self) -> bytes:
        """Key id of the note format, 4 bytes."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes((self.type,)) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_hash.hex()}+{strict.encode_base64(bytes((self.type,)) + self.public)}"

    def verify(self, text: bytes, signature: bytes) -> None:
        """Return when ``signature`` fits ``text``; raise ``SignatureError`` otherwise.

        A cosignature is checked by ``tanheng.trust.cosigned``; its key refuses the signatures of plain notes.
        """
        if self.type == COSIGNATURE:
            cosigned.verify(self.public, text, signature)
            return
        verifier(Algorithm.ED25519, self.public).verify(text, signature)


@dataclass(frozen=True, slots=True)
class NoteSigner:
    """Signs notes under a name, with an Ed25519 key."""

    name: str
    key: Signer

    def __post_init__(self) -> None:
        check_name(self.name)
        if self.key.algorithm is not Algorithm.ED25519:
            raise NoteError("trust.note.algorithm", name=self.name, found=self.key.algorithm)

    @classmethod
    def parse(cls, text: str) -> NoteSigner:
        """Return the signer of Go's form ``PRIVATE+KEY+name+hex8+base64(01 ‖ seed)``."""
        parts = text.split("+", 4)
        if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"]:
            raise NoteError("trust.note.skey")
        data = strict.decode_base64(parts[4])
        if data is None or len(data) != 33 or data[0] != ED25519:
            raise NoteError("trust.note.skey")
        made = cls(parts[2], signer(Algorithm.ED25519, data[1:]))
        if made.verifier_key.key_hash.hex() != parts[3]:
            raise NoteError("trust.note.key_id", name=made.name, found=parts[3], wanted=made.verifier_key.key_hash.hex())
        return made

    @property
    def verifier_key(self) -> VerifierKey:
        """The key that checks what this signs."""
        return VerifierKey(self.name, ED25519, self.key.public)

    def sign(self, text: bytes) -> Signature:
        """Return the signature of a text."""
        return Signature(self.name, self.verifier_key.key_hash, self.key.sign(text))


def sign(text: bytes, signers: Sequence[NoteSigner]) -> bytes:
    """Return ``text`` as a note with a signature of each signer.

    Raises
    ------
    NoteError
        When the text is not UTF-8, holds a control character, or lacks its final line feed.
    """
    check_text(text)
    return join(text, [signer.sign(text) for signer in signers])


def join(text: bytes, signatures: Iterable[Signature]) -> bytes:
    """Return the bytes of a note from its text and signatures."""
    return text + b"\n" + "".join(signature.line for signature in signatures).encode()


def parse(data: bytes) -> tuple[bytes, list[Signature]]:
    """Return text and signatures of a note, unverified.

    Raises
    ------
    NoteError
        When the bytes are no note: size, UTF-8, control characters, no empty line, a broken or a 101st signature line.
    """
    if len(data) > MAX_BYTES:
        raise NoteError("trust.note.size", found=len(data), largest=MAX_BYTES)
    whole = _decode(data)
    cut = whole.rfind("\n\n")
    if cut < 0:
        raise NoteError("trust.note.malformed", reason="no empty line before the signatures")
    text, lines = whole[: cut + 1], whole[cut + 2 :].split("\n")
    if not text or lines.pop() != "" or not lines:
        raise NoteError("trust.note.malformed", reason="it must end in signature lines, each with a line feed")
    if len(lines) > MAX_SIGNATURES:
        raise NoteError("trust.note.many", found=len(lines), largest=MAX_SIGNATURES)
    return text.encode(), [_parse_line(line) for line in lines]


def open_note(data: bytes, verifiers: Sequence[NoteVerifier]) -> Note:
    """Return the note when at least one of ``verifiers`` signed it and none of their signatures fails.

    Raises
    ------
    NoteError
        When the note is malformed, two verifiers have the same name and key id, a known signature fails, or none is known.
    """
    known: dict[tuple[str, bytes], NoteVerifier] = {}
    for one in verifiers:
        key = (one.name, one.key_hash)
        if key in known:
            raise NoteError("trust.note.ambiguous", name=one.name, key=one.key_hash.hex())
        known[key] = one
    text, signatures = parse(data)
    verified: dict[tuple[str, bytes], Signature] = {}
    unverified = []
    for signature in signatures:
        key = (signature.name, signature.key_hash)
        if key not in known:
            unverified.append(signature)
            continue
        try:
            known[key].verify(text, signature.signature)
        except SignatureError as error:
            raise NoteError("trust.note.signature", name=signature.name, key=signature.key_hash.hex()) from error
        verified.setdefault(key, signature)
    if not verified:
        wanted = ", ".join(f"{one.name}+{one.key_hash.hex()}" for one in verifiers) or "–"
        raise NoteError("trust.note.unsigned", wanted=wanted, found=", ".join(s.name for s in signatures)[:200])
    return Note(text, tuple(verified.values()), tuple(unverified))


def check_name(name: str) -> None:
    """Raise ``NoteError`` unless ``name`` may name a key: not empty, no space of any script, no plus sign."""
    if not name or "+" in name or any(_breaks(character) or character.isspace() for character in name):
        raise NoteError("trust.note.name", found=repr(name)[:80])


def check_text(text: bytes) -> None:
    """Raise ``NoteError`` unless ``text`` can be signed: UTF-8, no control character, a line feed at the end."""
    if not _decode(text).endswith("\n"):
        raise NoteError("trust.note.malformed", reason="the text must end in a line feed")


def _decode(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoteError("trust.note.malformed", reason=f"byte {error.start} is no UTF-8") from error
    if control := _CONTROL.search(text):
        where = f"character {control.start()} is the control character U+{ord(control[0]):04X}"
        raise NoteError("trust.note.malformed", reason=where)
    return text


def _breaks(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp", "Zs")


def _parse_line(line: str) -> Signature:
    parts = line.removeprefix(_SIGNATURE_PREFIX).split(" ")
    data = strict.decode_base64(parts[-1])
    if not line.startswith(_SIGNATURE_PREFIX) or len(parts) != 2 or data is None or len(data) < 5:
        raise NoteError("trust.note.line", found=line[:120])
    check_name(parts[0])
    return Signature(parts[0], data[:4], data[4:])
