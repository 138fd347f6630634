"""Attachments: files kept under their hash, checked when they arrive, logged with the change they belong to."""

from __future__ import annotations

import hashlib
import os
import secrets
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from tanheng.core import canonical
from tanheng.core.errors import InputError
from tanheng.platform.errors import MissingError, RecordError
from tanheng.platform.folder import sync_folder
from tanheng.platform.record import clock, outbox
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Attachment
from tanheng.platform.record.sniffing import DEFAULT_BOUNDS, USUAL, Bounds, sniff
from tanheng.trust.statement import StatementType

MEDIA = "attachment/1"
NAME_LENGTH = 200


def store(
    chunks: Iterable[bytes],
    *,
    plant: int,
    name: str,
    actor: Actor,
    subject: uuid.UUID | None = None,
    allowed: frozenset[str] = USUAL,
    bounds: Bounds = DEFAULT_BOUNDS,
) -> Attachment:
    """Keep a file and log that it arrived.

    Parameters
    ----------
    chunks : iterable of bytes
        The file; nothing of it is kept in memory.
    name : str
        Its name at the sender's. It is shown, and never used as a path.
    subject : UUID, optional
        The record it belongs to.

    Raises
    ------
    InputError
        The file is empty, too large, of a type that is not allowed, not what its name says, or dangerous to unpack.
    """
    shown = display_name(name)
    files: Path = settings.FOLDER.files
    draft = files / f".{secrets.token_hex(8)}"
    try:
        digest, size = _write(draft, chunks, shown, bounds)
        media = sniff(draft, shown, allowed=allowed, bounds=bounds)
        _keep(draft, digest)
    finally:
        draft.unlink(missing_ok=True)
    return _log(plant, shown, media, size, digest, actor, subject)


def display_name(name: str) -> str:
    """Return a file name as it is shown: its last part, without signs that cannot be printed, of bounded length."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = " ".join("".join(sign if sign.isprintable() else " " for sign in last).split())
    stem, dot, ending = clean.rpartition(".")
    return (stem[: NAME_LENGTH - 12] + dot + ending[:10]) if dot else clean[:NAME_LENGTH] or "file"


def _write(draft: Path, chunks: Iterable[bytes], name: str, bounds: Bounds) -> tuple[str, int]:
    state = hashlib.sha256()
    size = 0
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    with os.fdopen(handle, "wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > bounds.size:
                raise InputError("platform.file.size", file=name, size=size, limit=bounds.size)
            state.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return state.hexdigest(), size


def path_of(sha256: str) -> Path:
    """Return where the file of a hash lies."""
    files: Path = settings.FOLDER.files
    return files / sha256[:2] / sha256


def _keep(draft: Path, digest: str) -> None:
    target = path_of(digest)
    target.parent.mkdir(mode=0o750, exist_ok=True)
    draft.replace(target)
    sync_folder(target.parent)
    sync_folder(target.parent.parent)


def payload(*, name: str, media: str, size: int, sha256: str, subject: uuid.UUID | None) -> bytes:
    """Return the bytes that are logged of an attachment."""
    about = str(subject) if subject is not None else None
    return canonical.dumps({"schema": MEDIA, "name": name, "media": media, "size": size, "sha256": sha256, "subject": about})


@transaction.atomic
def _log(plant: int, name: str, media: str, size: int, digest: str, actor: Actor, subject: uuid.UUID | None) -> Attachment:
    uid = uuid.uuid4()
    logged = outbox.record(
        plant,
        type=StatementType.MANUAL_ENTRY,
        subject=f"attachment/{uid}",
        version=1,
        media=MEDIA,
        payload=payload(name=name, media=media, size=size, sha256=digest, subject=subject),
        actor=actor,
    )
    return Attachment.objects.create(
        plant_id=plant,
        uid=uid,
        subject=subject,
        name=name,
        media=media,
        size=size,
        sha256=digest,
        actor=actor.uid,
        at=clock.to_datetime(logged.time_ms),
        salt=logged.salt,
        log_epoch=logged.epoch,
        log_index=logged.index,
    )


def opened(attachment: Attachment) -> BinaryIO:
    """Return the file, open for reading, after its bytes were found to be those that were logged.

    Raises
    ------
    MissingError
        The file is gone.
    RecordError
        Its bytes are others.
    """
    try:
        file = path_of(attachment.sha256).open("rb")
    except FileNotFoundError as error:
        raise MissingError("platform.file.gone", file=attachment.name, sha256=attachment.sha256) from error
    found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != attachment.sha256:
        file.close()
        raise RecordError("platform.file.changed", file=attachment.name, sha256=attachment.sha256, found=found)
    file.seek(0)
    return file
