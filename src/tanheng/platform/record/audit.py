"""Writing the audit trail."""

from __future__ import annotations

import contextvars
from collections.abc import Mapping
from dataclasses import dataclass

from tanheng.platform.record import clock
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import AuditEvent

Result = AuditEvent.Result


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the request that is being answered comes from."""

    address: str | None = None
    session: str = ""


origin: contextvars.ContextVar[Origin] = contextvars.ContextVar("tanheng_origin", default=Origin())  # noqa: B039  # frozen


def note(
    action: str,
    *,
    actor: Actor | None,
    plant: int | None = None,
    subject: str = "",
    result: AuditEvent.Result = Result.DONE,
    detail: Mapping[str, object] | None = None,
) -> AuditEvent:
    """Write one line of the audit trail.

    Parameters
    ----------
    action : str
        Dotted word for what was done, such as ``accounts.login``.
    detail : mapping, optional
        Names and ids; never a password, token or secret.
    """
    where = origin.get()
    return AuditEvent.objects.create(
        plant_id=plant,
        at=clock.to_datetime(clock.now_ms()),
        actor=actor.uid if actor is not None else None,
        session=(actor.session if actor is not None else "") or where.session,
        address=where.address,
        action=action,
        subject=subject,
        result=result,
        detail=dict(detail or {}),
    )
