"""OPC UA by asyncua: subscription or polling, with certificates.

Options: ``url``, ``mode`` (subscribe, poll), ``user``, ``password_file``; for an encrypted channel ``security``
(Basic256Sha256, Aes128Sha256RsaOaep, Aes256Sha256RsaPss), ``certificate``, ``private_key``, ``server_certificate`` (the one
that is believed).

Address of a channel: ``node`` (``ns=2;s=Kiln.Feed``), or ``namespace`` (URI, because servers renumber) with ``name``.

A subscription reports changes only. So each period the server's state is read; while it answers, what was reported last still
holds and is delivered again; when it does not, the session ends and the values grow old.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from asyncua import ua
from asyncua.client.client import Client
from asyncua.crypto import security_policies
from asyncua.ua.uaerrors import UaError

from tanheng.core.batch import Quality
from tanheng.edge.configuration.model import Channel, Device
from tanheng.edge.drivers.port import Context, address, option, refuse_unknown, ticks, within
from tanheng.edge.errors import DriverError
from tanheng.edge.reading import Sample
from tanheng.edge.scaling import Raw

_OPTIONS = ("url", "mode", "user", "password_file", "security", "certificate", "private_key", "server_certificate")
_ADDRESS = ("node", "namespace", "name")
_POLICIES: dict[str, Any] = {  # Any: classes whose base is abstract
    "Basic256Sha256": security_policies.SecurityPolicyBasic256Sha256,
    "Aes128Sha256RsaOaep": security_policies.SecurityPolicyAes128Sha256RsaOaep,
    "Aes256Sha256RsaPss": security_policies.SecurityPolicyAes256Sha256RsaPss,
}

logging.getLogger("asyncua").setLevel(logging.ERROR)


class OpcUaDriver:
    """Subscribes to, or polls, the nodes of one server."""

    def __init__(self, device: Device, channels: Sequence[Channel]) -> None:
        refuse_unknown(device, _OPTIONS, channels, _ADDRESS)
        self._device = device
        self._channels = tuple(channels)
        self._url = option(device, "url", str)
        self._mode = option(device, "mode", str, "subscribe")
        self._security = option(device, "security", str, "")
        if self._mode not in ("subscribe", "poll"):
            raise DriverError("edge.driver.choice", channel=device.id, name="mode", value=self._mode, known="subscribe, poll")
        if self._security and self._security not in _POLICIES:
            raise DriverError(
                "edge.driver.choice", channel=device.id, name="security", value=self._security, known=", ".join(_POLICIES)
            )
        for channel in channels:
            if "node" not in channel.address:
                address(channel, "namespace", str)
                address(channel, "name", str)

    async def session(self, context: Context) -> None:
        """Connect and read until the server falls silent."""
        client = await self._client()
        try:
            await within(self._device.timeout_ms * 3, client.connect(), device=self._device.id)
            try:
                nodes = [client.get_node(await self._node_id(client, channel)) for channel in self._channels]
                if self._mode == "poll":
                    await self._poll(context, client, nodes)
                else:
                    await self._subscribe(context, client, nodes)
            finally:
                await within(self._device.timeout_ms, client.disconnect(), device=self._device.id)
        except UaError as error:
            reason = str(error) or type(error).__name__
            raise DriverError("edge.driver.connect", device=self._device.id, reason=reason) from error

    async def _client(self) -> Client:
        client = Client(self._url, timeout=self._device.timeout_ms / 1000)
        client.name = "Tanheng terminal"
        client.application_uri = "urn:tanheng:terminal"
        user, password_file = option(self._device, "user", str, ""), option(self._device, "password_file", str, "")
        if user:
            client.set_user(user)
            client.set_password(Path(password_file).read_text(encoding="utf-8").strip() if password_file else "")
        if self._security:
            await client.set_security(
                _POLICIES[self._security],
                certificate=option(self._device, "certificate", str),
                private_key=option(self._device, "private_key", str),
                server_certificate=option(self._device, "server_certificate", str),
            )
        return client

    async def _node_id(self, client: Client, channel: Channel) -> str:
        if "node" in channel.address:
            return address(channel, "node", str)
        uri = address(channel, "namespace", str)
        namespaces = await within(self._device.timeout_ms, client.get_namespace_array(), device=self._device.id)
        if uri not in namespaces:
            raise DriverError("edge.driver.opcua_namespace", channel=channel.id, uri=uri, known=", ".join(namespaces))
        return f"ns={namespaces.index(uri)};s={address(channel, 'name', str)}"

    async def _poll(self, context: Context, client: Client, nodes: Sequence[Any]) -> None:
        async for _ in ticks(context.clock, self._device.every_ms):
            values = await within(self._device.timeout_ms, client.read_attributes(nodes), device=self._device.id)
            context.deliver([_sample(channel.index, value) for channel, value in zip(self._channels, values, strict=True)])

    async def _subscribe(self, context: Context, client: Client, nodes: Sequence[Any]) -> None:
        last: dict[int, Sample] = {}
        handler = _Handler(
            {node.nodeid: channel.index for node, channel in zip(nodes, self._channels, strict=True)}, last, context
        )
        subscription = await within(
            self._device.timeout_ms, client.create_subscription(self._device.every_ms, handler), device=self._device.id
        )
        made = await within(self._device.timeout_ms, subscription.subscribe_data_change(nodes), device=self._device.id)
        for channel, result in zip(self._channels, made if isinstance(made, list) else [made], strict=True):
            if isinstance(result, ua.StatusCode):
                last[channel.index] = Sample(channel.index, None, result.name.encode(), Quality.NO_DATA)
        async for _ in ticks(context.clock, max(self._device.every_ms, 1000)):
            await within(self._device.timeout_ms, client.nodes.server_state.read_value(), device=self._device.id)
            if handler.lost:
                raise DriverError("edge.driver.connect", device=self._device.id, reason="the subscription ended")
            context.deliver(list(last.values()))


class _Handler:
    """Takes the notifications of a subscription."""

    def __init__(self, index: dict[Any, int], last: dict[int, Sample], context: Context) -> None:
        self._index, self._last, self._context = index, last, context
        self.lost = False

    def datachange_notification(self, node: Any, value: object, data: Any) -> None:  # noqa: ARG002  # asyncua's signature
        index = self._index[node.nodeid]
        self._last[index] = sample = _sample(index, data.monitored_item.Value)
        self._context.deliver([sample])

    def status_change_notification(self, status: Any) -> None:  # noqa: ARG002  # asyncua's signature
        self.lost = True


def _sample(index: int, data: Any) -> Sample:
    """Return the sample of a DataValue: value, status and what came."""
    status = data.StatusCode
    value = _number(data.Value.Value if data.Value is not None else None)
    raw = f"{data.Value.Value if data.Value is not None else None!r}".encode()[:64]
    if status is not None and not status.is_good():
        # A bad value is no value; an uncertain one (severity bits 01) is doubted.
        uncertain = (status.value >> 30) == 1
        raw += b" " + status.name.encode()
        return Sample(index, value if uncertain else None, raw, Quality.UNCERTAIN if uncertain else Quality.NO_DATA)
    return Sample(index, value, raw, Quality.NO_DATA if value is None else Quality.GOOD)


def _number(value: object) -> Raw | None:
    match value:
        case bool():
            return int(value)
        case int():
            return value
        case float():
            return value if math.isfinite(value) else None
        case _:
            return None
