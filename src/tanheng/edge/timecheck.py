"""Compares the terminal's clock with a time server (SNTP, RFC 4330) or with the platform's answers.

The terminal never sets the clock; the operating system does. It records how far the clock is from its source, in each batch.
"""

from __future__ import annotations

import asyncio
import struct

from tanheng.edge.clock import Clock
from tanheng.edge.errors import UplinkError

_NTP_EPOCH = 2_208_988_800
_PORT = 123


async def sntp_offset(server: str, clock: Clock, *, timeout_ms: int = 3000) -> int:
    """Return terminal's clock minus server's clock, milliseconds.

    Parameters
    ----------
    server : str
        ``host`` or ``host:port``.
    clock : Clock
    timeout_ms : int

    Raises
    ------
    UplinkError
        When the server does not answer, or answers what cannot be believed.
    """
    host, _, port = server.partition(":")
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[tuple[bytes, int]] = loop.create_future()
    try:
        async with asyncio.timeout(timeout_ms / 1000):
            transport, _ = await loop.create_datagram_endpoint(
                lambda: _Listener(answer, clock), remote_addr=(host, int(port or _PORT))
            )
            try:
                sent = clock.wall()
                transport.sendto(b"\x23" + bytes(39) + struct.pack(">II", sent // 1000 + _NTP_EPOCH & 0xFFFFFFFF, sent % 1000))
                data, received = await answer
            finally:
                transport.close()
    except (TimeoutError, OSError, ValueError) as error:
        raise UplinkError("edge.time.silent", server=server, reason=f"{type(error).__name__}: {error}") from error
    return _offset(data, sent=sent, received=received, server=server)


def _offset(data: bytes, *, sent: int, received: int, server: str) -> int:
    """Return minus the offset of RFC 4330: our clock is ahead when the server's times are earlier."""
    if len(data) < 48 or data[0] & 7 != 4 or not 1 <= data[1] <= 15:
        raise UplinkError("edge.time.answer", server=server, reason=data[:2].hex())
    if data[24:32] != struct.pack(">II", sent // 1000 + _NTP_EPOCH & 0xFFFFFFFF, sent % 1000):
        raise UplinkError("edge.time.answer", server=server, reason="the answer is to another question")
    arrived, left = (_milliseconds(*struct.unpack(">II", data[at : at + 8])) for at in (32, 40))
    return -round(((arrived - sent) + (left - received)) / 2)


def _milliseconds(seconds: int, fraction: int) -> int:
    return (seconds - _NTP_EPOCH) * 1000 + fraction * 1000 // (1 << 32)


class _Listener(asyncio.DatagramProtocol):
    """Takes the one answer."""

    def __init__(self, answer: asyncio.Future[tuple[bytes, int]], clock: Clock) -> None:
        self._answer, self._clock = answer, clock

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:  # noqa: ARG002  # asyncio's signature
        if not self._answer.done():
            self._answer.set_result((data, self._clock.wall()))

    def error_received(self, exc: Exception) -> None:
        if not self._answer.done():
            self._answer.set_exception(exc)
