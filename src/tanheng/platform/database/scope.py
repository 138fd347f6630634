"""The scope: which plants' rows a transaction may see. The only writer of the database's setting ``tanheng.plants``.

Each table with a plant has one policy over ``visible_plants()``, which raises while the setting is unset (a blank page would
look like an empty plant). The setting is of the transaction, never of the session: a pooled connection that kept it would
show the next request somebody else's rows. Middleware opens a scope for each request, :func:`scoped` for each job.
"""

from __future__ import annotations

import contextlib
import contextvars
import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Concatenate, ParamSpec, TypeVar

from django.db import connection, transaction

from tanheng.platform.errors import ScopeError

P = ParamSpec("P")
R = TypeVar("R")

_current: contextvars.ContextVar[frozenset[int] | None] = contextvars.ContextVar("tanheng_scope", default=None)


def current() -> frozenset[int]:
    """Return the plants of the open scope.

    Raises
    ------
    ScopeError
        No scope is open.
    """
    plants = _current.get()
    if plants is None:
        raise ScopeError("platform.scope.none")
    return plants


@contextlib.contextmanager
def scope(plants: Iterable[int]) -> Iterator[None]:
    """Run the block in one transaction that sees the rows of ``plants`` and of no other plant.

    A scope inside a scope may only narrow it.

    Raises
    ------
    ScopeError
        The inner scope names a plant that the outer one does not.
    """
    wanted = frozenset(plants)
    outer = _current.get()
    if outer is not None and not wanted <= outer:
        raise ScopeError("platform.scope.wider", plants=sorted(wanted - outer))
    with _entered(wanted, outer):
        yield


@contextlib.contextmanager
def snapshot(plants: Iterable[int]) -> Iterator[None]:
    """Read, in the block, the rows of ``plants`` as they were at one moment, while others go on writing.

    It is the outermost transaction: its kind is fixed before anything is read.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        with scope(plants):
            yield


@contextlib.contextmanager
def widened(plant: int) -> Iterator[None]:
    """Run the block with ``plant`` added to the scope: for founding a plant and joining one by a link, nothing else."""
    outer = _current.get()
    with _entered((outer or frozenset()) | {plant}, outer):
        yield


@contextlib.contextmanager
def _entered(wanted: frozenset[int], outer: frozenset[int] | None) -> Iterator[None]:
    with transaction.atomic():
        token = _current.set(wanted)
        try:
            _write(wanted)
            yield
            if outer is not None:  # a rollback takes the setting back by itself
                _write(outer)
        finally:
            _current.reset(token)


def _write(plants: frozenset[int]) -> None:
    literal = "{" + ",".join(str(int(plant)) for plant in sorted(plants)) + "}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('tanheng.plants', %s, true)", [literal])


def scoped(job: Callable[Concatenate[int, P], R]) -> Callable[Concatenate[int, P], R]:
    """Give a job, whose first argument is a plant's key, a scope of that plant."""

    @functools.wraps(job)
    def run(plant: int, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with scope([plant]):
            return job(plant, *args, **kwargs)

    return run


def streamed(plants: Iterable[int], rows: Callable[[], Iterator[R]]) -> Iterator[R]:
    """Yield what ``rows()`` yields, in a scope of its own: a streamed answer is read after the request's scope has closed."""
    with scope(plants):
        yield from rows()


def all_plants() -> list[int]:
    """Return the keys of all plants, for jobs that then open a scope for each; the keys alone, nothing about them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT plant_keys()")
        return [row[0] for row in cursor.fetchall()]
