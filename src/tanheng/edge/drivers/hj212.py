"""HJ 212 listener: CEMS data loggers connect to the terminal and send.

Options: ``listen`` (address, 0.0.0.0 when absent), ``port``, ``devices`` (MN numbers that are accepted), ``factors`` (site
profile:
``{a05001: {unit: g/m3}}``), ``key_file`` (SM4 key, 32 hexadecimal digits), ``cipher_text``, ``length_counts``,
``segment_limit``,
``content_limit``, ``connections`` (most at once, 8), ``idle_s`` (a silent connection is closed).

Address of a channel: ``factor``, ``field`` (Rtd, Avg, Min, Max, Cou …), ``command`` (2011, 2051, 2061, 2031), ``mn`` when
there are several.

A message is answered (9014) after its readings are on the disk, so a logger never strikes off what a power cut could take.
Readings carry the logger's ``DataTime``. A message that comes twice is answered twice and recorded once.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tanheng.core.batch import Quality
from tanheng.edge.configuration.model import Channel, Device
from tanheng.edge.drivers.port import Context, address, option, refuse_unknown
from tanheng.edge.ending import end_all
from tanheng.edge.errors import DriverError, ScalingError, SpoolError
from tanheng.edge.reading import Reading
from tanheng.protocols.errors import FrameError
from tanheng.protocols.hj212 import (
    FactorReading,
    Frame,
    Joiner,
    Message,
    Profile,
    StreamDecoder,
    answer_to,
    encode_frame,
    site_profile,
)
from tanheng.protocols.port import Refused

_PROFILE = ("cipher_text", "length_counts", "segment_limit", "content_limit")
_OPTIONS = ("listen", "port", "devices", "factors", "key_file", "connections", "idle_s", *_PROFILE)
_ADDRESS = ("factor", "field", "command", "mn")
_REMEMBERED = 4096
_READ_BYTES = 65_536
_Key = tuple[str, str, str, str]


class Hj212Driver:
    """Listens for the data loggers of one site."""

    def __init__(self, device: Device, channels: Sequence[Channel]) -> None:
        refuse_unknown(device, _OPTIONS, channels, _ADDRESS)
        self._device = device
        self._profile = _profile(device)
        self._listen = option(device, "listen", str, "0.0.0.0")  # noqa: S104  # loggers come from other machines
        self._port = option(device, "port", int)
        self._devices = frozenset(option(device, "devices", list, []))
        self._limit = option(device, "connections", int, 8)
        self._idle = option(device, "idle_s", float, 600.0)
        self._channels = {self._key(channel): channel for channel in channels}
        self._seen: OrderedDict[tuple[str, str, str], None] = OrderedDict()
        self._open: set[asyncio.Task[None]] = set()
        self._ended = False
        self.port: int | None = None
        """Port that is listened to, once there is one."""

    def _key(self, channel: Channel) -> _Key:
        code, field = address(channel, "factor", str), address(channel, "field", str, "Rtd")
        factor = self._profile.factor(code)
        unit = factor.mass_unit if field == "Cou" else factor.unit
        if unit is None or unit != channel.unit:
            raise DriverError("edge.driver.hj212_unit", channel=channel.id, factor=code, unit=unit or "—", wanted=channel.unit)
        return address(channel, "mn", str, ""), str(channel.address.get("command", "2011")), code, field

    async def session(self, context: Context) -> None:
        """Listen until cancelled."""
        self._ended = False
        server = await asyncio.start_server(
            lambda reader, writer: self._serve(context, reader, writer), self._listen, self._port
        )
        self.port = server.sockets[0].getsockname()[1]
        try:
            await asyncio.get_running_loop().create_future()  # until cancelled; who listens serves already
        finally:
            server.close()
            self._ended = True  # a connection that was accepted and is not served yet sees it
            await end_all(self._open)

    async def _serve(self, context: Context, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or self._ended or len(self._open) >= self._limit:
            writer.transport.abort()
            return
        self._open.add(task)
        decoder, joiner = StreamDecoder(self._profile), Joiner()
        try:
            while data := await self._read(reader):
                for item in decoder.feed(data):
                    await self._take(context, item, joiner, writer)
            writer.close()
            async with asyncio.timeout(self._idle):
                await writer.wait_closed()  # its last answers are on their way
        except (TimeoutError, OSError, SpoolError):
            pass  # the logger went away or fell silent, or the disk refused: without an answer it sends again
        finally:
            for item in decoder.finish():
                if isinstance(item, Refused):
                    context.refuse(item)
            self._open.discard(task)
            writer.transport.abort()  # closing alone would wait for ever for a logger that reads no answer

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        async with asyncio.timeout(self._idle):
            return await reader.read(_READ_BYTES)

    async def _take(self, context: Context, item: Frame | Refused, joiner: Joiner, writer: asyncio.StreamWriter) -> None:
        if isinstance(item, Refused):
            context.refuse(item)
            return
        message = item.message
        if self._devices and message.mn not in self._devices:
            error = FrameError("protocols.hj212.device", mn=message.mn)
            context.refuse(Refused(item.raw, len(item.raw), error))
            return
        await self._record(context, item, joiner)
        if message.answer_wanted and message.cn.startswith("2"):
            writer.write(encode_frame(answer_to(message), self._profile))
            async with asyncio.timeout(self._idle):  # a logger that never reads its answers is as good as silent
                await writer.drain()

    async def _record(self, context: Context, frame: Frame, joiner: Joiner) -> None:
        message = frame.message
        packet = f"{message.pno or 0}"
        once = (message.mn, message.qn, message.cn + packet)
        if once in self._seen:
            return
        try:
            joiner.add(message)  # refuses packets that contradict each other; the readings of each are complete by themselves
        except FrameError as error:
            context.refuse(Refused(frame.raw, len(frame.raw), error))
            return
        found = self._readings(frame)
        if found:
            await context.record(found)
        self._seen[once] = None
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)

    def _readings(self, frame: Frame) -> list[Reading]:
        message = frame.message
        at = message.measured_at
        at = message.sent_at if at is None else at
        found = []
        for value in frame.readings:
            channel = self._channels.get((message.mn, message.cn, value.code, value.kind)) or self._channels.get(
                ("", message.cn, value.code, value.kind)
            )
            if channel is not None:
                found.append(_reading(channel, at, value, message))
        return found


def _reading(channel: Channel, at: int, value: FactorReading, message: Message) -> Reading:
    flag = f",{value.code}-Flag={value.flag}" if value.flag is not None else ""
    resend = ";RF=1" if message.resend else ""
    raw = f"{value.code}-{value.kind}={value.text}{flag}{resend}".encode()
    try:
        count = channel.scaling.count(value.value)
    except ScalingError:
        return Reading(channel.index, at, 0, Quality.NO_DATA, raw)
    quality = value.quality
    if quality is Quality.GOOD and not channel.scaling.in_range(value.value):
        quality = Quality.OUT_OF_RANGE
    return Reading(channel.index, at, 0 if quality is Quality.NO_DATA else count, quality, raw)


def _profile(device: Device) -> Profile:
    declared: dict[str, Any] = option(device, "factors", dict, {})  # Any: checked by the profile
    options: dict[str, Any] = {name: device.options[name] for name in _PROFILE if name in device.options}
    key_file = option(device, "key_file", str, "")
    if key_file:
        text = Path(key_file).read_text(encoding="ascii").strip()
        try:
            options["key"] = bytes.fromhex(text)
        except ValueError:
            raise DriverError("edge.driver.key_file", device=device.id, path=key_file) from None
    return site_profile(declared, **options)
