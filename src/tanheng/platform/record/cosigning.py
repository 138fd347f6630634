"""Asking the witness: the plant's checkpoint goes to the configured witness, whose cosignature comes back and is published.

The witness is named in ``<data>/witness.json``: ``{"url": "https://…", "vkey": "name+hash+key"}``. It is asked between two
transactions, so that a slow witness holds nothing up. What it says is verified before it is believed.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

import httpx
from django.conf import settings

from tanheng.core.errors import TrustError
from tanheng.platform.database.scope import scope
from tanheng.platform.errors import RecordError
from tanheng.platform.record import clock, sequencer
from tanheng.platform.record.models import Checkpoint, Plant
from tanheng.trust import cosigned, note
from tanheng.trust.note import Signature, VerifierKey
from tanheng.trust.witness import Request

_log = logging.getLogger(__name__)
TIMEOUT = 10.0
LARGEST_ANSWER = 64 * 1024


@dataclass(frozen=True, slots=True)
class WitnessAddress:
    """A witness and the key that its cosignatures are checked with."""

    url: str
    key: VerifierKey


@dataclass(frozen=True, slots=True)
class _Question:
    plant: int
    code: str
    checkpoint: int
    size: int
    body: bytes


def configured() -> WitnessAddress | None:
    """Return the configured witness, or None.

    Raises
    ------
    RecordError
        The file cannot be read.
    """
    path: Path = settings.FOLDER.root / "witness.json"
    if not path.exists():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return WitnessAddress(str(data["url"]).rstrip("/"), VerifierKey.parse(str(data["vkey"])))
    except (ValueError, KeyError, TypeError) as error:
        raise RecordError("platform.record.witness_file", path=path, reason=error) from error


def cosign(plant: int, witness: WitnessAddress) -> bool:
    """Have the last checkpoint of a plant cosigned; tell whether it is now.

    A witness that refuses or is away is noted with the checkpoint; the next round asks again.
    """
    question = _ask(plant, old=None)
    if question is None:
        return True
    try:
        answer = _post(witness, question)
        if answer.status_code == httpx.codes.CONFLICT and answer.text.strip().isdecimal():
            question = _ask(plant, old=int(answer.text.strip())) or question
            answer = _post(witness, question)
        signatures = _signatures(witness, question, answer)
    except (httpx.HTTPError, RecordError, TrustError) as error:
        _note_failure(question, witness, str(error))
        return False
    return _publish(question, witness, signatures)


def _ask(plant: int, *, old: int | None) -> _Question | None:
    """Return what to ask for, or None when the last checkpoint is cosigned already or there is none."""
    with scope([plant]):
        about = Plant.objects.get(pk=plant)
        last = sequencer.last_checkpoint(about)
        if last is None or (last.cosigned_at is not None and old is None):
            return None
        before = sequencer.last_checkpoint(about, cosigned=True)
        size = old if old is not None else (before.size if before is not None else 0)
        reader = sequencer.reader_of(about)
        proof = reader.consistency_proof(size, last.size) if 0 < size < last.size else []
        body = Request(size, tuple(proof), last.note.encode()).encode()
        return _Question(plant, about.code, last.pk, last.size, body)


def _post(witness: WitnessAddress, question: _Question) -> httpx.Response:
    return httpx.post(f"{witness.url}/add-checkpoint", content=question.body, timeout=TIMEOUT, follow_redirects=False)


def _signatures(witness: WitnessAddress, question: _Question, answer: httpx.Response) -> list[Signature]:
    if answer.status_code != httpx.codes.OK or len(answer.content) > LARGEST_ANSWER:
        raise RecordError(
            "platform.record.witness",
            witness=witness.key.name,
            plant=question.code,
            size=question.size,
            reason=f"{answer.status_code} {answer.text[:200].strip()}",
        )
    checkpoint = Request.parse(question.body).checkpoint
    text, _ = note.parse(checkpoint)
    _, found = note.parse(text + b"\n" + answer.content)
    ours = [one for one in found if one.name == witness.key.name and one.key_hash == witness.key.key_hash]
    for one in ours:
        cosigned.verify(witness.key.public, text, one.signature)
    if not ours:
        raise RecordError(
            "platform.record.witness",
            witness=witness.key.name,
            plant=question.code,
            size=question.size,
            reason="no cosignature",
        )
    return ours


def _publish(question: _Question, witness: WitnessAddress, signatures: list[Signature]) -> bool:
    with scope([question.plant]):
        row = Checkpoint.objects.select_for_update().get(pk=question.checkpoint)
        text, known = note.parse(row.note.encode())
        row.note = note.join(text, [*known, *(one for one in signatures if one not in known)]).decode()
        row.cosigned_at = clock.to_datetime(clock.now_ms())
        row.witness, row.failure = witness.key.name, ""
        row.save(update_fields=["note", "cosigned_at", "witness", "failure"])
        plant = Plant.objects.get(pk=question.plant)
        if sequencer.try_lock(question.plant):
            log = sequencer.opened(plant)
            if log.size == row.size:
                log.add_cosignatures(signatures)
    return True


def _note_failure(question: _Question, witness: WitnessAddress, reason: str) -> None:
    _log.warning("checkpoint not cosigned", extra={"plant": question.code, "size": question.size, "reason": reason})
    with scope([question.plant]):
        Checkpoint.objects.filter(pk=question.checkpoint).update(witness=witness.key.name, failure=reason[:1000])
