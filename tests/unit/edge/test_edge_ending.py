"""What ends when it is told to: tasks that lose a cancellation, work for a slow disk, calls that hang."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tanheng.edge.context import Disk
from tanheng.edge.drivers.aside import Aside
from tanheng.edge.drivers.port import within
from tanheng.edge.ending import end_all
from tanheng.edge.errors import DriverError
from tanheng.edge.page import Page
from tanheng.edge.spool import Spool


@pytest.fixture
def held() -> Iterator[threading.Event]:
    """What a call in a thread may wait for; it comes at the end of the test at the latest."""
    made = threading.Event()
    yield made
    made.set()


async def ended(*tasks: asyncio.Future[Any]) -> bool:  # Any: whatever they give
    """Return whether all tasks end within a minute."""
    return not (await asyncio.wait(tasks, timeout=60))[1]


async def test_a_cancellation_that_comes_together_with_the_answer_ends_the_caller() -> None:
    """``asyncio.wait_for`` of Python 3.11 returns the answer and forgets the cancellation."""
    answer = asyncio.get_running_loop().create_future()

    async def library() -> int:
        return int(await asyncio.wait_for(answer, 60))

    task = asyncio.create_task(within(60_000, library(), device="d"))
    await asyncio.sleep(0.01)
    answer.set_result(7)
    task.cancel()
    assert await ended(task)
    assert task.cancelled()


async def test_an_answer_in_time_is_given_and_a_late_one_is_a_fault_of_the_device() -> None:
    assert await within(60_000, asyncio.sleep(0, 7), device="d") == 7
    with pytest.raises(DriverError, match="d"):
        await within(10, asyncio.sleep(60), device="d")


async def test_a_task_that_loses_its_first_cancellations_is_cancelled_again() -> None:
    lost = 0

    async def stubborn() -> None:
        nonlocal lost
        while lost < 3:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                lost += 1
        await asyncio.sleep(60)

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    assert await ended(asyncio.create_task(end_all([task], again_s=0.01)))
    assert (lost, task.cancelled()) == (3, True)


async def test_the_faults_of_tasks_that_end_stay_with_them() -> None:
    async def faulty() -> None:
        raise EOFError

    tasks = [asyncio.create_task(faulty()), asyncio.create_task(asyncio.sleep(60))]
    await asyncio.sleep(0)
    await end_all(tasks)
    assert isinstance(tasks[0].exception(), EOFError)
    assert tasks[1].cancelled()
    await end_all([])


@pytest.mark.parametrize("cancelled", [False, True])
async def test_no_fault_of_a_task_that_was_ended_is_told_as_never_retrieved(cancelled: bool) -> None:
    told: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, about: told.append(about["message"]))

    async def faulty() -> None:
        raise EOFError

    async def faulty_at_the_end() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0)
            raise EOFError

    tasks = [asyncio.create_task(one()) for one in (faulty, faulty, faulty_at_the_end)]
    await asyncio.sleep(0)
    ending = asyncio.create_task(end_all(tasks))
    await asyncio.sleep(0)
    if cancelled:
        ending.cancel()
    assert await ended(ending)
    assert ending.cancelled() is cancelled
    assert all(task.done() and not task.cancelled() for task in tasks)
    tasks.clear()
    del ending  # its fault knows them too
    gc.collect()
    assert told == []


async def test_whoever_is_cancelled_while_it_ends_others_sees_them_to_their_end_first() -> None:
    async def stubborn() -> None:
        for _ in range(3):
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(60)

    task = asyncio.create_task(stubborn())
    ending = asyncio.create_task(end_all([task], again_s=0.01))
    await asyncio.sleep(0)
    ending.cancel()
    assert await ended(ending)
    assert ending.cancelled()
    assert task.done()


async def test_work_for_the_disk_is_done_however_often_the_caller_is_cancelled(tmp_path: Path, held: threading.Event) -> None:
    disk, begun, done = Disk(Spool(tmp_path / "spool.sqlite")), threading.Event(), []

    def slow() -> None:
        begun.set()
        held.wait(60)
        done.append(True)

    task = asyncio.create_task(disk.run(slow))
    await asyncio.to_thread(begun.wait, 60)
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0.01)
    assert not task.done()
    held.set()
    assert await ended(task)
    assert (task.cancelled(), done) == (True, [True])
    disk.close()


async def test_calls_aside_give_their_results_and_faults_in_turn() -> None:
    aside, seen = Aside("test"), []

    def call(value: int) -> int:
        seen.append(value)
        return 10 // value

    found = await asyncio.gather(*(aside.run(call, value) for value in (5, 0, 2)), return_exceptions=True)
    assert (found[0], type(found[1]), found[2]) == (2, ZeroDivisionError, 5)
    assert seen == [5, 0, 2]


async def test_a_call_that_hangs_costs_one_thread_and_what_was_given_up_never_begins(held: threading.Event) -> None:
    aside, begun, hanging = Aside("hanging"), [], threading.Event()

    def hang(number: int) -> None:
        begun.append(number)
        hanging.set()
        held.wait(60)

    first = asyncio.create_task(aside.run(hang, 0))
    assert await asyncio.to_thread(hanging.wait, 60)
    first.cancel()
    assert await ended(first)
    for number in range(1, 5):
        with pytest.raises(DriverError):
            await within(20, aside.run(hang, number), device="d")
    assert sum(thread.name == "hanging" for thread in threading.enumerate()) == 1
    assert begun == [0]
    held.set()
    assert await asyncio.wait_for(aside.run(lambda: 7), 60) == 7
    assert begun == [0]


async def test_a_call_for_which_there_is_no_thread_fails_and_the_next_one_is_made() -> None:
    aside = Aside("test")
    made: list[str] = []
    before = threading.stack_size(1 << 47)  # more than a process can address: the system refuses the thread
    try:
        for _ in range(2):
            with pytest.raises(RuntimeError, match="thread"):
                await asyncio.wait_for(aside.run(made.append, "refused"), 60)
    finally:
        threading.stack_size(before)
    assert await asyncio.wait_for(aside.run(lambda: 7), 60) == 7
    assert made == []


def test_a_process_ends_while_a_call_hangs() -> None:
    program = """
import asyncio, threading
from tanheng.edge.drivers.aside import Aside

async def main():
    try:
        await asyncio.wait_for(Aside("hanging").run(threading.Event().wait), 0.1)
    except TimeoutError:
        print("left behind")

asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "left behind\n"


def test_a_page_that_never_began_ends(tmp_path: Path) -> None:
    page = Page("127.0.0.1", 0, path=tmp_path / "spool.sqlite", current=lambda: pytest.fail("nobody asks"))
    ending = threading.Thread(target=page.stop, daemon=True)
    ending.start()
    ending.join(60)
    assert not ending.is_alive()
