"""Epochs: what happens when the database came back from a backup that lies behind a published checkpoint.

The old log is never continued. Two persons decide; the new epoch's entry 0 says which log ended, what came back, what is
missing and why. The witness knows the new origin only after a person of the province accepted it, and keeps the old one.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from tanheng.core.errors import InputError
from tanheng.platform.errors import ConflictError
from tanheng.platform.record import audit, logkeys, outbox, sequencer
from tanheng.platform.record.actor import Actor, refuse_same_person, require, require_second_factor
from tanheng.platform.record.models import Plant
from tanheng.trust import epoch as epochs
from tanheng.trust.checkpoint import open_checkpoint
from tanheng.trust.statement import StatementType


@dataclass(frozen=True, slots=True)
class Behind:
    """How far a database lies behind a checkpoint.

    Parameters
    ----------
    origin : str
        Of the epoch that would end.
    size : int
        Entries that the checkpoint covers.
    last_index : int
        Last index that the database holds; −1 for none.
    signers : tuple of str
        Whose signatures the checkpoint carries, without having been checked but the log's own.
    """

    origin: str
    size: int
    last_index: int
    signers: tuple[str, ...]


def behind(plant: Plant, checkpoint: bytes) -> Behind:
    """Return how far the database lies behind a checkpoint of the present epoch.

    Raises
    ------
    ConflictError
        It holds everything that the checkpoint covers: the log goes on as it is.
    TrustError
        The checkpoint is not of this log.
    """
    head, opened = open_checkpoint(checkpoint, logkeys.verifier_key(plant))
    if head.size <= plant.next_index and sequencer.root_of_entries(plant, head.size) == head.root:
        raise ConflictError("platform.record.not_behind", plant=plant.code, size=head.size, found=plant.next_index)
    signers = tuple(one.name for one in opened.signatures)
    return Behind(logkeys.origin(plant), head.size, plant.next_index - 1, signers)


@transaction.atomic
def begin(plant: Plant, *, first: Actor, second: Actor, checkpoint: bytes, missing: str, reason: str) -> Plant:
    """Begin a new epoch of a plant's log.

    Parameters
    ----------
    first, second : Actor
        The two persons who decide, each with a second factor.
    checkpoint : bytes
        The last cosigned checkpoint of the old epoch, as the witness has it.
    missing : str
        What is missing, in words.

    Raises
    ------
    RightsError, DutiesError
    InputError
        A text is empty.
    ConflictError
        The database holds everything that the checkpoint covers: the log goes on as it is.
    TrustError
        The checkpoint is not of this log.
    """
    for actor in (first, second):
        require(actor, "record.begin_epoch", plant.pk)
        require_second_factor(actor)
    refuse_same_person(first, [second.uid], duty="decide alone that a log begins anew")
    if not (missing.strip() and reason.strip()):
        raise InputError("platform.record.epoch_words")
    row = Plant.objects.select_for_update().get(pk=plant.pk)
    old = behind(row, checkpoint)
    restored = epochs.LogRestored(
        old_origin=old.origin,
        last_index=old.last_index,
        checkpoint=checkpoint,
        missing=missing.strip(),
        reason=reason.strip(),
        persons=(str(first.uid), str(second.uid)),
    )
    row.epoch, row.next_index = row.epoch + 1, 0
    row.save(update_fields=["epoch", "next_index"])
    outbox.record(
        row.pk,
        type=StatementType.LOG_RESTORED,
        subject=logkeys.origin(row),
        version=1,
        media=epochs.MEDIA,
        payload=restored.encode(),
        actor=first,
        keep_payload=True,
    )
    audit.note("record.begin_epoch", actor=first, plant=row.pk, detail={"epoch": row.epoch, "second": str(second.uid)})
    row.refresh_from_db()
    return row
