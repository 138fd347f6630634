"""The sequencer: from the outbox to the plant's transparency log, its checkpoints and their cosignatures.

The database is first: an entry is in the log because it was committed, and a checkpoint never covers an index that the database
does not hold. Tiles are derived; when they are lost they are written again from the entries and must have the published root.
One sequencer a plant works at a time (advisory lock).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from tanheng.platform.database.scope import scope
from tanheng.platform.errors import RecordError
from tanheng.platform.record import clock, logkeys
from tanheng.platform.record.models import Checkpoint, LogEntry, Plant
from tanheng.trust import log as tile_log
from tanheng.trust import note
from tanheng.trust.files import FolderFiles
from tanheng.trust.log_reader import CHECKPOINT, Frontier, LogReader
from tanheng.trust.note import NoteSigner
from tanheng.trust.tree import leaf_hashes

BATCH = 5000


@dataclass(frozen=True, slots=True)
class Sequenced:
    """What one round did.

    Parameters
    ----------
    size : int
        Entries covered by the log's checkpoint now.
    added : int
        How many of them are new.
    """

    size: int
    added: int


def sequenced(plant: Plant) -> int:
    """Return how many entries of a plant's log its last checkpoint covers."""
    last = last_checkpoint(plant)
    return last.size if last is not None else 0


def last_checkpoint(plant: Plant, *, cosigned: bool = False) -> Checkpoint | None:
    """Return the last published checkpoint of a plant's present epoch."""
    rows = Checkpoint.objects.filter(plant=plant, epoch=plant.epoch)
    return (rows.filter(cosigned_at__isnull=False) if cosigned else rows).order_by("-size").first()


def files_of(plant: Plant) -> FolderFiles:
    """Return the folder of a plant's log, as it is served."""
    return FolderFiles(settings.FOLDER.log / str(plant.uid) / str(plant.epoch))


def reader_of(plant: Plant) -> LogReader:
    """Return a reader of a plant's log: proofs, entries, root."""
    return LogReader(files_of(plant).read, logkeys.verifier_key(plant))


def sequence(key: int) -> Sequenced | None:
    """Append a plant's new entries to its log and publish a checkpoint; None when another process is at it.

    Raises
    ------
    RecordError
        The log holds more than the database, or something else.
    TrustError
        The log's files are damaged.
    """
    with scope([key]):
        if not try_lock(key):
            return None
        plant = Plant.objects.get(pk=key)
        log = opened(plant)
        added = 0
        for entries in _batches(plant, log.size):
            log.append(entries)
            added += len(entries)
        _remember(plant, log)
        if added and log.size % (1 << 16) < added:
            log.prune()
        return Sequenced(log.size, added)


def opened(plant: Plant) -> tile_log.Log:
    """Return the log for writing, after it was found not to be ahead of the database; lost files are written again."""
    files, signer = files_of(plant), logkeys.log_signer(plant)
    published = last_checkpoint(plant)
    if files.size(CHECKPOINT) is None and published is not None:
        rebuild(plant, signer)
    log = tile_log.open_or_create(files, signer)
    if log.size > plant.next_index:
        raise RecordError("platform.record.log_ahead", plant=plant.code, size=log.size, found=plant.next_index)
    if published is not None and log.size < published.size:
        raise RecordError("platform.record.log_ahead", plant=plant.code, size=published.size, found=log.size)
    return log


def verify_head(key: int) -> None:
    """Compare the log's root with the root of the database's entries; done once at the start of every worker.

    Raises
    ------
    RecordError
        They differ; both roots are named, and nothing of the plant is published any more.
    """
    with scope([key]):
        plant = Plant.objects.get(pk=key)
        if files_of(plant).size(CHECKPOINT) is None:
            return
        log = opened(plant)
        found, stated = log.checkpoint.root.hex(), root_of_entries(plant, log.size).hex()
    if found != stated:
        raise RecordError("platform.record.log_differs", plant=plant.code, size=log.size, found=found, stated=stated)


def root_of_entries(plant: Plant, size: int) -> bytes:
    """Return the root of the first ``size`` entries as the database has them."""
    edge = Frontier()
    for entries in _batches(plant, 0, end=size):
        edge.extend(leaf_hashes(entries))
    return edge.root()


def rebuild(plant: Plant, signer: NoteSigner | None = None) -> None:
    """Write a log's files again from the entries, up to the last published checkpoint, whose root they must have.

    Raises
    ------
    RecordError
        The entries have another root: the database was changed.
    """
    signer = signer or logkeys.log_signer(plant)
    published = last_checkpoint(plant)
    size = published.size if published is not None else 0
    found = root_of_entries(plant, size).hex()
    if published is not None and found != published.root:
        raise RecordError("platform.record.log_differs", plant=plant.code, size=size, found=published.root, stated=found)
    log = tile_log.open_or_create(files_of(plant), signer)
    for entries in _batches(plant, log.size, end=size):
        log.append(entries)
    if published is not None:
        log.add_cosignatures([one for one in note.parse(published.note.encode())[1] if one.name != signer.name])


def _batches(plant: Plant, start: int, *, end: int | None = None) -> Iterator[list[bytes]]:
    """Yield the statements from ``start`` on, in batches; a missing index stops everything."""
    rows = LogEntry.objects.filter(plant=plant, epoch=plant.epoch, index__gte=start).order_by("index")
    if end is not None:
        rows = rows.filter(index__lt=end)
    numbered = zip(itertools.count(start), rows.values_list("index", "statement").iterator(chunk_size=BATCH), strict=False)
    while chunk := list(itertools.islice(numbered, BATCH)):
        for expected, (index, _) in chunk:
            if index != expected:
                raise RecordError("platform.record.index_gap", plant=plant.code, index=expected)
        yield [bytes(statement) for _, (_, statement) in chunk]


def _remember(plant: Plant, log: tile_log.Log) -> None:
    if log.size == 0:
        return
    Checkpoint.objects.get_or_create(
        plant=plant,
        epoch=plant.epoch,
        size=log.size,
        defaults={
            "root": log.checkpoint.root.hex(),
            "note": log.note.decode(),
            "at": clock.to_datetime(clock.now_ms()),
        },
    )


def try_lock(key: int) -> bool:
    """Take the right to write a plant's log until the end of the transaction; tell whether it was free."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(7407002, %s)", [key])
        return bool(cursor.fetchone()[0])
