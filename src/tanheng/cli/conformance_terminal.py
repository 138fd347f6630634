"""Scores a terminal: a receiver that refuses, hangs up and drops by plan, and a look at what came through nevertheless.

Of every ten requests, the fourth is refused (503), the sixth is stored without an answer, the eighth is neither stored nor
answered. A conforming terminal loses nothing, repeats the same bytes, and goes on.
"""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tanheng.cli.conformance_report import Check
from tanheng.cli.receiver import Receiver, split
from tanheng.cli.receiver_server import ReceiverServer
from tanheng.core.batch import Batch, ClockSource
from tanheng.core.errors import TanhengError
from tanheng.lake import Engine
from tanheng.trust.envelope import Envelope, follows, open_envelope
from tanheng.trust.keys import KeyRecord

_PLAN = {4: "refuse", 6: "hang-up", 8: "drop"}
CLOCK_TOLERANCE_MS = 300_000


@dataclass(slots=True)
class Record:
    """What arrived: each request's time (ms UTC), what was done with it, and the envelopes in it."""

    arrivals: list[tuple[int, str, list[bytes]]] = field(default_factory=list)

    def gate(self, body: bytes) -> str:
        """Decide about the next request by the plan, and keep it."""
        decision = _PLAN.get((len(self.arrivals) + 1) % 10, "pass")
        self.arrivals.append((now(), decision, [data for data, fault in split(body) if fault is None]))
        return decision


def now() -> int:
    """Return the time, ms UTC."""
    return time.time_ns() // 1_000_000


def listen(folder: Path, *, key: KeyRecord, host: str, port: int, engine: Engine) -> tuple[ReceiverServer, Record]:
    """Return a receiver that is difficult by plan, started, and the record of what arrives."""
    record = Record()
    receiver = Receiver(folder, plant="conformance", keys=[key], now=now, engine=engine)
    server = ReceiverServer(receiver, host=host, port=port, gate=record.gate)
    server.start()
    return server, record


def judge(record: Record, stored: Sequence[bytes], *, key: KeyRecord, wanted: int) -> list[Check]:
    """Return the checks of what a terminal did.

    Parameters
    ----------
    record : Record
    stored : sequence of bytes
        Every envelope in the receiver's journal.
    key : KeyRecord
        The terminal's key.
    wanted : int
        How many batches the examination asked for.
    """
    envelopes = {opened.batch.sequence: opened for data in stored if (opened := _opened(data, key)) is not None}
    chain = [envelopes[sequence] for sequence in sorted(envelopes)]
    checks = [
        _check("loss", "enough", f"at least {wanted} batches arrive", _enough(chain, wanted)),
        _check("loss", "gapless", "no sequence number is missing between the first and the last", _gaps(chain)),
        _check("loss", "again", "what was refused, dropped or not answered is sent again", _again(record, envelopes)),
        _check("duplicates", "same-bytes", "a repeat is the same bytes", _same_bytes(record, key)),
        _check("order", "chain", "each batch names the one before it", _chain(chain)),
        _check("order", "times", "the times of batches do not run backwards", _times(chain)),
        _check("clock", "stated", "every batch says its clock's source, and its offset unless it runs free", _stated(chain)),
        _check("clock", "right", "batches begin within five minutes of when they arrive first", _right(record, key)),
        _check("signature", "all", "every envelope opens under the terminal's key", _signed(record, key)),
        _check("robustness", "goes-on", "it goes on after each of the faults", _goes_on(record)),
    ]
    return [check for check in checks if check is not None]


def _check(subject: str, name: str, asked: str, fault: str) -> Check:
    return Check(subject, name, asked, not fault, fault)


def _opened(data: bytes, key: KeyRecord) -> Envelope | None:
    try:
        return open_envelope(data, lambda _: key)
    except TanhengError:
        return None


def _arrived(record: Record, key: KeyRecord) -> Iterator[tuple[int, str, Batch, bytes]]:
    for at, decision, envelopes in record.arrivals:
        for data in envelopes:
            opened = _opened(data, key)
            if opened is not None:
                yield at, decision, opened.batch, data


def _enough(chain: Sequence[Envelope], wanted: int) -> str:
    return "" if len(chain) >= wanted else f"{len(chain)} arrived"


def _gaps(chain: Sequence[Envelope]) -> str:
    have = {envelope.batch.sequence for envelope in chain}
    missing = sorted(set(range(min(have, default=0), max(have, default=0))) - have)
    return f"missing: {missing[:10]}" if missing else ""


def _again(record: Record, envelopes: dict[int, Envelope]) -> str:
    """Say which batches of a failed request never came again (the last requests are given the benefit of the doubt)."""
    lost = []
    for _, decision, data in record.arrivals[:-5]:
        if decision in ("refuse", "drop"):
            kept = {envelope.digest for envelope in envelopes.values()}
            lost += [one for one in data if _digest(one) not in kept]
    return f"{len(lost)} batches never came again" if lost else ""


def _digest(data: bytes) -> bytes:
    import hashlib

    return hashlib.sha256(data).digest()


def _same_bytes(record: Record, key: KeyRecord) -> str:
    contents: dict[int, set[bytes]] = {}
    for _, _, batch, data in _arrived(record, key):
        contents.setdefault(batch.sequence, set()).add(data)
    differing = sorted(sequence for sequence, found in contents.items() if len(found) > 1)
    return f"other bytes under the same number: {differing[:10]}" if differing else ""


def _chain(chain: Sequence[Envelope]) -> str:
    before: Envelope | None = None
    for envelope in chain:
        try:
            if before is None or envelope.batch.sequence == before.batch.sequence + 1:
                follows(envelope, before)
        except TanhengError as error:
            return error.text("en")
        before = envelope
    return ""


def _times(chain: Sequence[Envelope]) -> str:
    starts = [envelope.batch.start_ms for envelope in chain]
    back = [later for earlier, later in itertools.pairwise(starts) if later < earlier]
    return f"{len(back)} batches begin before the one before them" if back else ""


def _stated(chain: Sequence[Envelope]) -> str:
    silent = [
        envelope.batch.sequence
        for envelope in chain
        if envelope.batch.clock_offset_ms is None
        and envelope.batch.clock_source not in (ClockSource.FREE, ClockSource.SIMULATED)
    ]
    return f"no offset in batches {silent[:10]}" if silent else ""


def _right(record: Record, key: KeyRecord) -> str:
    seen: set[int] = set()
    wrong: Counter[int] = Counter()
    for at, _, batch, _ in _arrived(record, key):
        simulated = batch.clock_source is ClockSource.SIMULATED
        if batch.sequence not in seen and not simulated and abs(at - batch.start_ms) > CLOCK_TOLERANCE_MS:
            wrong[batch.sequence] = (at - batch.start_ms) // 1000
        seen.add(batch.sequence)
    return f"seconds off by batch: {dict(wrong.most_common(5))}" if wrong else ""


def _signed(record: Record, key: KeyRecord) -> str:
    bad = sum(_opened(data, key) is None for _, _, envelopes in record.arrivals for data in envelopes)
    return f"{bad} envelopes do not open" if bad else ""


def _goes_on(record: Record) -> str:
    decisions = [decision for _, decision, _ in record.arrivals]
    missing = [fault for fault in _PLAN.values() if fault not in decisions[:-1]]
    return f"no request came after: {', '.join(missing)}" if missing else ""
