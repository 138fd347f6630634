"""The key of a plant's log: made with its first checkpoint, kept in the data folder's ``keys``, never in a backup.

The files are those of ``trust.key_file``, which ``tanheng key`` shows and exports: mode 0600, encrypted when
``TANHENG_KEY_PASSPHRASE_FILE`` names a passphrase; without one, every place that counts says "software key, unprotected". One
key signs all epochs of a log, each under its own origin.
"""

from __future__ import annotations

import functools
import os
import secrets
from pathlib import Path

from django.conf import settings

from tanheng.platform.errors import RecordError
from tanheng.platform.folder import sync_folder, write_private
from tanheng.platform.record import clock
from tanheng.platform.record.models import Checkpoint, Plant
from tanheng.trust import note
from tanheng.trust.key_file import PASSPHRASE_VARIABLE, KeyFolder, StoredKey, decode, encode, passphrase_from
from tanheng.trust.keys import Algorithm, Protection, Purpose, generate, record_of
from tanheng.trust.note import NoteSigner, VerifierKey


def origin(plant: Plant, epoch: int | None = None) -> str:
    """Return the name of a plant's log; a demonstration's says so."""
    kind = "tanheng-demonstration" if plant.demonstration else "tanheng"
    return f"{kind}/{_short(plant)}/log/{epoch or plant.epoch}"


def name_of(plant: Plant) -> str:
    """Return the name of the log's key, as ``tanheng key show`` takes it."""
    return f"log-{_short(plant)}"


def protection() -> Protection:
    """Return how keys are kept here."""
    return Protection.PASSPHRASE if os.environ.get(PASSPHRASE_VARIABLE) else Protection.PLAIN


def log_signer(plant: Plant) -> NoteSigner:
    """Return the signer of a plant's log; its key is made at the first use.

    Raises
    ------
    RecordError
        The key is missing while checkpoints signed by it exist: no other is made.
    KeyRefusedError
        The key cannot be read: another passphrase, a damaged file, or one that others may read.
    """
    _ensure(plant)
    _folder().record(name_of(plant))  # refuses a file that others may read
    data = _path(plant).read_bytes()
    return NoteSigner(origin(plant), _opened(data, passphrase_from(os.environ), name_of(plant)).signer)


def verifier_key(plant: Plant, epoch: int | None = None) -> VerifierKey:
    """Return the key that checks the checkpoints of an epoch (None: the present one); the private key is not opened.

    Raises
    ------
    RecordError, KeyRefusedError
        As :func:`log_signer`.
    """
    _ensure(plant)
    return VerifierKey(origin(plant, epoch), note.ED25519, _folder().record(name_of(plant)).public)


def _short(plant: Plant) -> str:
    return f"{plant.code}-{str(plant.uid)[:8]}"


def _path(plant: Plant) -> Path:
    keys: Path = settings.FOLDER.keys
    return keys / f"{name_of(plant)}.key"


def _folder() -> KeyFolder:
    return KeyFolder(settings.FOLDER.keys, passphrase=passphrase_from(os.environ))


def _ensure(plant: Plant) -> None:
    """Make the key of a log that has published nothing yet, when it has none."""
    path = _path(plant)
    if path.exists():
        return
    if Checkpoint.objects.filter(plant=plant).exists():
        raise RecordError("platform.record.key_missing", plant=plant.code, path=path)
    made = generate(Algorithm.ED25519)
    record = record_of(made, purpose=Purpose.LOG, subject=origin(plant), valid_from_ms=clock.now_ms())
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    write_private(draft, encode(StoredKey(made, record), passphrase=passphrase_from(os.environ)))
    try:
        os.link(draft, path)  # whole or not at all; of two processes that make it at once, the first wins
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    sync_folder(path.parent)


@functools.lru_cache(maxsize=256)
def _opened(data: bytes, passphrase: bytes | None, name: str) -> StoredKey:
    """Return the key of a file's bytes; stretching the passphrase takes its time on purpose, once a process and key."""
    return decode(data, passphrase=passphrase, name=name)
