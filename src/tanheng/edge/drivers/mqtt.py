"""MQTT 5 by aiomqtt: sensors and gateways that publish.

Options: ``host``, ``port``, ``user``, ``password_file``, ``client`` (identifier), ``version`` (5, or 3.1.1 for old brokers),
``qos`` (0, 1, 2), ``largest`` (bytes of a payload, 65 536); ``ca`` (TLS, and this authority alone is believed), ``certificate``
and ``private_key`` (the terminal's own, for a broker that asks for one).

Address of a channel: ``topic``, and ``path`` into a JSON payload (``data.temperature``); without a path the payload is the
number. Numbers are read with the digits that were sent, never through a binary float.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import aiomqtt

from tanheng.core.batch import Quality
from tanheng.edge.configuration.model import Channel, Device
from tanheng.edge.drivers.port import Context, address, option, refuse_unknown
from tanheng.edge.errors import DriverError
from tanheng.edge.reading import Sample
from tanheng.edge.scaling import Raw
from tanheng.protocols.errors import FrameError
from tanheng.protocols.port import refused

_OPTIONS = ("host", "port", "user", "password_file", "client", "ca", "certificate", "private_key", "qos", "largest", "version")
_ADDRESS = ("topic", "path")
_VERSIONS = {"5": aiomqtt.ProtocolVersion.V5, "3.1.1": aiomqtt.ProtocolVersion.V311}
_KEPT_RAW = 256


class MqttDriver:
    """Listens to the topics of one broker."""

    def __init__(self, device: Device, channels: Sequence[Channel]) -> None:
        refuse_unknown(device, _OPTIONS, channels, _ADDRESS)
        self._device = device
        self._host, self._port = option(device, "host", str), option(device, "port", int, 1883)
        self._user = option(device, "user", str, "") or None
        self._password_file = option(device, "password_file", str, "")
        self._client = option(device, "client", str, f"tanheng-{device.id}")
        self._ca = option(device, "ca", str, "")
        self._certificate = option(device, "certificate", str, "")
        self._private_key = option(device, "private_key", str, "")
        if bool(self._certificate) != bool(self._private_key) or (self._certificate and not self._ca):
            raise DriverError(
                "edge.driver.option",
                device=device.id,
                name="certificate",
                expected="ca, certificate and private_key together",
                value=self._certificate or "–",
            )
        version = str(device.options.get("version", "5"))
        if version not in _VERSIONS:
            raise DriverError(
                "edge.driver.choice", channel=device.id, name="version", value=version, known=", ".join(_VERSIONS)
            )
        self._version = _VERSIONS[version]
        self._qos = option(device, "qos", int, 1)
        self._largest = option(device, "largest", int, 65_536)
        self._topics: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        for channel in channels:
            path = address(channel, "path", str, "")
            self._topics.setdefault(address(channel, "topic", str), []).append(
                (channel.index, tuple(filter(None, path.split("."))))
            )
        for topic in self._topics:
            if "#" in topic or "+" in topic:
                raise DriverError(
                    "edge.driver.choice", channel=topic, name="topic", value=topic, known="a topic without wildcards"
                )

    async def session(self, context: Context) -> None:
        """Connect, subscribe and listen until the connection ends."""
        try:
            async with self._connect() as client:
                for topic in self._topics:
                    await client.subscribe(topic, qos=self._qos)
                async for message in client.messages:
                    self._take(context, str(message.topic), bytes(message.payload))
        except aiomqtt.MqttError as error:
            raise DriverError("edge.driver.connect", device=self._device.id, reason=str(error)) from error

    def _connect(self) -> Any:  # Any: aiomqtt is untyped here
        return aiomqtt.Client(
            self._host,
            port=self._port,
            username=self._user,
            password=self._password(),
            identifier=self._client,
            protocol=self._version,
            timeout=self._device.timeout_ms / 1000,
            keepalive=max(self._device.timeout_ms // 1000 * 3, 5),
            tls_context=self._tls(),
            max_queued_incoming_messages=1000,
        )

    def _password(self) -> str | None:
        if not self._password_file:
            return None
        try:
            return Path(self._password_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = str(error)
            raise DriverError("edge.driver.file", device=self._device.id, path=self._password_file, reason=reason) from error

    def _tls(self) -> ssl.SSLContext | None:
        if not self._ca:
            return None
        path = self._ca
        try:
            context = ssl.create_default_context(cafile=path)
            if self._certificate:
                path = self._certificate
                context.load_cert_chain(self._certificate, self._private_key)
        except OSError as error:  # also ssl.SSLError
            raise DriverError("edge.driver.file", device=self._device.id, path=path, reason=str(error)) from error
        return context

    def _take(self, context: Context, topic: str, payload: bytes) -> None:
        points = self._topics.get(topic)
        if points is None:
            return
        try:
            content = _content(payload, self._largest, topic)
        except FrameError as error:
            context.refuse(refused(payload, error))
            context.deliver([Sample(index, None, payload[:_KEPT_RAW], Quality.NO_DATA) for index, _ in points])
            return
        context.deliver([_sample(index, content, path, payload) for index, path in points])


def _content(payload: bytes, largest: int, topic: str) -> Any:  # Any: a tree of JSON
    if len(payload) > largest:
        raise FrameError("protocols.json.long", topic=topic, length=len(payload), limit=largest)
    try:
        return json.loads(payload, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError, InvalidOperation) as error:
        raise FrameError("protocols.json.damaged", topic=topic, reason=str(error)[:120]) from error


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _sample(index: int, content: Any, path: tuple[str, ...], payload: bytes) -> Sample:
    for name in path:
        content = content.get(name) if isinstance(content, dict) else None
    value = _number(content)
    return Sample(index, value, payload[:_KEPT_RAW], Quality.NO_DATA if value is None else Quality.GOOD)


def _number(content: Any) -> Raw | None:
    match content:
        case bool():
            return int(content)
        case int() | Decimal():
            return content
        case str():
            try:
                value = Decimal(content)
            except InvalidOperation:
                return None
            return value if value.is_finite() else None
        case _:
            return None
