"""A whole terminal against a receiver that verifies: delivery, change-over, backlog, repeats, refusals."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from tanheng.core.batch import Quality
from tanheng.edge.reading import Reading
from tanheng.edge.status import sentence


async def test_batches_arrive_signed_linked_and_without_a_gap(rig: Any, wait: Any) -> None:
    await rig.start()
    await wait(lambda: len(rig.receiver.stored) >= 5)
    await rig.stop()
    rig.receiver.check_chain()
    assert min(rig.receiver.stored) == 1
    assert rig.receiver.stored[1].batch.configuration == rig.make().configuration.digest


async def test_a_restart_goes_on_where_the_last_run_ended(rig: Any, wait: Any) -> None:
    for count in (3, 6, 9):
        await rig.start()
        await wait(lambda count=count: len(rig.receiver.stored) >= count)
        await rig.stop()
    rig.receiver.mode = "ok"
    await rig.start()
    await wait(lambda: rig.terminal.snapshot is not None and rig.terminal.snapshot.gauge.waiting <= 1)
    await rig.stop()
    rig.receiver.check_chain()
    assert len(rig.receiver.events("terminal-started") or rig.receiver.events("started")) >= 3


async def test_stopping_at_any_moment_is_quick_and_keeps_what_was_read(rig: Any, wait: Any) -> None:
    chance = random.Random(9)  # noqa: S311  # repeatable
    for _ in range(15):
        terminal = await rig.start()
        await asyncio.sleep(chance.uniform(0.0, 0.5))
        terminal.journal.add([Reading(0, terminal.clock.wall(), 123_456_789, Quality.GOOD, b"")])
        await rig.stop()  # fails when it takes more than twenty seconds
    terminal = await rig.start()
    await wait(lambda: terminal.snapshot is not None and terminal.spool.gauge().waiting == 0)
    await rig.stop()
    rig.receiver.check_chain()
    assert sum(value == 123_456_789 for _, value, _ in rig.receiver.readings(0)) == 15


async def test_nothing_is_lost_while_the_platform_is_away_and_live_comes_first(rig: Any, wait: Any) -> None:
    rig.receiver.mode = "busy"
    rig.configure(limits={"batch_s": 0.1}, uplink={**rig.content["uplink"], "chunk_kb": 16})
    terminal = await rig.start()
    await wait(lambda: terminal.spool.last_sequence() >= 30)
    newest = terminal.spool.last_sequence()
    rig.receiver.mode = "ok"
    await wait(lambda: len(rig.receiver.arrivals) >= 1)
    assert rig.receiver.arrivals[0] >= newest - 1  # the newest batch, before any of the thirty that waited
    await wait(lambda: min(rig.receiver.stored) == 1 and len(rig.receiver.stored) >= newest)
    backlog = [sequence for sequence in rig.receiver.arrivals[1:] if sequence < newest - 1]
    assert backlog == sorted(backlog)
    rig.receiver.check_chain()


async def test_a_lost_answer_leads_to_a_repeat_and_to_no_second_batch(rig: Any, wait: Any) -> None:
    rig.receiver.mode = "silent"
    terminal = await rig.start()
    await wait(lambda: len(rig.receiver.stored) >= 4)
    assert terminal.spool.gauge().waiting == terminal.spool.last_sequence()
    rig.receiver.mode = "ok"
    await wait(lambda: rig.receiver.repeats >= 4)
    await wait(lambda: terminal.snapshot is not None and terminal.snapshot.gauge.waiting <= 1 and not terminal.faults)
    rig.receiver.check_chain()


async def test_an_answer_that_cannot_be_believed_removes_nothing(rig: Any, wait: Any) -> None:
    rig.receiver.mode = "rubbish"
    terminal = await rig.start()
    await wait(lambda: any("cannot be believed" in fault for fault in terminal.faults))
    assert terminal.spool.gauge().waiting == terminal.spool.last_sequence()


async def test_a_refused_batch_is_kept_and_told(rig: Any, wait: Any) -> None:
    rig.receiver.mode = "refuse"
    terminal = await rig.start()
    await wait(lambda: terminal.snapshot is not None and terminal.snapshot.gauge.refused >= 2)
    ((reason, size),) = terminal.spool.query("SELECT reason, length(bytes) FROM envelope WHERE sequence = 1")
    assert reason == "test.refused: as asked"
    assert size > 100


async def test_a_body_that_is_too_large_is_cut_down(rig: Any, wait: Any) -> None:
    rig.receiver.mode = "busy"
    rig.configure(limits={"batch_s": 0.1}, uplink={**rig.content["uplink"], "chunk_kb": 64})
    terminal = await rig.start()
    await wait(lambda: terminal.spool.gauge().waiting_bytes > 20_000, seconds=60)
    rig.receiver.largest, rig.receiver.mode = 18_000, "ok"
    await wait(lambda: min(rig.receiver.stored, default=0) == 1, seconds=30)
    await wait(lambda: terminal.snapshot.gauge.waiting <= 2, seconds=30)


async def test_the_second_route_takes_over_and_the_first_is_taken_up_again(rig: Any, second_receiver: Any, wait: Any) -> None:
    routes = [
        {"name": "5g", "url": second_receiver.url, "priority": 2},
        {"name": "lan", "url": rig.receiver.url, "priority": 1},
    ]
    rig.configure(uplink={**rig.content["uplink"], "routes": routes})
    terminal = await rig.start()
    await wait(lambda: len(rig.receiver.stored) >= 2)
    assert second_receiver.stored == {}
    rig.receiver.stop()
    await wait(lambda: len(second_receiver.stored) >= 3, what="the second route")
    assert terminal._fact("uplink.route") == 2
    rig.receiver.start()
    count = len(rig.receiver.stored)
    await wait(lambda: len(rig.receiver.stored) >= count + 3, what="the first route again")
    rig.receiver.stop()
    second_receiver.stop()
    await wait(lambda: terminal._fact("uplink.route") == 0, what="no route")
    before = terminal.spool.last_sequence()
    await asyncio.sleep(0.6)
    assert terminal.spool.last_sequence() > before
    second_receiver.start()
    await wait(lambda: terminal._fact("uplink.route") == 2)
    waited = set(range(1, terminal.spool.last_sequence() + 1))
    await wait(lambda: waited <= {*rig.receiver.stored, *second_receiver.stored}, what="the backlog")
    await rig.stop()
    both = {**rig.receiver.stored, **second_receiver.stored}
    assert sorted(both) == list(range(1, max(both) + 1))
    names = [event["after"] for event in [*rig.receiver.events("route-changed"), *second_receiver.events("route-changed")]]
    assert {"lan", "5g", None} <= set(names)


async def test_the_gauge_speaks_a_sentence() -> None:
    content = {
        "waiting_batches": 192,
        "waiting_readings": 214_300,
        "oldest_ms": (3 * 60 + 12) * 60_000,
        "room_ms": 41 * 86_400_000 + 5,
    }
    assert sentence(content, "en") == "waiting 3 h 12 min; 214 300 readings; room for 41 days"
    assert sentence(content, "zh") == "待送 3 h 12 min；214 300 个读数；余量 41 天"
