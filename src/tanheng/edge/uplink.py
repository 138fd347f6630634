"""The uplink: sends waiting batches over the best route that works, live first, backlog between.

::

    POST <route>/api/v1/envelopes     body: a CBOR sequence of envelopes
    200   {"acknowledged": [{"terminal", "sequence", "index"}], "refused": [{"sequence", "code", "reason"}]}
    503   not now; Retry-After is obeyed

Each round sends the newest batch and, when there is a backlog, one chunk of the oldest ones. So live data are never behind a
long queue, and the backlog drains in order of sequence. A batch counts as stored when the platform's answer names its
sequence with a log index; anything else is an unknown outcome and is sent again (the platform takes a repeat for what it is),
in smaller chunks until one is answered.
In memory are one chunk and its answer, however long the backlog.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tanheng.edge.clock import Clock
from tanheng.edge.configuration.model import Route, Uplink
from tanheng.edge.errors import UplinkError
from tanheng.edge.outbox import Stored
from tanheng.edge.tls import refusal, trusting

ENVELOPES = "/api/v1/envelopes"
ORDERS = "/api/v1/terminals/{terminal}/orders"
_LARGEST_ANSWER = 1 << 20
_LARGEST_ORDERS = 8 << 20


@dataclass(slots=True)
class RouteState:
    """How a route is: sent bytes, last fault, and the forward time before which it is not tried."""

    route: Route
    sent_bytes: int = 0
    requests: int = 0
    failures: int = 0
    fault: str = ""
    not_before: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform said about the batches of one request."""

    acknowledged: dict[int, int] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    platform_time: int | None = None


class Sender:
    """Sends over routes with priority and change-over.

    Parameters
    ----------
    terminal : str
    uplink : Uplink
    clock : Clock
    seed : int
        Seed of the jitter.
    """

    def __init__(self, terminal: str, uplink: Uplink, clock: Clock, *, seed: int = 0) -> None:
        self._terminal = terminal
        self._uplink = uplink
        self._clock = clock
        self._chance = random.Random(f"{terminal}:{seed}")  # noqa: S311  # spreads retries, guards nothing
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._pause = uplink.backoff_ms[0]
        self.routes = [RouteState(route) for route in uplink.routes]
        self.current: RouteState | None = None

    async def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()

    def pause_ms(self) -> int:
        """Return how long to wait after no route worked; doubles up to the limit, with jitter."""
        pause = round(self._pause * self._chance.uniform(0.8, 1.2))
        self._pause = min(self._pause * 2, self._uplink.backoff_ms[1])
        return pause

    async def send(self, batches: Sequence[Stored]) -> Answer:
        """Send batches over the best route that works.

        Raises
        ------
        UplinkError
            When no route works; what the platform got of it is unknown.
        """
        sequences = {batch.sequence for batch in batches}
        body = b"".join(batch.data for batch in batches)

        async def post(state: RouteState, client: httpx.AsyncClient) -> Answer:
            request = client.build_request("POST", ENVELOPES, content=body, headers=self._headers())
            response = await _answered(client, request, largest=_LARGEST_ANSWER)
            state.sent_bytes += len(body)
            return _answer(response, self._terminal, sequences)

        answer: Answer = await self._over_routes(post)
        return answer

    async def orders(self, *, after: int) -> bytes:
        """Return the signed orders that wait for this terminal, a CBOR sequence; empty when there are none."""

        async def get(_: RouteState, client: httpx.AsyncClient) -> bytes:
            path = ORDERS.format(terminal=self._terminal)
            request = client.build_request("GET", path, params={"after": after}, headers=self._headers())
            response = await _answered(client, request, largest=_LARGEST_ORDERS)
            if response.status_code in (204, 404):
                return b""
            if response.status_code != 200:
                raise UplinkError("edge.uplink.status", status=response.status_code, reason=response.text[:120])
            return response.content

        orders: bytes = await self._over_routes(get)
        return orders

    async def _over_routes(self, call: Any) -> Any:  # Any: a call and its result, one of the two above
        last: UplinkError | None = None
        for state in self._candidates():
            try:
                result = await call(state, self._client(state.route))
            except httpx.HTTPError as error:
                last = _unreachable(state.route, error)
            except UplinkError as error:
                last = error
            else:
                self._worked(state)
                return result
            self._failed(state, last)
        self.current = None
        raise last or UplinkError("edge.uplink.no_route")

    def _candidates(self) -> list[RouteState]:
        """Return routes by priority; those resting after a failure come last, because resting is better than silence."""
        now = self._clock.forward()
        return sorted(self.routes, key=lambda state: (state.not_before > now, state.route.priority))

    def _worked(self, state: RouteState) -> None:
        state.requests += 1
        state.fault, state.not_before = "", 0
        self.current = state
        self._pause = self._uplink.backoff_ms[0]

    def _failed(self, state: RouteState, error: UplinkError) -> None:
        state.failures += 1
        state.fault = error.text()[:300]
        rest = max(self._uplink.retry_better_ms, int(error.fields.get("retry_after_ms", 0) or 0))  # type: ignore[call-overload]
        state.not_before = self._clock.forward() + rest

    def _headers(self) -> dict[str, str]:
        headers = {
            "Content-Type": "application/cbor-seq",
            "Accept": "application/json",
            "Accept-Encoding": "identity",  # what comes packed could be of any size
            "Tanheng-Terminal": self._terminal,
        }
        if self._uplink.token_file:
            headers["Authorization"] = "Bearer " + _token(self._uplink.token_file)
        return headers

    def _client(self, route: Route) -> httpx.AsyncClient:
        client = self._clients.get(route.name)
        if client is None:
            transport = httpx.AsyncHTTPTransport(
                verify=trusting(self._uplink.ca),
                local_address=route.local_address,
                limits=httpx.Limits(max_connections=2),
                retries=0,
            )
            timeout = httpx.Timeout(self._uplink.timeout_ms / 1000)
            client = httpx.AsyncClient(base_url=route.url, transport=transport, timeout=timeout, trust_env=False)
            self._clients[route.name] = client
        return client


async def _answered(client: httpx.AsyncClient, request: httpx.Request, *, largest: int) -> httpx.Response:
    """Return the answer to a request; one that does not end within ``largest`` bytes is not read to its end."""
    response = await client.send(request, stream=True)
    try:
        body = bytearray()
        async for part in response.aiter_raw():
            body += part
            if len(body) > largest:
                raise UplinkError("edge.uplink.answer", reason=f"more than {largest} bytes")
    finally:
        await response.aclose()
    kept = {name: response.headers[name] for name in ("Retry-After", "Tanheng-Time") if name in response.headers}
    return httpx.Response(response.status_code, headers=kept, content=bytes(body))


def _unreachable(route: Route, error: httpx.HTTPError) -> UplinkError:
    refused = refusal(error, route=route.name, host=httpx.URL(route.url).host)
    return refused or UplinkError("edge.uplink.route", route=route.name, reason=f"{type(error).__name__}: {error}")


def _token(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UplinkError("edge.uplink.file", path=path, reason=str(error)) from error


def _answer(response: httpx.Response, terminal: str, sequences: set[int]) -> Answer:
    """Return a believed answer: about our terminal and about batches of this request only."""
    if response.status_code != 200:
        retry = response.headers.get("Retry-After", "")
        raise UplinkError(
            "edge.uplink.status",
            status=response.status_code,
            reason=response.text[:120],
            retry_after_ms=int(retry) * 1000 if retry.isascii() and retry.isdigit() and len(retry) < 6 else 0,
        )
    if len(response.content) > _LARGEST_ANSWER:
        raise UplinkError("edge.uplink.answer", reason=f"{len(response.content)} bytes")
    try:
        content = json.loads(response.content)
        acknowledged = {
            row["sequence"]: row["index"]
            for row in content["acknowledged"]
            if row["terminal"] == terminal and row["sequence"] in sequences and _natural(row["index"])
        }
        refused = {
            row["sequence"]: f"{row['code']}: {row['reason']}" for row in content["refused"] if row["sequence"] in sequences
        }
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UplinkError("edge.uplink.answer", reason=f"{type(error).__name__}: {error}") from error
    for sequence in acknowledged:
        refused.pop(sequence, None)
    return Answer(acknowledged, refused, _platform_time(response))


def _natural(value: object) -> bool:
    return type(value) is int and value >= 0


def _platform_time(response: httpx.Response) -> int | None:
    text = response.headers.get("Tanheng-Time", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
