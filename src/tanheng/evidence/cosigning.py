"""Having witnesses cosign the head of a plant's log (C2SP tlog-witness). Asking is a port: this package opens no sockets."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from tanheng.core.errors import TanhengError
from tanheng.evidence.errors import MakingError
from tanheng.trust import cosigned, note, strict
from tanheng.trust.log import Log
from tanheng.trust.note import Signature, VerifierKey
from tanheng.trust.witness import Request

Ask = Callable[[str, bytes], tuple[int, bytes]]
"""POST a body to an address; gives status and answer. Raises ``OSError`` when nobody answers."""

MAX_ANSWER = 1 << 16
_DONE, _CONFLICT = 200, 409


@dataclass(frozen=True, slots=True)
class WitnessAddress:
    """A witness: where it is asked, and the key its cosignatures are checked with."""

    url: str
    key: VerifierKey


def parse_addresses(data: bytes, *, path: str) -> tuple[WitnessAddress, ...]:
    """Return the witnesses of a file ``{"url": "https://…", "vkey": "name+hash+key"}``, or of a list of such.

    Raises
    ------
    MakingError
        When the file is malformed, or a key is no cosignature key.
    """
    try:
        found = json.loads(data)
        addresses = tuple(
            WitnessAddress(str(item["url"]).rstrip("/"), VerifierKey.parse(str(item["vkey"])))
            for item in (found if isinstance(found, list) else [found])
        )
    except (ValueError, LookupError, TypeError, RecursionError, TanhengError) as error:
        raise MakingError("evidence.making.witness_file", path=path, reason=error) from error
    for address in addresses:
        if address.key.type != note.COSIGNATURE:
            raise MakingError("evidence.making.witness_file", path=path, reason=f"{address.key.name}: type 04")
    return addresses


def cosign(log: Log, witness: WitnessAddress, ask: Ask) -> None:
    """Have a witness cosign the head of a log and publish its cosignature; nothing happens when it is there already.

    Raises
    ------
    MakingError
        When the witness cannot be reached or refuses: its status and words.
    """
    key = witness.key
    _, known = note.parse(log.note)
    if any((one.name, one.key_hash) == (key.name, key.key_hash) for one in known):
        return
    url = f"{witness.url}/add-checkpoint"
    status, answer = _asked(log, witness, ask, url, old=0)
    if status == _CONFLICT:
        old = strict.decode_decimal(answer.decode("ascii", errors="replace").removesuffix("\n"))
        if old is None or old > log.size:
            raise _refused(log, witness, status, answer)
        status, answer = _asked(log, witness, ask, url, old=old)
    if status != _DONE:
        raise _refused(log, witness, status, answer)
    log.add_cosignatures(_verified(log, witness, answer))


def _asked(log: Log, witness: WitnessAddress, ask: Ask, url: str, *, old: int) -> tuple[int, bytes]:
    path = log.reader().consistency_proof(old) if 0 < old < log.size else []
    try:
        status, answer = ask(url, Request(old, tuple(path), log.note).encode())
    except OSError as error:
        raise MakingError("evidence.making.witness", witness=witness.key.name, url=url, reason=error) from error
    if len(answer) > MAX_ANSWER:
        raise _refused(log, witness, status, answer)
    return status, answer


def _refused(log: Log, witness: WitnessAddress, status: int, answer: bytes) -> MakingError:
    words = answer[:200].decode("utf-8", errors="replace").strip()
    reason = f"{status} {words} ({log.checkpoint.origin}, {log.size})"
    return MakingError("evidence.making.witness", witness=witness.key.name, url=witness.url, reason=reason)


def _verified(log: Log, witness: WitnessAddress, answer: bytes) -> list[Signature]:
    """Return the witness's own cosignatures of an answer, each checked."""
    key = witness.key
    try:
        text, _ = note.parse(log.note)
        found = [one for one in note.parse(text + b"\n" + answer)[1] if (one.name, one.key_hash) == (key.name, key.key_hash)]
        for one in found:
            cosigned.verify(key.public, text, one.signature)
    except TanhengError as error:
        raise MakingError("evidence.making.witness", witness=key.name, url=witness.url, reason=error) from error
    if not found:
        raise _refused(log, witness, _DONE, answer)
    return found
