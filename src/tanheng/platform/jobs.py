"""Background jobs: how a task is declared, and what runs around each.

A task lives in its app's module ``tasks`` and is deferred inside the transaction of the change that asks for it. A task about
a plant takes the plant's key first and is ``@scoped``. Jobs may run twice (a worker was killed): a task checks what it finds.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from django.db import close_old_connections
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

P = ParamSpec("P")
R = TypeVar("R")

_log = logging.getLogger(__name__)


def task(
    name: str, *, queue: str = "default", tries: int = 5, once: str | None = None, cron: str | None = None
) -> Callable[[Callable[P, R]], Any]:  # Any: procrastinate's Task has no types here
    """Declare a task.

    Parameters
    ----------
    name : str
        Stable dotted name.
    tries : int
        How often it is tried, with growing pauses.
    once : str, optional
        A lock: two jobs with it never run at once, and never wait in the queue together.
    cron : str, optional
        When it is deferred by itself. A periodic task is given the timestamp it was due at. Ticks of a time when no worker ran
        may be lost; what must not be lost is state that the task asks for.
    """

    def declare(function: Callable[P, R]) -> Any:  # Any: as above
        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            close_old_connections()
            try:
                return function(*args, **kwargs)
            except Exception:
                _log.exception("job failed", extra={"task": name})
                raise
            finally:
                close_old_connections()

        retry = RetryStrategy(max_attempts=tries, exponential_wait=3)
        declared = app.task(name=name, queue=queue, retry=retry, lock=once, queueing_lock=once)(run)
        periodic = cast("Any", app.periodic)  # Any: it wants a task of one argument, which a caller with ``cron`` gives
        return periodic(cron=cron)(declared) if cron is not None else declared

    return cast("Callable[[Callable[P, R]], Any]", declare)
