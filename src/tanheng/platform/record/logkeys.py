"""The key of a plant's log: made with its first checkpoint, kept in the data folder's ``keys``, never in a backup.

PKCS #8 in PEM, mode 0600. With ``TANHENG_KEY_PASSPHRASE_FILE`` it is encrypted; without, every place that counts says
"software key, unprotected".
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from django.conf import settings

from tanheng.platform.errors import RecordError
from tanheng.platform.folder import write_whole
from tanheng.platform.record.models import Checkpoint, Plant
from tanheng.trust.keys import Algorithm, Protection, signer
from tanheng.trust.note import NoteSigner

PASSPHRASE = "TANHENG_KEY_PASSPHRASE_FILE"  # noqa: S105  # names a variable


def origin(plant: Plant, epoch: int | None = None) -> str:
    """Return the name of a plant's log; a demonstration's says so."""
    kind = "tanheng-demonstration" if plant.demonstration else "tanheng"
    return f"{kind}/{plant.code}-{str(plant.uid)[:8]}/log/{epoch or plant.epoch}"


def protection() -> Protection:
    """Return how keys are kept here."""
    return Protection.PASSPHRASE if os.environ.get(PASSPHRASE) else Protection.PLAIN


def log_signer(plant: Plant) -> NoteSigner:
    """Return the signer of a plant's log; its key is made at the first use.

    Raises
    ------
    RecordError
        The key cannot be read: another passphrase, or a damaged file; or it is missing while checkpoints signed by it exist.
    """
    path: Path = settings.FOLDER.keys / f"log-{plant.uid}.pem"
    if not path.exists():
        if Checkpoint.objects.filter(plant=plant).exists():
            raise RecordError("platform.record.key_missing", plant=plant.code, path=path)
        write_whole(path, _encoded(ed25519.Ed25519PrivateKey.generate()), mode=0o600)
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=_passphrase(path))
    except (ValueError, TypeError) as error:
        raise RecordError("platform.record.key", path=path, variable=PASSPHRASE) from error
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise RecordError("platform.record.key", path=path, variable=PASSPHRASE)
    return NoteSigner(origin(plant), signer(Algorithm.ED25519, key.private_bytes_raw()))


def _encoded(key: ed25519.Ed25519PrivateKey) -> bytes:
    secret = _secret()
    how = serialization.BestAvailableEncryption(secret) if secret else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)


def _secret() -> bytes:
    file = os.environ.get(PASSPHRASE)
    return Path(file).read_bytes().strip() if file else b""


def _passphrase(path: Path) -> bytes | None:
    """Return the passphrase for an encrypted key; a plain one is read without, whatever the environment says."""
    return _secret() or None if b"ENCRYPTED" in path.read_bytes()[:64] else None
