"""``tanheng account --bundle``: the account stated in the plant's log, and its evidence bundle written.

Without a server a small log is kept in the data folder, beside what a platform would keep there::

    <data>/keys/<name>.key       the log's key (tanheng key new --purpose log)
    <data>/log/<name>/           the tile log
    <data>/payloads/<name>/      payloads and salts of its entries
    <data>/witness.json          witnesses to ask: {"url": …, "vkey": …}, or a list
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tanheng.core.errors import InputError
from tanheng.core.messages import render

if TYPE_CHECKING:
    from tanheng.evidence.cosigning import WitnessAddress
    from tanheng.standards import RulePack
    from tanheng.trust.key_file import StoredKey

TIMEOUT = 15.0
MAX_ANSWER = 1 << 16


@dataclass(frozen=True, slots=True)
class Bundling:
    """Where a bundle goes, and the key and folder of the log behind it."""

    path: Path
    name: str
    key: StoredKey
    data: Path

    @classmethod
    def asked(cls, path: Path | None, *, key: str, data: Path, force: bool, as_json: bool) -> Bundling | None:
        """Return what the options ask for, None when they ask for no bundle; the key is opened, so that it fails early.

        Raises
        ------
        InputError
            When options are missing or exclude each other, or the bundle is there already.
        KeyRefusedError
            When the key is missing or cannot be opened.
        """
        if path is None:
            if key:
                raise InputError("evidence.option.alone")
            return None
        if as_json:
            raise InputError("evidence.option.json")
        if not key:
            raise InputError("evidence.option.key")
        if path.exists() and not force:
            raise InputError("evidence.option.taken", path=path)
        from tanheng.trust.key_file import KeyFolder, passphrase_from

        stored = KeyFolder(data / "keys", passphrase=passphrase_from(os.environ)).load(key)
        return cls(path, key, stored, data)

    def write(self, folder: Path, read: Mapping[str, str], results: Path, pack: RulePack, *, lang: str) -> None:
        """State an account in the log and write its bundle.

        Parameters
        ----------
        folder : Path
            The plant's folder.
        read : mapping of str to str
            SHA-256 of each file of it that was accounted.
        results : Path
            Folder of what the account wrote.
        pack : RulePack
            The rules it was made by.
        lang : str
            Language of what is printed.
        """
        from tanheng.evidence import Account, PlantLog, bundle, state_account
        from tanheng.evidence.cosigning import cosign
        from tanheng.trust.files import FolderFiles

        inputs = {name: _unchanged(folder / name, digest) for name, digest in read.items()}
        account = Account(inputs, {path.name: path.read_bytes() for path in sorted(results.iterdir()) if path.is_file()})
        witnesses = self._witnesses()
        files, payloads = FolderFiles(self.data / "log" / self.name), FolderFiles(self.data / "payloads" / self.name)
        with files.lock("lock"):
            log = PlantLog(files, payloads, self.key)
            stated = state_account(log, account, pack, time_ms=time.time_ns() // 1_000_000, salt=secrets.token_bytes)
            for witness in witnesses:
                cosign(log.log, witness, ask)
            made = bundle(log, account, stated, pack, witnesses=[witness.key for witness in witnesses])
        _write_whole(self.path, made)
        protection = self.key.record.protection.words(lang)
        fields = {"path": self.path, "origin": log.origin, "size": log.log.size, "protection": protection}
        print(render("evidence.told.made", lang, fields))

    def _witnesses(self) -> Iterable[WitnessAddress]:
        from tanheng.evidence.cosigning import parse_addresses

        path = self.data / "witness.json"
        return parse_addresses(path.read_bytes(), path=str(path)) if path.exists() else ()


def _unchanged(path: Path, digest: str) -> bytes:
    """Return the bytes of a file that was accounted; refuse one that has changed since."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise InputError("evidence.option.changed", path=path)
    return data


def _write_whole(path: Path, data: bytes) -> None:
    """Write a file that is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def ask(url: str, body: bytes) -> tuple[int, bytes]:
    """POST to a witness; return status and answer. No redirect is followed: the address is the one a person wrote down."""
    if not url.startswith(("https://", "http://")):
        raise OSError(f"{url}: http or https")
    opener = urllib.request.build_opener(_NoRedirect)
    request = urllib.request.Request(url, data=body, method="POST", headers={"Content-Type": "text/plain"})  # noqa: S310  # checked above
    try:
        with opener.open(request, timeout=TIMEOUT) as answer:
            return answer.status, answer.read(MAX_ANSWER + 1)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(MAX_ANSWER + 1)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow nothing; the answer's status is then the refusal."""
