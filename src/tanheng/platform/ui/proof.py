"""What a page says of a version's proof: its entry in the plant's log, the digest, the checkpoint over it, the witness."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tanheng.core.errors import TrustError
from tanheng.platform.record.models import Checkpoint, LogEntry, Version
from tanheng.trust.statement import Statement, salted_digest


class Stage(enum.StrEnum):
    """How far an entry has come."""

    RECEIVED = "received"
    LOGGED = "logged"
    WITNESSED = "witnessed"
    BROKEN = "broken"


STAGES = {
    Stage.RECEIVED: (_("Received"), "wait"),
    Stage.LOGGED: (_("In the log"), "info"),
    Stage.WITNESSED: (_("Witnessed by the province"), "good"),
    Stage.BROKEN: (_("Does not agree with the log"), "bad"),
}


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of a version's entry.

    Parameters
    ----------
    digest : str
        Salted SHA-256 of the payload, hexadecimal.
    agrees : bool
        Whether the entry in the log states this digest.
    checkpoint : Checkpoint or None
        The first that covers the entry.
    """

    epoch: int
    index: int
    salt: str
    digest: str
    agrees: bool
    stated_at: datetime.datetime | None
    checkpoint: Checkpoint | None
    witnessed_at: datetime.datetime | None

    @property
    def stage(self) -> Stage:
        """Return how far the entry has come."""
        if not self.agrees:
            return Stage.BROKEN
        if self.witnessed_at is not None:
            return Stage.WITNESSED
        return Stage.LOGGED if self.checkpoint is not None else Stage.RECEIVED


def proof_of(version: Version) -> Proof:
    """Return what is known of the entry of a version."""
    payload, salt = bytes(version.payload), bytes(version.salt)
    entry = LogEntry.objects.filter(plant=version.plant_id, epoch=version.log_epoch, index=version.log_index).first()
    covering = Checkpoint.objects.filter(plant=version.plant_id, epoch=version.log_epoch, size__gt=version.log_index).order_by(
        "size"
    )
    witnessed = covering.filter(cosigned_at__isnull=False).first()
    return Proof(
        epoch=version.log_epoch,
        index=version.log_index,
        salt=salt.hex(),
        digest=salted_digest(payload, salt=salt).hex(),
        agrees=entry is not None and _states(bytes(entry.statement), payload, salt),
        stated_at=entry.at if entry is not None else None,
        checkpoint=covering.first(),
        witnessed_at=witnessed.cosigned_at if witnessed is not None else None,
    )


def _states(statement: bytes, payload: bytes, salt: bytes) -> bool:
    try:
        Statement.decode(statement).require_payload(payload, salt=salt)
    except TrustError:
        return False
    return True
