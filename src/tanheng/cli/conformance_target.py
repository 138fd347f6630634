"""Scores a receiver of envelopes: what it acknowledges, refuses and survives.

The receiver must know the probe's key (``terminal`` and public key printed by ``--identity``). The kit only sends; whether a
receiver really stores what it acknowledged shows when the same batch comes again and gets the same index.
"""

from __future__ import annotations

import contextlib
import json
import random
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from tanheng.cli.conformance_report import Check
from tanheng.cli.probe import Probe
from tanheng.trust.suites import Algorithm, generate

ENVELOPES = "/api/v1/envelopes"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a receiver answered: status, sequence → index, refused sequences, and the fault when it is no answer."""

    status: int
    acknowledged: dict[int, int]
    refused: list[int | None]
    fault: str = ""

    def brief(self) -> str:
        """Return the reply in a few words."""
        return self.fault or f"HTTP {self.status}, acknowledged {self.acknowledged}, refused {self.refused}"


class Target:
    """A receiver under examination.

    Parameters
    ----------
    url : str
        Base address.
    probe : Probe
        A terminal that the receiver knows.
    seed : int
        Chance of the checks.
    """

    def __init__(self, url: str, probe: Probe, *, seed: int = 1) -> None:
        self._url = url
        self._probe = probe
        self._chance = random.Random(seed)  # noqa: S311  # shuffles batches, guards nothing
        self._client = httpx.Client(base_url=url, timeout=30, trust_env=False)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def examine(self) -> list[Check]:
        """Return the checks; a check that fails does not stop the next."""
        checks: list[Check] = []
        for subject, name, asked, check in self._plan():
            try:
                fault = check()
            except (httpx.HTTPError, OSError) as error:
                fault = f"{type(error).__name__}: {error}"
            checks.append(Check(subject, name, asked, not fault, fault))
        return checks

    def _plan(self) -> Iterator[tuple[str, str, str, Callable[[], str]]]:
        yield "loss", "acknowledge", "a good batch is acknowledged with an index", self._acknowledge
        yield "loss", "many", "every batch of a request of 200 is acknowledged", self._many
        yield "loss", "cut", "a request cut half way is no loss when it is sent again", self._cut
        yield "loss", "mixed", "a bad batch among good ones is refused alone", self._mixed
        yield "duplicates", "repeat", "a repeat gets the index of the first time", self._repeat
        yield "duplicates", "within", "a batch twice in one request gets one index", self._within
        yield "duplicates", "other-content", "other content under a known number is refused", self._other_content
        yield "order", "shuffled", "batches are taken in any order", self._shuffled
        yield "order", "predecessor", "a batch that names another predecessor is refused", self._predecessor
        yield "clock", "behind", "a batch that claims a time a day ago is answered, not dropped", self._behind
        yield "clock", "ahead", "a batch that claims a time a day ahead is answered, not dropped", self._ahead
        yield "clock", "impossible", "a batch that claims 1970 is not acknowledged", self._impossible
        yield "signature", "flipped", "a batch with one flipped bit is refused, at twenty places", self._flipped
        yield "signature", "stranger", "a batch under a key that is not enrolled is refused", self._stranger
        yield "signature", "truncated", "a truncated batch is refused", self._truncated
        yield "robustness", "garbage", "bytes that are no CBOR are refused, and the next batch is taken", self._garbage
        yield "robustness", "empty", "an empty request is answered", self._empty
        yield "robustness", "bomb", "nested and lying CBOR is refused, and the next batch is taken", self._bomb

    def _post(self, *batches: bytes) -> Reply:
        response = self._client.post(ENVELOPES, content=b"".join(batches), headers={"Content-Type": "application/cbor-seq"})
        return _reply(response, self._probe.terminal)

    def _acknowledge(self) -> str:
        return self._taken(self._post(self._probe.seal()), [self._probe.sequence])

    def _many(self) -> str:
        batches = [self._probe.seal(range(10)) for _ in range(200)]
        reply = self._post(*batches)
        last = self._probe.sequence
        return self._taken(reply, range(last - 199, last + 1))

    def _cut(self) -> str:
        batch = self._probe.seal(range(500))
        address = httpx.URL(self._url)
        port = address.port or (443 if address.scheme == "https" else 80)
        with contextlib.suppress(OSError), socket.create_connection((address.host, port), timeout=10) as line:
            head = f"POST {ENVELOPES} HTTP/1.1\r\nHost: {address.host}\r\nContent-Length: {len(batch)}\r\n\r\n"
            line.sendall(head.encode() + batch[: len(batch) // 2])
        return self._taken(self._post(batch), [self._probe.sequence])

    def _mixed(self) -> str:
        one, bad, three = self._probe.seal(), bytearray(self._probe.seal()), self._probe.seal()
        good = bytes(bad)
        bad[-1] ^= 1
        last = self._probe.sequence
        reply = self._post(one, bytes(bad), three)
        if last - 1 in reply.acknowledged or not reply.refused:
            return reply.brief()
        fault = self._taken(reply, [last - 2, last])
        return fault or self._taken(self._post(good), [last - 1])

    def _repeat(self) -> str:
        batch = self._probe.seal()
        first, again = self._post(batch), self._post(batch)
        fault = self._taken(first, [self._probe.sequence])
        return fault or ("" if first.acknowledged == again.acknowledged else f"{first.brief()}; then {again.brief()}")

    def _within(self) -> str:
        batch = self._probe.seal()
        return self._taken(self._post(batch, batch), [self._probe.sequence])

    def _other_content(self) -> str:
        twin = self._probe.fork()
        first, second = self._post(self._probe.seal([1])), self._post(twin.seal([2]))
        return self._taken(first, [self._probe.sequence]) or ("" if not second.acknowledged else second.brief())

    def _shuffled(self) -> str:
        batches = [self._probe.seal() for _ in range(30)]
        last = self._probe.sequence
        order = list(range(30))
        self._chance.shuffle(order)
        found: set[int] = set()
        for at in order:
            found |= self._post(batches[at]).acknowledged.keys()
        missing = sorted(set(range(last - 29, last + 1)) - found)
        return f"not acknowledged: {missing}" if missing else ""

    def _predecessor(self) -> str:
        twin = self._probe.fork()
        self._post(self._probe.seal([1]))
        twin.seal([2])
        wrong = self._post(twin.seal([3]))
        return wrong.brief() if wrong.acknowledged else ""

    def _behind(self) -> str:
        return self._answered(self._post(self._probe.seal(start=self._probe.now - 86_400_000)))

    def _ahead(self) -> str:
        return self._answered(self._post(self._probe.seal(start=self._probe.now + 86_400_000)))

    def _impossible(self) -> str:
        twin = self._probe.fork()
        reply = self._post(twin.seal(start=0))
        return reply.brief() if reply.acknowledged else ""

    def _flipped(self) -> str:
        batch = self._probe.seal(range(50))
        for _ in range(20):
            wrong = bytearray(batch)
            wrong[self._chance.randrange(len(wrong))] ^= 1 << self._chance.randrange(8)
            reply = self._post(bytes(wrong))
            if reply.acknowledged:
                return reply.brief()
        return self._taken(self._post(batch), [self._probe.sequence])

    def _stranger(self) -> str:
        stranger = Probe(self._probe.terminal, generate(Algorithm.ED25519), start=self._probe.now)
        stranger.sequence = self._probe.sequence
        reply = self._post(stranger.seal())
        return reply.brief() if reply.acknowledged else ""

    def _truncated(self) -> str:
        batch = self._probe.seal()
        reply = self._post(batch[:-10])
        return reply.brief() if reply.acknowledged else self._taken(self._post(batch), [self._probe.sequence])

    def _garbage(self) -> str:
        reply = self._post(self._chance.randbytes(5000))
        return reply.brief() if reply.acknowledged else self._acknowledge()

    def _empty(self) -> str:
        reply = self._post(b"")
        return reply.brief() if reply.status >= 500 or reply.acknowledged else ""

    def _bomb(self) -> str:
        for bomb in (b"\x81" * 10_000, b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff", b"\x5b\x00\xff\xff\xff\xff\xff\xff\xff"):
            reply = self._post(bomb)
            if reply.acknowledged or reply.status >= 500:
                return reply.brief()
        return self._acknowledge()

    @staticmethod
    def _taken(reply: Reply, sequences: Sequence[int]) -> str:
        missing = [sequence for sequence in sequences if sequence not in reply.acknowledged]
        indices = [reply.acknowledged[sequence] for sequence in sequences if sequence in reply.acknowledged]
        if missing:
            return f"not acknowledged: {missing[:5]}; {reply.brief()[:300]}"
        return "" if len(set(indices)) == len(indices) else f"two batches got one index: {indices[:10]}"

    def _answered(self, reply: Reply) -> str:
        named = self._probe.sequence in reply.acknowledged or self._probe.sequence in reply.refused
        return "" if reply.status == 200 and named else reply.brief()


def _reply(response: httpx.Response, terminal: str) -> Reply:
    if response.status_code != 200:
        return Reply(response.status_code, {}, [], "")
    try:
        document: dict[str, Any] = json.loads(response.content)  # Any: JSON of a stranger
        rows = [row for row in document["acknowledged"] if row["terminal"] == terminal]
        acknowledged = {int(row["sequence"]): int(row["index"]) for row in rows}
        return Reply(200, acknowledged, [row["sequence"] for row in document["refused"]])
    except (ValueError, KeyError, TypeError) as error:
        return Reply(200, {}, [], f"the answer is not of the agreed form: {error!r}")
