"""Key files: a private key with its record, encrypted by a passphrase or marked as unprotected.

::

    {"tanheng-key": 1, "record": base64, "protection": "software-plain", "private": base64}
    {"tanheng-key": 1, "record": base64, "protection": "software-passphrase",
     "kdf": "scrypt", "n": 32768, "r": 8, "p": 1, "salt": base64, "cipher": "aes-256-gcm", "nonce": base64, "private": base64}

The record is the additional data of the cipher, so that nobody puts another subject or purpose beside an encrypted key. A file
must be readable by its owner alone. An unattended start works: the passphrase comes from the file that
``TANHENG_KEY_PASSPHRASE_FILE`` names; without it, and with a plain key, everything says "software key, unprotected".
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from tanheng.trust import strict
from tanheng.trust.errors import KeyRefusedError
from tanheng.trust.files import FolderFiles, write_new
from tanheng.trust.keys import KeyRecord, KeyState, Protection
from tanheng.trust.suites import SoftwareSigner, signer

VERSION = 1
PASSPHRASE_VARIABLE = "TANHENG_KEY_PASSPHRASE_FILE"  # noqa: S105  # the name of a variable
MAX_BYTES = 1 << 16
_N, _R, _P = 1 << 15, 8, 1
_MAX_N = 1 << 20


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A private key with its record."""

    signer: SoftwareSigner
    record: KeyRecord


def encode(key: StoredKey, *, passphrase: bytes | None) -> bytes:
    """Return the bytes of a key file, encrypted when there is a passphrase; the record says which."""
    protection = Protection.PLAIN if passphrase is None else Protection.PASSPHRASE
    record = replace(key.record, protection=protection).encode()
    members: dict[str, object] = {
        "tanheng-key": VERSION,
        "record": strict.encode_base64(record),
        "protection": protection.value,
    }
    if passphrase is None:
        members["private"] = strict.encode_base64(key.signer.private())
    else:
        salt, nonce = os.urandom(16), os.urandom(12)
        sealed = AESGCM(_stretch(passphrase, salt, _N, _R, _P)).encrypt(nonce, key.signer.private(), record)
        members |= {"kdf": "scrypt", "n": _N, "r": _R, "p": _P, "salt": strict.encode_base64(salt), "cipher": "aes-256-gcm"}
        members |= {"nonce": strict.encode_base64(nonce), "private": strict.encode_base64(sealed)}
    return (json.dumps(members, indent=1) + "\n").encode()


def decode(data: bytes, *, passphrase: bytes | None, name: str) -> StoredKey:
    """Return the key of a file's bytes.

    Parameters
    ----------
    data : bytes
        The file.
    passphrase : bytes or None
        Passphrase, needed when the key is encrypted.
    name : str
        Name of the key, for messages.

    Raises
    ------
    KeyRefusedError
        When the file is malformed, the passphrase is missing or wrong, or the private key is not that of the record.
    """
    members = _members(data, name)
    record_bytes = _bytes(members, "record", name)
    record = KeyRecord.decode(record_bytes).in_state(KeyState.ACTIVE)
    if members.get("protection") != record.protection.value:
        raise KeyRefusedError("trust.key_file.malformed", name=name, reason="protection differs from the record's")
    private = _bytes(members, "private", name)
    if record.protection is Protection.PASSPHRASE:
        if passphrase is None:
            raise KeyRefusedError("trust.key_file.passphrase_missing", name=name, variable=PASSPHRASE_VARIABLE)
        private = _decrypt(members, private, record_bytes, passphrase, name)
    made = signer(record.algorithm, private)
    if made.public != record.public:
        raise KeyRefusedError("trust.key_file.malformed", name=name, reason="the private key is not that of the record")
    return StoredKey(made, record)


def public_record(data: bytes, *, name: str) -> KeyRecord:
    """Return the record of a key file without opening the private key."""
    return KeyRecord.decode(_bytes(_members(data, name), "record", name)).in_state(KeyState.ACTIVE)


def passphrase_from(environment: Mapping[str, str]) -> bytes | None:
    """Return the passphrase from the file that the environment names, or None when it names none.

    Raises
    ------
    KeyRefusedError
        When the file cannot be read, or is empty.
    """
    path = environment.get(PASSPHRASE_VARIABLE)
    if not path:
        return None
    try:
        text = Path(path).read_bytes().strip(b"\r\n")
    except OSError as error:
        raise KeyRefusedError("trust.key_file.passphrase_file", path=path, reason=str(error)) from error
    if not text:
        raise KeyRefusedError("trust.key_file.passphrase_file", path=path, reason="it is empty")
    return text


class KeyFolder:
    """A folder of key files, ``<name>.key``, each readable by its owner alone."""

    def __init__(self, folder: Path | str, *, passphrase: bytes | None = None) -> None:
        self.folder = Path(folder)
        self._passphrase = passphrase

    def save(self, name: str, key: StoredKey) -> Path:
        """Keep a key under a new name; the file is durable and 0600 on return.

        Raises
        ------
        KeyRefusedError
            When the name is taken: a key is never overwritten.
        """
        path = self._path(name)
        if path.exists():
            raise KeyRefusedError("trust.key_file.taken", name=name, path=str(path))
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise KeyRefusedError("trust.key_file.malformed", name=name, reason=str(error)) from error
        write_new(path, encode(key, passphrase=self._passphrase), mode=0o600)
        FolderFiles(self.folder).sync_folder("")
        return path

    def load(self, name: str) -> StoredKey:
        """Return a key; raise ``KeyRefusedError`` when it is missing, open to others, or cannot be decrypted."""
        return decode(self._read(name), passphrase=self._passphrase, name=name)

    def record(self, name: str) -> KeyRecord:
        """Return the record of a key without opening its private part."""
        return public_record(self._read(name), name=name)

    def names(self) -> list[str]:
        """Return the names of all keys, sorted."""
        return sorted(path.stem for path in self.folder.glob("*.key"))

    def _read(self, name: str) -> bytes:
        path = self._path(name)
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & 0o077:
                raise KeyRefusedError("trust.key_file.mode", path=str(path), found=f"{mode:04o}")
            return path.read_bytes()[: MAX_BYTES + 1]
        except FileNotFoundError:
            raise KeyRefusedError("trust.key_file.missing", name=name, known=", ".join(self.names()) or "–") from None
        except OSError as error:
            raise KeyRefusedError("trust.key_file.malformed", name=name, reason=str(error)) from error

    def _path(self, name: str) -> Path:
        if not name or not all(character.isascii() and (character.isalnum() or character in "-_.") for character in name):
            raise KeyRefusedError("trust.key_file.name", found=repr(name)[:80])
        return self.folder / f"{name}.key"


def _members(data: bytes, name: str) -> dict[str, Any]:
    try:
        members = json.loads(data) if len(data) <= MAX_BYTES else None
    except (ValueError, RecursionError) as error:
        raise KeyRefusedError("trust.key_file.malformed", name=name, reason="it is no JSON") from error
    if not isinstance(members, dict) or members.get("tanheng-key") != VERSION:
        raise KeyRefusedError("trust.key_file.malformed", name=name, reason=f"it is no key file of version {VERSION}")
    return members


def _bytes(members: dict[str, Any], key: str, name: str) -> bytes:
    text = members.get(key)
    data = strict.decode_base64(text) if isinstance(text, str) else None
    if data is None:
        raise KeyRefusedError("trust.key_file.malformed", name=name, reason=f"“{key}” is no base64")
    return data


def _decrypt(members: dict[str, Any], sealed: bytes, record: bytes, passphrase: bytes, name: str) -> bytes:
    n, r, p = members.get("n"), members.get("r"), members.get("p")
    known = (members.get("kdf"), members.get("cipher")) == ("scrypt", "aes-256-gcm")
    if not known or type(n) is not int or n > _MAX_N or n & (n - 1) or n < 2 or (r, p) != (_R, _P):
        raise KeyRefusedError("trust.key_file.malformed", name=name, reason="unknown kdf, cipher or cost")
    nonce = _bytes(members, "nonce", name)
    if len(nonce) != 12:
        raise KeyRefusedError("trust.key_file.malformed", name=name, reason="“nonce” is not 12 bytes")
    try:
        return AESGCM(_stretch(passphrase, _bytes(members, "salt", name), n, _R, _P)).decrypt(nonce, sealed, record)
    except InvalidTag:
        raise KeyRefusedError("trust.key_file.passphrase_wrong", name=name) from None


def _stretch(passphrase: bytes, salt: bytes, n: int, r: int, p: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=n, r=r, p=p).derive(passphrase)
