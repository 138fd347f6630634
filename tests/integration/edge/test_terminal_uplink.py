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
    await rig.whole()
    await rig.stop()
    assert rig.receiver.stored[1].batch.configuration == rig.make().configuration.digest


async def test_a_restart_goes_on_where_the_last_run_ended(rig: Any, wait: Any) -> None:
    for count in (3, 6, 9):
        await rig.start()
        await wait(lambda count=count: len(rig.receiver.stored) >= count)
        await rig.stop()
    await rig.start()
    await wait(lambda: len(rig.receiver.events("started")) == 4, what="the event of the last start")
    await rig.whole()
    await rig.stop()


async def test_stopping_at_any_moment_is_quick_and_keeps_what_was_read(rig: Any, wait: Any) -> None:
    chance = random.Random(9)  # noqa: S311  # repeatable
    for _ in range(15):
        terminal = await rig.start()
        await asyncio.sleep(chance.uniform(0.0, 0.5))
        terminal.journal.add([Reading(0, terminal.clock.wall(), 123_456_789, Quality.GOOD, b"")])
        await rig.stop()  # fails when it takes more than twenty seconds
    await rig.start()
    await rig.whole()
    await rig.stop()
    assert sum(value == 123_456_789 for _, value, _ in rig.receiver.readings(0)) == 15


async def test_a_driver_whose_library_loses_a_cancellation_does_not_keep_the_terminal(rig: Any, wait: Any) -> None:
    """As ``asyncio.wait_for`` of Python 3.11 does when answer and cancellation come together: the polling goes on."""
    lost: list[bool] = []

    class Polling:
        async def session(self, context: Any) -> None:
            while True:
                try:
                    await asyncio.sleep(0.05)
                except asyncio.CancelledError:
                    if lost:
                        raise
                    lost.append(True)
                context.deliver([])

    terminal = rig.make()
    terminal.supervisors["host"]._driver = Polling()
    await rig.start(made=terminal)
    await wait(lambda: len(rig.receiver.stored) >= 1)
    await rig.stop()
    assert lost == [True]
    await rig.start()
    await rig.whole()
    await rig.stop()
    assert len(rig.receiver.events("stopped")) >= 1


async def test_nothing_is_lost_while_the_platform_is_away_and_live_comes_first(rig: Any, wait: Any) -> None:
    rig.receiver.mode = "busy"
    rig.configure(limits={"batch_s": 0.1}, uplink={**rig.content["uplink"], "chunk_kb": 16})
    await rig.start()
    await wait(lambda: rig.receiver.asked and rig.receiver.asked[-1] >= 30, what="the offer of batch 30")
    rig.receiver.mode = "ok"
    await rig.whole()
    assert rig.receiver.asked == sorted(rig.receiver.asked)  # each attempt offers what is the newest then
    assert rig.receiver.arrivals[0] >= 30  # the newest batch, before any of those that waited
    assert [sequence for sequence in rig.receiver.arrivals if sequence < 30] == list(range(1, 30))


async def test_a_lost_answer_leads_to_a_repeat_and_to_no_second_batch(rig: Any, wait: Any) -> None:
    rig.receiver.mode = "silent"
    terminal = await rig.start()
    await wait(lambda: len(rig.receiver.stored) >= 4)
    assert rig.answered() == 0
    rig.receiver.mode = "ok"
    await wait(lambda: rig.receiver.repeats >= 4)
    await wait(lambda: rig.answered() >= 4 and not terminal.faults)
    await rig.whole()


async def test_an_answer_that_cannot_be_believed_removes_nothing(rig: Any, wait: Any) -> None:
    rig.receiver.mode = "rubbish"
    terminal = await rig.start()
    await wait(lambda: any("cannot be believed" in fault for fault in terminal.faults))
    assert rig.answered() == 0


async def test_an_answer_that_does_not_end_is_not_read_to_its_end(rig: Any, wait: Any) -> None:
    rig.configure(uplink={**rig.content["uplink"], "orders_s": 0.1})
    rig.receiver.mode = "endless"
    terminal = await rig.start()
    await wait(lambda: any("cannot be believed" in fault for fault in terminal.faults))
    assert rig.receiver.flooded < 50 << 20  # a mebibyte each time, and what lay in the sockets
    assert rig.answered() == 0
    rig.receiver.mode = "ok"
    await rig.whole()


async def test_a_refused_batch_is_kept_and_told(rig: Any, wait: Any) -> None:
    rig.receiver.mode = "refuse"
    terminal = await rig.start()
    await wait(lambda: terminal.snapshot is not None and terminal.snapshot.gauge.refused >= 2)
    select = "SELECT reason, length(bytes) FROM envelope WHERE state = 2 ORDER BY sequence LIMIT 1"
    ((reason, size),) = await terminal.disk.run(terminal.spool.query, select)
    assert reason == "test.refused: as asked"
    assert size > 100


async def test_a_body_that_is_too_large_is_cut_down(rig: Any, wait: Any) -> None:
    rig.receiver.mode = "busy"
    rig.configure(limits={"batch_s": 0.1}, uplink={**rig.content["uplink"], "chunk_kb": 64})
    terminal = await rig.start()
    for at in range(8):  # batches of four kilobytes each
        terminal.journal.add([Reading(0, terminal.clock.wall(), value, Quality.GOOD, bytes(200)) for value in range(20)])
        await wait(lambda at=at: rig.buffer("SELECT coalesce(sum(size), 0) FROM envelope") > (at + 1) * 4000)
    rig.receiver.largest, rig.receiver.mode = 18_000, "ok"
    await rig.whole()


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
    before = rig.sealed()
    await wait(lambda: rig.sealed() >= before + 3, what="sealing without a route")
    second_receiver.start()
    await wait(lambda: terminal._fact("uplink.route") == 2)
    await rig.whole(other=second_receiver)

    def named() -> set[str | None]:
        events = [*rig.receiver.events("route-changed"), *second_receiver.events("route-changed")]
        return {event["after"] for event in events}

    await wait(lambda: named() >= {"lan", "5g", None}, what="an event of each change of route")
    await rig.stop()


async def test_the_gauge_speaks_a_sentence() -> None:
    content = {
        "waiting_batches": 192,
        "waiting_readings": 214_300,
        "oldest_ms": (3 * 60 + 12) * 60_000,
        "room_ms": 41 * 86_400_000 + 5,
    }
    assert sentence(content, "en") == "waiting 3 h 12 min; 214 300 readings; room for 41 days"
    assert sentence(content, "zh") == "待送 3 h 12 min；214 300 个读数；余量 41 天"
