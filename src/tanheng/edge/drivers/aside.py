"""A thread of a driver's own for calls that may hang: a database, a folder on the network, a serial line.

A call that has begun cannot be ended from outside. So whoever gives up on one leaves it behind: neither the terminal nor the
end of its process waits for it. The next call begins when it has ended: a device that hangs costs one thread and no more.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Aside:
    """Makes calls one after another in a thread, which is there as long as there are any.

    Parameters
    ----------
    name : str
        Of the thread.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._calls: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._working = False

    async def run(self, function: Callable[..., T], *values: Any) -> T:
        """Return what a call gives (Any: the arguments of any function).

        Raises
        ------
        RuntimeError
            The system gives no thread; the next call asks for one again.
        """
        doing: Future[T] = Future()
        with self._lock:
            while self._calls and self._calls[-1][0].cancelled():
                self._calls.pop()  # given up before it began
            if not self._working:  # the thread waits for the lock; when there is none to be had, nothing is left behind
                threading.Thread(target=self._work, name=self._name, daemon=True).start()
                self._working = True
            self._calls.append((doing, lambda: function(*values)))
        return await asyncio.wrap_future(doing)

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._calls:
                    self._working = False
                    return
                doing, call = self._calls.popleft()
            if not doing.set_running_or_notify_cancel():
                continue
            try:
                doing.set_result(call())
            except BaseException as error:  # noqa: BLE001  # whoever waits for the call gets it
                doing.set_exception(error)
