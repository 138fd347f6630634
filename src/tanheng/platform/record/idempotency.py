"""Idempotency keys: the same request twice is one change and the same answer.

The answer is stored in the transaction of the change. Of two at once the second waits for the first on the key's advisory lock.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Status

from tanheng.core.errors import InputError
from tanheng.platform.errors import ConflictError
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import IdempotencyKey

HEADER = "Idempotency-Key"
F = TypeVar("F", bound=Callable[..., Any])


def idempotent(status: int) -> Callable[[F], F]:
    """Make an operation of the API answer a repeated key with what it answered first.

    Parameters
    ----------
    status : int
        Status of its good answer. The operation returns a Pydantic value.
    """

    def wrap(operation: F) -> F:
        @functools.wraps(operation)
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:  # Any: ninja passes what the operation declares
            key = request.headers.get(HEADER)
            if key is None:
                return Status(status, operation(request, *args, **kwargs))
            actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the middleware; authentication requires it
            digest = _digest(request, key)
            _lock(actor, key)
            known = IdempotencyKey.objects.filter(actor=actor.uid, key=key).first()
            if known is not None:
                return _repeat(known, digest)
            value = operation(request, *args, **kwargs)
            data = value.model_dump_json().encode()
            IdempotencyKey.objects.create(
                actor=actor.uid, key=key, request=digest, status=status, answer=data, at=timezone.now()
            )
            return HttpResponse(data, status=status, content_type="application/json; charset=utf-8")

        # ninja reads the signature, and would look for the names of annotations in this module
        run.__signature__ = inspect.signature(operation, eval_str=True)  # type: ignore[attr-defined]
        return run  # type: ignore[return-value]

    return wrap


def _digest(request: HttpRequest, key: str) -> str:
    if not 1 <= len(key) <= 100 or not key.isascii() or not key.isprintable():
        raise InputError("platform.api.idempotency_form")
    state = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    state.update(request.body)
    return state.hexdigest()


def _lock(actor: Actor, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 6))", [f"{actor.uid}/{key}"])


def _repeat(known: IdempotencyKey, digest: str) -> HttpResponse:
    if known.request != digest:
        raise ConflictError("platform.api.idempotency", key=known.key)
    answer = HttpResponse(bytes(known.answer), status=known.status, content_type="application/json; charset=utf-8")
    answer["Idempotent-Replay"] = "true"
    return answer
