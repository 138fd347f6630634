"""Signed orders: configuration applied whole or not at all, factor sets, resends; and everything that must be refused."""

from __future__ import annotations

import asyncio
import http.client
import json
import urllib.request
from decimal import Decimal
from typing import Any

import pytest

from tanheng.core.errors import TanhengError
from tanheng.edge.orders import open_order
from tanheng.trust.keys import Algorithm, Purpose, generate, record_of

FACTORS = {
    "version": 3,
    "valid_from": "2026-01-01T00:00:00+08:00",
    "streams": [
        {
            "id": "s",
            "formula": "cn.cets.combustion",
            "arguments": {
                "consumption": {"channel": "disk", "unit": "1"},
                "net_calorific_value": "20",
                "carbon_content": "0.03",
                "oxidation": "1",
            },
        }
    ],
}


def small(terminal: str, source: str) -> bytes:
    channel = {"id": "x", "device": "d", "unit": "1", "kind": "gauge", "decimals": 0, "address": {"source": source}}
    return json.dumps({"terminal": terminal, "devices": [{"id": "d", "driver": "host"}], "channels": [channel]}).encode()


def listening(rig: Any) -> None:
    rig.configure(uplink={**rig.content["uplink"], "orders_s": 0.1}, page={"port": 0})


async def test_a_signed_configuration_is_applied_and_named_in_the_batches_after_it(rig: Any, wait: Any) -> None:
    listening(rig)
    terminal = await rig.start()
    await wait(lambda: len(rig.receiver.stored) >= 2)
    before = terminal.configuration.digest
    changed = {
        **rig.content,
        "reason": "新增测点",
        "channels": [*rig.content["channels"], {**rig.content["channels"][0], "id": "again"}],
    }
    rig.receiver.orders.append(rig.order(1, "configuration", json.dumps(changed).encode()))
    await wait(lambda: terminal.configuration.digest != before, what="the new configuration")
    await wait(lambda: any(e.batch.configuration == terminal.configuration.digest for e in rig.receiver.envelopes()))
    await wait(lambda: rig.receiver.events("configuration-applied"))
    (event,) = rig.receiver.events("configuration-applied")
    assert (event["before"], event["after"], event["reason"]) == (before, terminal.configuration.digest, "新增测点")
    count = len(rig.receiver.stored)
    await wait(lambda: len(rig.receiver.stored) >= count + 4)
    await rig.whole()
    await rig.stop()
    for envelope in rig.receiver.envelopes():
        if envelope.batch.configuration == before:
            assert 1 not in envelope.batch.channel.tolist()
    routes = rig.receiver.events("route-changed")  # the new configuration goes on with the route of the old one
    assert [event["before"] for event in routes] == [None, *(event["after"] for event in routes[:-1])]
    assert json.loads((rig.folder / "configuration.json").read_bytes())["reason"] == "新增测点"


async def test_a_changed_meter_factor_is_a_signed_event_with_before_after_and_reason(rig: Any, wait: Any) -> None:
    rig.configure(channels=[{**rig.content["channels"][0], "kind": "totaliser"}])
    listening(rig)
    terminal = await rig.start()
    await wait(lambda: len(rig.receiver.stored) >= 2)
    channel = {**rig.content["channels"][0], "meter_factor": {"ct": "800/5"}}
    order = rig.order(1, "configuration", json.dumps({**rig.content, "channels": [channel], "reason": "换互感器"}).encode())
    rig.receiver.orders.append(order)
    await wait(lambda: rig.receiver.events("meter-factor-changed"))
    (event,) = rig.receiver.events("meter-factor-changed")
    assert (event["before"]["ct"], event["after"]["ct"], event["reason"]) == ("1", "160", "换互感器")
    assert event["initial"] == event["final"] * 160
    assert terminal.configuration.channels[0].factor.value == 160


@pytest.mark.parametrize(
    "content",
    [
        b"terminal: [",
        b"\xff",
        json.dumps({"terminal": "t-1", "devices": [], "channels": []}).encode(),
        small("t-2", "disk.free"),
        small("t-1", "the moon"),
    ],
)
async def test_a_wrong_configuration_changes_nothing_and_is_told(content: bytes, rig: Any, wait: Any) -> None:
    listening(rig)
    terminal = await rig.start()
    await wait(lambda: len(rig.receiver.stored) >= 1)
    before = terminal.configuration
    rig.receiver.orders.append(rig.order(1, "configuration", content))
    await wait(lambda: rig.receiver.events("order-refused"))
    assert terminal.configuration is before
    assert not (rig.folder / "configuration.json").exists()
    count = len(rig.receiver.stored)
    await wait(lambda: len(rig.receiver.stored) > count + 3)
    assert len(rig.receiver.events("order-refused")) == 1  # taken once, though the platform still offers it


async def test_orders_of_a_stranger_for_another_terminal_or_old_ones_are_refused(rig: Any) -> None:
    stranger = generate(Algorithm.ED25519)
    good = rig.order(5, "resend", {"first": 1, "last": 2})
    assert open_order(good, terminal="t-1", key=rig.configuration_key, after=4).number == 5
    device = record_of(rig.platform, purpose=Purpose.DEVICE, subject="p-1", valid_from_ms=0)
    for data, key, after in (
        (rig.order(5, "resend", {"first": 1, "last": 2}, signer=stranger), rig.configuration_key, 4),
        (rig.order(5, "resend", {"first": 1, "last": 2}, terminal="t-2"), rig.configuration_key, 4),
        (good, rig.configuration_key, 5),
        (good, device, 4),
        (good[:-1] + bytes([good[-1] ^ 1]), rig.configuration_key, 4),
        (good + b"\x00", rig.configuration_key, 4),
        (rig.order(5, "reboot", b""), rig.configuration_key, 4),
        (rig.order(5, "configuration", {"first": 1}), rig.configuration_key, 4),
        (b"", rig.configuration_key, 4),
    ):
        with pytest.raises(TanhengError):
            open_order(data, terminal="t-1", key=key, after=after)


async def test_a_terminal_without_a_pinned_key_obeys_nothing(rig: Any, wait: Any) -> None:
    listening(rig)
    terminal = await rig.start(pinned=False)
    rig.receiver.orders.append(rig.order(1, "resend", {"first": 1, "last": 1}))
    await wait(lambda: len(rig.receiver.stored) >= 4)
    assert rig.receiver.events("resend") == []
    with pytest.raises(TanhengError):
        await terminal.obedience.obey(rig.order(1, "resend", {"first": 1, "last": 1}))


async def test_a_range_is_sent_again_on_a_signed_request(rig: Any, wait: Any) -> None:
    listening(rig)
    await rig.start()
    noted = "SELECT count(*) FROM envelope WHERE sequence <= 3 AND state = 1"
    await wait(lambda: rig.buffer(noted) == 3, what="the answers to batches 1 to 3 in the buffer")
    repeats = rig.receiver.repeats
    rig.receiver.orders.append(rig.order(1, "resend", {"first": 1, "last": 3}))
    await wait(lambda: rig.receiver.repeats >= repeats + 3)
    await wait(lambda: rig.receiver.events("resend"))
    (event,) = rig.receiver.events("resend")
    assert (event["first"], event["last"], event["count"]) == (1, 3, 3)
    await rig.whole()


async def test_a_signed_factor_set_gives_provisional_co2_on_the_local_page(rig: Any, wait: Any) -> None:
    rig.configure(channels=[{**rig.content["channels"][0], "kind": "totaliser"}])
    listening(rig)
    terminal = await rig.start()
    rig.receiver.orders.append(rig.order(1, "factors", json.dumps(FACTORS).encode()))
    await wait(lambda: terminal.factors is not None)
    await wait(lambda: rig.buffer("SELECT count(*) FROM total WHERE period = 'day' AND CAST(count AS INTEGER) > 0") > 0)

    def ask(path: str) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{terminal.page.port}{path}", timeout=5) as answer:
            return json.load(answer) if path.endswith(("json", "2", "day", "hour")) else answer.read().decode()

    (today, *_) = await asyncio.to_thread(ask, "/totals.json?period=day")
    (coal,) = today["emissions"]
    total = Decimal(today["totals"][0]["value"])
    assert total > 0
    assert (Decimal(coal["value"]), coal["state"]) == (total * 20 * Decimal("0.03") * 44 / 12, "provisional")
    page = await asyncio.to_thread(ask, "/?lang=zh")
    assert "待核定" in page
    assert "碳计量终端" in page
    await wait(lambda: rig.receiver.events("factors-applied"))
    await rig.stop()
    await rig.start()
    await wait(lambda: rig.terminal.factors is not None)


async def test_the_page_answers_only_reading(rig: Any, wait: Any) -> None:

    listening(rig)
    terminal = await rig.start()
    await wait(lambda: terminal.snapshot is not None)

    def ask(method: str, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", terminal.page.port, timeout=5)
        connection.request(method, path)
        status = connection.getresponse().status
        connection.close()
        return status

    wanted = {
        ("GET", "/"): 200,
        ("HEAD", "/"): 200,
        ("GET", "/status.json"): 200,
        ("GET", "/totals.json?period=shift&days=62"): 200,
        ("GET", "/totals.json?period=week"): 400,
        ("GET", "/totals.json?days=99999"): 400,
        ("GET", "/totals.json?days=%C2%B2"): 400,
        ("GET", "/../etc/passwd"): 404,
        ("POST", "/"): 501,
        ("PUT", "/status.json"): 501,
        ("DELETE", "/"): 501,
    }
    for (method, path), status in wanted.items():
        assert await asyncio.to_thread(ask, method, path) == status, (method, path)
