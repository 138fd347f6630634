"""Ends tasks, also those of a library that loses a cancellation."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any

AGAIN_S = 5.0
"""So long a task may take to put its things in order before it is cancelled again."""


async def end_all(tasks: Collection[asyncio.Future[Any]], *, again_s: float = AGAIN_S) -> None:
    """Cancel tasks and return when all have ended, also when the caller is cancelled; results and faults stay with them.

    One cancellation may be lost: before Python 3.12 ``asyncio.wait_for`` loses one that comes together with the answer it waits
    for (https://github.com/python/cpython/issues/86296), and a driver that polls would poll for ever.

    Parameters
    ----------
    tasks : collection of futures
        Any: whatever they give.
    again_s : s
        What goes on for so long after a cancellation is cancelled again.
    """
    told = tuple(tasks)  # the caller's may change while they end
    left = set(told)
    cancelled = False
    while left:
        for task in left:
            task.cancel()
        try:
            _, left = await asyncio.wait(left, timeout=again_s)
        except asyncio.CancelledError:
            cancelled, left = True, {task for task in left if not task.done()}
    for task in told:
        if not task.cancelled():
            task.exception()  # seen; asyncio would complain of a fault that nobody asks for
    if cancelled:
        raise asyncio.CancelledError
