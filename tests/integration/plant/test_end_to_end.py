"""Simulator → terminal → receiver → lake, without the platform: real protocols, real files, signed batches.

With ideal instruments every total equals the truth to the last digit. The plant stands still until the terminal has read each
register once, and after its last minute until it has read them again; the totals are taken over run and rest: no reading has to
hit an instant, however busy the machine is.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from tanheng.cli import conformance_terminal
from tanheng.cli.receiver import Receiver
from tanheng.cli.receiver_server import ReceiverServer
from tanheng.core.aggregate import Integral, integral
from tanheng.core.batch import Quality
from tanheng.core.period import Span
from tanheng.edge.clock import ScaledClock
from tanheng.edge.configuration import parse
from tanheng.edge.outbox import Gauge
from tanheng.edge.terminal import Terminal
from tanheng.lake import Engine, Query, Register
from tanheng.simulator import PlantRun, generate, load
from tanheng.simulator.papers import changed
from tanheng.simulator.play import Player
from tanheng.simulator.servers import Logger
from tanheng.simulator.servers.port import free_port
from tanheng.simulator.wiring import terminal_configuration
from tanheng.trust.envelope import open_all, open_envelope
from tanheng.trust.keys import KeyRecord, Purpose, record_of
from tanheng.trust.suites import Algorithm
from tanheng.trust.suites import generate as new_key

MINUTE = 60_000
REST = 5 * MINUTE
DAY = 1440 * MINUTE
SPEED = 300


def ideal(hours: int, *, name: str = "two-lines") -> PlantRun:
    """A stretch of a plant from 06:00 of its first day on, with ideal instruments and without faults."""
    scenario = load(name)
    start = scenario.span.start + 6 * 60 * MINUTE
    return generate(
        replace(
            scenario,
            span=Span(start, start + hours * 60 * MINUTE),
            channels=tuple(replace(channel, systematic=0.0, random=0.0) for channel in scenario.channels),
            faults=(),
            stops=(),
        ),
        seed=7,
    )


async def play(run: PlantRun, folder: Path, engine: Engine) -> Receiver:
    """Play a run through terminal and receiver, and return the receiver with everything in its lake."""
    span = run.scenario.span
    loggers = {device.id: free_port() for device in run.scenario.devices if device.protocol == "hj212"}
    player = Player(run, folder=folder / "plant", ports=loggers)
    await player.start()
    signer = new_key(Algorithm.ED25519)
    record = record_of(signer, purpose=Purpose.DEVICE, subject="t-1", valid_from_ms=0)
    receiver = Receiver(folder / "receiver", plant="plant-1", keys=[record], now=lambda: span.start, engine=engine)
    server = ReceiverServer(receiver, drain_s=0.5)
    server.start()
    document = terminal_configuration(player, terminal="t-1", platform=server.url)
    configuration = parse(yaml.safe_dump(document))
    receiver.register(configuration.digest, [channel.id for channel in configuration.channels])
    (folder / "terminal").mkdir()
    clock = ScaledClock(start=span.start - REST, speed=SPEED)  # from here on: starting servers takes its time
    terminal = Terminal(configuration, data=folder / "terminal", signer=signer, clock=clock)
    running = asyncio.create_task(terminal.run())
    try:
        await until(lambda: every_register_is_read(run, receiver))
        await player.play(clock)
        await until(lambda: all(logger.waiting == 0 for logger in player.servers.values() if isinstance(logger, Logger)))
        sealed = (await gauge(terminal)).last_sequence
        async with asyncio.timeout(120):
            while (now := await gauge(terminal)).waiting or now.last_sequence < sealed + 3:  # the last were read after the end
                await asyncio.sleep(0.1)
        verify(list(receiver.envelopes()), record)
    finally:
        terminal.stop()
        await ended(running)
        await player.stop()
        await asyncio.to_thread(server.stop)
    return receiver


async def ended(running: asyncio.Task[None]) -> None:
    """Wait until the terminal has ended; ``wait_for`` would wait for ever for one that does not."""
    if not (await asyncio.wait([running], timeout=60))[0]:
        pytest.fail("the terminal did not end within 60 s")
    running.result()


async def gauge(terminal: Terminal) -> Gauge:
    """Read the terminal's buffer where it is written, so that nothing half is seen."""
    return await terminal.disk.run(terminal.spool.gauge)


def verify(sealed: list[bytes], record: KeyRecord) -> None:
    """Every batch holds under the terminal's key, and each follows the one before it."""
    opened = {open_envelope(data, lambda _: record).batch.sequence: data for data in sealed}
    chain = open_all([opened[sequence] for sequence in sorted(opened)], lambda _: record)
    assert [envelope.batch.sequence for envelope in chain] == list(range(1, len(sealed) + 1))


def every_register_is_read(run: PlantRun, receiver: Receiver) -> bool:
    registers = [receiver.channel(channel.id) for channel in run.scenario.channels if channel.kind == "totaliser"]
    found = Query(receiver.lake).last(registers, at=run.scenario.span.end + DAY, counted=True)
    return len(found) == len(registers)


async def until(condition: Callable[[], bool], *, seconds: float = 120) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.1)


def compare(run: PlantRun, receiver: Receiver) -> None:
    scenario, query = run.scenario, Query(receiver.lake)
    whole = Span(scenario.span.start - DAY, scenario.span.end + DAY)
    registers = [channel for channel in scenario.channels if channel.kind == "totaliser"]
    amounts = [channel for channel in scenario.channels if channel.kind == "amount"]
    numbers = {channel.id: receiver.channel(channel.id) for channel in (*registers, *amounts)}
    found = query.totals([Register(numbers[channel.id], channel.modulus) for channel in registers], [whole])
    for channel in registers:
        truth = int(run.ran(channel.quantity, decimals=channel.decimals)[-1])
        assert found[numbers[channel.id]][0].count == truth, channel.id
    sums = query.sums([numbers[channel.id] for channel in amounts], [whole]) if amounts else {}
    for channel in amounts:
        truth = int(run.ran(channel.quantity, decimals=channel.decimals)[-1])
        assert sums[numbers[channel.id]][0] == (truth, scenario.minutes), channel.id
    trucks = changed(scenario, run.tickets, until=scenario.span.end)
    net = query.sums([receiver.channel("coal.delivered.net")], [whole])[receiver.channel("coal.delivered.net")][0]
    assert net == (sum(ticket.net_kg for ticket in trucks), len(trucks))


def compare_rates(run: PlantRun, receiver: Receiver) -> None:
    """What is read of rates, gauges and states, against what their instruments showed.

    A logger's minutes carry their own time: every one arrives, and the integral is the sum of the minutes, to the last digit.
    A sampled value carries the time of the scan, which no test can fix: but each is a value that the instrument showed, digit
    for digit, and they come in the order in which it showed them. The integral of what was read is the rule's, exactly.
    """
    scenario, query = run.scenario, Query(receiver.lake)
    whole = Span(scenario.span.start - DAY, scenario.span.end + DAY)
    loggers = {device.id for device in scenario.devices if device.protocol == "hj212"}
    length = scenario.span.end - scenario.span.start
    for channel in (channel for channel in scenario.channels if channel.kind in ("rate", "gauge", "state")):
        number, shown = receiver.channel(channel.id), run.shown[channel.id]
        readings = [stored.reading for stored in query.readings(number, whole) if stored.reading.quality is Quality.GOOD]
        assert readings, channel.id
        if channel.device in loggers:
            minutes = list(zip(shown.time.tolist(), shown.value.tolist(), strict=True))
            assert [(reading.time, reading.value) for reading in readings] == minutes, channel.id
            truth = Integral(int(shown.value.sum()) * MINUTE, length)
            assert query.integrals([number], [scenario.span], hold=MINUTE)[number] == [truth], channel.id
        else:
            assert comes_in_order([reading.value for reading in readings], shown.value.tolist()), channel.id
            stored_all = [stored.reading for stored in query.readings(number, whole)]
            found = query.integrals([number], [scenario.span], hold=5 * MINUTE)[number]
            assert found == [integral(stored_all, scenario.span, hold=5 * MINUTE)], channel.id


def comes_in_order(read: list[int], shown: list[int]) -> bool:
    """Return whether ``read``, its repetitions taken away, is what is left of ``shown`` when some minutes are left out."""
    following = iter(shown)
    return all(any(value == each for each in following) for value, _ in itertools.groupby(read))


@pytest.mark.parametrize(
    ("read", "held"),
    [([1, 1, 2, 3], True), ([1, 3, 3], True), ([3], True), ([2, 1], False), ([1, 4], False), ([1, 2, 1], False)],
)
def test_values_that_come_in_order_are_told_from_those_that_do_not(read: list[int], *, held: bool) -> None:
    assert comes_in_order(read, [1, 2, 3]) is held


async def test_two_hours_arrive_to_the_last_digit(tmp_path: Path, engine: Engine) -> None:
    run = ideal(2)
    assert sum(channel.kind == "totaliser" for channel in run.scenario.channels) == 19
    receiver = await play(run, tmp_path, engine)
    compare(run, receiver)
    compare_rates(run, receiver)


async def test_a_plant_without_cems_and_dcs_arrives_too(tmp_path: Path, engine: Engine) -> None:
    run = ideal(1, name="small-plant")
    receiver = await play(run, tmp_path, engine)
    compare(run, receiver)
    compare_rates(run, receiver)


@pytest.mark.long
async def test_a_day_arrives_to_the_last_digit(tmp_path: Path, engine: Engine) -> None:
    run = ideal(24)
    receiver = await play(run, tmp_path, engine)
    compare(run, receiver)
    compare_rates(run, receiver)


async def test_our_terminal_holds_every_check_of_the_conformance_kit(tmp_path: Path, engine: Engine) -> None:
    run = ideal(1, name="small-plant")
    signer = new_key(Algorithm.ED25519)
    record = record_of(signer, purpose=Purpose.DEVICE, subject="t-1", valid_from_ms=0)
    server, arrived = conformance_terminal.listen(tmp_path / "kit", key=record, host="127.0.0.1", port=0, engine=engine)
    player = Player(run, folder=tmp_path / "plant")
    await player.start()
    configuration = parse(yaml.safe_dump(terminal_configuration(player, terminal="t-1", platform=server.url)))
    (tmp_path / "terminal").mkdir()
    clock = ScaledClock(start=run.scenario.span.start - REST, speed=SPEED)
    terminal = Terminal(configuration, data=tmp_path / "terminal", signer=signer, clock=clock)
    running = asyncio.create_task(terminal.run())
    playing = asyncio.create_task(player.play(clock))
    try:
        await until(lambda: server.receiver.stored() >= 30 and len(arrived.arrivals) > 20, seconds=60)
        last = (await gauge(terminal)).last_sequence  # what is sealed later may arrive before its predecessor
        stored: dict[int, bytes] = {}
        async with asyncio.timeout(60):
            while not stored.keys() >= set(range(1, last + 1)):
                found = await asyncio.to_thread(lambda: list(server.receiver.envelopes()))
                stored = {open_envelope(data, lambda _: record).batch.sequence: data for data in found}
    finally:
        playing.cancel()
        terminal.stop()
        await ended(running)
        await player.stop()
        await asyncio.to_thread(server.stop)
    whole = [stored[sequence] for sequence in range(1, last + 1)]
    checks = conformance_terminal.judge(arrived, whole, key=record, wanted=30)
    assert [check for check in checks if not check.held] == []
