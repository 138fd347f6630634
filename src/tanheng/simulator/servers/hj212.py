"""A CEMS data logger: an HJ 212 client that sends minute data (CN 2051) and waits for the answer (9014).

What is not answered waits and is sent again, oldest first, in the 2025 edition with ``RF=1``. Scripted faults: a network cut
closes the connection, a clock jump shifts the times it writes, duplicated frames go out twice, a dead logger sends nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Mapping
from dataclasses import replace

from tanheng.core.batch import Quality
from tanheng.protocols.hj212 import (
    Edition,
    Frame,
    Group,
    Message,
    Profile,
    StreamDecoder,
    encode_frame,
    site_profile,
    stamp,
)
from tanheng.simulator import faults
from tanheng.simulator.scenario import MINUTE, Device, Scenario
from tanheng.simulator.servers.port import Value

FACTORS = {"a05001": {"unit": "%", "type": "N10.3"}}
"""What the site declares: CO₂ in per cent by volume, wide enough for its mass in kg."""
PATIENCE_S = 2.0
KEPT = 100_000


class Logger:
    """A data logger that connects to the terminal.

    Parameters
    ----------
    scenario : Scenario
        For its scripted faults.
    device : Device
        Edition and MN.
    host, port
        Where the terminal listens.
    """

    def __init__(self, scenario: Scenario, device: Device, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.device = device
        self.port = port
        self.answered = 0
        self._host = host
        self._scenario = scenario
        self._profile: Profile = site_profile(FACTORS)
        self._waiting: deque[Message] = deque(maxlen=KEPT)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._decoder = StreamDecoder(self._profile)
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._cut = self._twice = False

    @property
    def waiting(self) -> int:
        """How many messages have no answer yet."""
        return len(self._waiting)

    async def start(self) -> None:
        """Begin to send."""
        self._task = asyncio.create_task(self._send())

    async def stop(self) -> None:
        """End; what has no answer is lost with the logger."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._close()

    async def show(self, instant: int, values: Mapping[str, Value]) -> None:
        """Queue the message of the minute that begins at ``instant``."""
        self._cut = faults.active(self._scenario, "network-cut", self.device.id, instant) is not None
        self._twice = faults.active(self._scenario, "duplicated", self.device.id, instant) is not None
        if any(value.quality is Quality.NO_DATA for value in values.values()):
            return
        jump = faults.active(self._scenario, "clock-jump", self.device.id, instant)
        said = instant + (round(1000 * jump.size) if jump else 0)
        message = self._message(said, values)
        self._waiting.append(_again(message) if self._cut else message)
        self._wake.set()

    def _message(self, said: int, values: Mapping[str, Value]) -> Message:
        groups = [Group((("DataTime", stamp(said, digits=14)),))]
        by_factor: dict[str, list[tuple[str, str]]] = {}
        for value in values.values():
            kind = "Cou" if value.channel.kind == "amount" else "Avg"
            pair = (f"{value.channel.factor}-{kind}", str(value.number))
            by_factor.setdefault(value.channel.factor, []).append(pair)
        groups += [Group((*pairs, (f"{factor}-Flag", "N"))) for factor, pairs in by_factor.items()]
        edition = Edition.E2025 if self.device.edition == "2025" else Edition.E2017
        # the end of the minute is when it is sent: a number of its own for each message
        request = stamp(said + MINUTE)
        return Message(request, "31", "2051", "123456", self.device.mn, (int(edition) << 2) | 1, tuple(groups))

    async def _send(self) -> None:
        while True:
            while not self._waiting or self._cut:
                if self._cut:
                    self._close()
                self._wake.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.05):
                        await self._wake.wait()
            message = self._waiting[0]
            try:
                await self._deliver(message)
            except (OSError, TimeoutError):
                self._close()
                self._waiting[0] = _again(message)
                await asyncio.sleep(0.2)
                continue
            self._waiting.popleft()
            self.answered += 1

    async def _deliver(self, message: Message) -> None:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self.port)
            self._decoder = StreamDecoder(self._profile)
        frame = encode_frame(message, self._profile)
        self._streams[1].write(frame * (2 if self._twice else 1))
        await self._streams[1].drain()
        async with asyncio.timeout(PATIENCE_S):
            while not await self._is_answered(message.qn):
                pass

    async def _is_answered(self, request: str) -> bool:
        if self._streams is None:
            raise ConnectionError
        data = await self._streams[0].read(4096)
        if not data:
            raise ConnectionError
        found = [item for item in self._decoder.feed(data) if isinstance(item, Frame)]
        return any(item.message.cn == "9014" and item.message.qn == request for item in found)

    def _close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def _again(message: Message) -> Message:
    """Return the message as it is sent when its time has passed; the 2017 edition has no mark for it."""
    return replace(message, resend=message.edition is Edition.E2025)
