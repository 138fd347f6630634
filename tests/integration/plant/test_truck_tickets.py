"""A truck ticket that somebody edits or deletes days after the weighing, over the real chain.

Truck-scale database of the simulated plant → nightly re-reading of the SQL driver → sealed batch → receiver → lake. What was
weighed stays what it was in every total; the edit and the deletion arrive as signed events with old value, new value and time.
"""

from __future__ import annotations

import asyncio
import datetime
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cbor2
import pytest
import yaml

from tanheng.cli.receiver import Receiver
from tanheng.cli.receiver_server import ReceiverServer
from tanheng.core.period import Span
from tanheng.edge.clock import ScaledClock
from tanheng.edge.configuration import parse
from tanheng.edge.reading import EVENT_CHANNEL
from tanheng.edge.terminal import Terminal
from tanheng.lake import Engine, Query
from tanheng.simulator import PlantRun, generate, load
from tanheng.simulator.play import Player
from tanheng.simulator.scenario import Fault
from tanheng.simulator.wiring import terminal_configuration
from tanheng.trust.envelope import open_all, open_envelope
from tanheng.trust.keys import KeyRecord, Purpose, record_of
from tanheng.trust.suites import Algorithm
from tanheng.trust.suites import generate as new_key

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
SPEED = 3000  # only the truck scale plays: a day and a night pass in half a minute
EDITED, DELETED = 3, 5


@pytest.fixture
def run() -> PlantRun:
    """The small plant from midnight to 03:00 of the next night; at 20:10 a ticket loses 2.5 t, at 21:05 one disappears."""
    scenario = load("small-plant")
    start = scenario.span.start
    faults = (
        Fault("ticket-edited", Span(start + 20 * HOUR + 10 * MINUTE, start + 40 * HOUR), ticket=EDITED, size=-2.5),
        Fault("ticket-deleted", Span(start + 21 * HOUR + 5 * MINUTE, start + 40 * HOUR), ticket=DELETED),
    )
    scale = tuple(device for device in scenario.devices if device.protocol == "truckscale")
    return generate(replace(scenario, span=Span(start, start + 27 * HOUR), faults=faults, devices=scale, channels=()), seed=7)


class Chain:
    """What is left after a run: the opened batches, and a query over the lake."""

    def __init__(self, receiver: Receiver, record: KeyRecord, sealed: list[bytes]) -> None:
        self.batches = [envelope.batch for envelope in open_all(sealed, lambda _: record)]
        self.query = Query(receiver.lake)
        self.net = receiver.channel("coal.delivered.net")

    def events(self, kind: str) -> list[tuple[int, dict[str, Any]]]:
        """Time and content of each event of a kind."""
        found = []
        for batch in self.batches:
            for channel, offset, raw in zip(batch.channel, batch.offset_ms, batch.raw or [], strict=False):
                if channel == EVENT_CHANNEL and (content := cbor2.loads(raw))["kind"] == kind:
                    found.append((batch.start_ms + offset, content))
        return found


async def played(run: PlantRun, folder: Path, engine: Engine) -> Chain:
    span = run.scenario.span
    player = Player(run, folder=folder / "plant")
    await player.start()
    signer = new_key(Algorithm.ED25519)
    record = record_of(signer, purpose=Purpose.DEVICE, subject="t-1", valid_from_ms=0)
    receiver = Receiver(folder / "receiver", plant="plant-1", keys=[record], now=lambda: span.start, engine=engine)
    server = ReceiverServer(receiver, drain_s=0.5)
    server.start()
    document = terminal_configuration(player, terminal="t-1", platform=server.url, every_s=600)
    configuration = parse(yaml.safe_dump({**document, "limits": {"batch_s": 600}}))
    receiver.register(configuration.digest, [channel.id for channel in configuration.channels])
    (folder / "terminal").mkdir()
    clock = ScaledClock(start=span.start - HOUR, speed=SPEED)
    terminal = Terminal(configuration, data=folder / "terminal", signer=signer, clock=clock)
    running = asyncio.create_task(terminal.run())
    try:
        await player.play(clock)
        last = (await terminal.disk.run(terminal.spool.gauge)).last_sequence
        async with asyncio.timeout(60):
            while (now := await terminal.disk.run(terminal.spool.gauge)).waiting or now.last_sequence < last + 3:
                await asyncio.sleep(0.05)
        sealed = sorted(receiver.envelopes(), key=lambda data: open_envelope(data, lambda _: record).batch.sequence)
    finally:
        terminal.stop()
        if not (await asyncio.wait([running], timeout=60))[0]:
            pytest.fail("the terminal did not end within 60 s")
        running.result()
        await player.stop()
        await asyncio.to_thread(server.stop)
    return Chain(receiver, record, sealed)


def cells(content: bytes) -> dict[str, str | None]:
    found: dict[str, str | None] = json.loads(content)
    return found


async def test_an_edited_and_a_deleted_ticket_reach_the_receiver_as_events_and_change_no_total(
    run: PlantRun, tmp_path: Path, engine: Engine
) -> None:
    chain = await played(run, tmp_path, engine)
    weighed = {ticket.number: ticket for ticket in run.tickets}
    start = run.scenario.span.start
    night = range(start + DAY + 2 * HOUR + 30 * MINUTE, start + DAY + 12 * HOUR)  # from 02:30 on the table is read again

    ((seen, edited),) = chain.events("row-changed")
    before, after = cells(edited["before"]), cells(edited["after"])
    assert (edited["device"], edited["row"]) == ("truck-scale", str(EDITED))
    assert (before["net_kg"], after["net_kg"]) == (str(weighed[EDITED].net_kg), str(weighed[EDITED].net_kg - 2500))
    assert (before["changed"], after["changed"]) == (None, local(start + 20 * HOUR + 10 * MINUTE))
    assert seen in night

    ((seen, deleted),) = chain.events("row-deleted")
    assert (deleted["row"], deleted["after"]) == (str(DELETED), None)
    assert cells(deleted["before"])["net_kg"] == str(weighed[DELETED].net_kg)
    assert seen in night

    whole = Span(start - DAY, start + 3 * DAY)
    assert chain.query.sums([chain.net], [whole])[chain.net][0] == (
        sum(ticket.net_kg for ticket in weighed.values()),
        len(weighed),
    )
    assert len(weighed) > DELETED
    assert [batch.sequence for batch in chain.batches] == list(range(1, len(chain.batches) + 1))


def local(instant: int) -> str:
    """Plant time as the truck-scale program writes it: UTC and eight hours."""
    plant = datetime.timezone(datetime.timedelta(hours=8))
    return datetime.datetime.fromtimestamp(instant / 1000, tz=plant).strftime("%Y-%m-%d %H:%M:%S")
