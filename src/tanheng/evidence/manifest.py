"""The manifest of a bundle: every other member with size and digest, and for each log entry where its payload is.

``manifest.json`` is the first member, canonical JSON (``tanheng.core.canonical.pretty``)::

    {"schema": "bundle/1",
     "entries": [{"index": 0, "payload": "inputs/plant.yaml", "salt": "<32 hexadecimal digits>"},
                 {"index": 7, "withheld": "confidential"}],
     "members": [{"path": "checkpoint", "sha256": "<64 hexadecimal digits>", "size": 214}]}

It says nothing that is not checked: members stand in the order of the archive, entries by index. It is not signed; what binds
the members to a plant is its log.
"""

from __future__ import annotations

import enum
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tanheng.core import canonical
from tanheng.core.errors import NumberError
from tanheng.evidence.archive import Archive
from tanheng.evidence.errors import ManifestError

NAME = "manifest.json"
SCHEMA = "bundle/1"
MAX_BYTES = 32 << 20
_SALT = re.compile(r"[0-9a-f]{32}", re.ASCII)


class Withheld(enum.StrEnum):
    """Why a payload is not in the bundle; its salted digest is in the statement all the same."""

    CONFIDENTIAL = "confidential"
    PERSONAL = "personal"
    OTHER_PERIOD = "other-period"
    LARGE = "large"


@dataclass(frozen=True, slots=True)
class Entry:
    """Where the payload of a log entry is: a member and its salt, or why it is withheld."""

    index: int
    payload: str = ""
    salt: bytes = b""
    withheld: Withheld | None = None

    @property
    def statement_path(self) -> str:
        """Member that holds the statement."""
        return f"entries/{self.index}/statement.cbor"

    @property
    def proof_path(self) -> str:
        """Member that holds the inclusion proof."""
        return f"entries/{self.index}/proof.tlog-proof"

    def jsonable(self) -> dict[str, object]:
        """Return the entry as it stands in the manifest."""
        if self.withheld is not None:
            return {"index": self.index, "withheld": self.withheld.value}
        return {"index": self.index, "payload": self.payload, "salt": self.salt.hex()}


def build(members: Mapping[str, bytes], entries: Sequence[Entry]) -> bytes:
    """Return the manifest of ``members``, in their order, and of log entries by index."""
    listed = [{"path": path, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} for path, data in members.items()]
    return canonical.pretty(
        {"schema": SCHEMA, "entries": [entry.jsonable() for entry in entries], "members": listed},
    )


def read(archive: Archive) -> tuple[Entry, ...]:
    """Return the entries of a bundle's manifest, after it lists exactly the members that are there, each with its digest.

    Raises
    ------
    ManifestError
        Names the member that is missing, extra, out of order, of another size or another digest.
    """
    if not archive.names or archive.names[0] != NAME:
        raise ManifestError("evidence.manifest.absent", member=archive.names[0] if archive.names else "–")
    data = archive.read(NAME, largest=MAX_BYTES)
    found = _parse(data)
    _check_members(found["members"], archive)
    entries = tuple(_entry(item) for item in found["entries"])
    indices = [entry.index for entry in entries]
    if indices != sorted(set(indices)):
        raise _malformed("entries do not stand by rising index")
    return entries


def _parse(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
        again = canonical.pretty(found)
    except (ValueError, RecursionError, NumberError) as error:
        raise ManifestError("evidence.manifest.malformed", member=NAME, reason=str(error)[:200]) from error
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        schema = found.get("schema") if isinstance(found, dict) else None
        raise ManifestError("evidence.manifest.schema", member=NAME, found=str(schema)[:80], known=SCHEMA)
    lists = (found.get("entries"), found.get("members"))
    if set(found) != {"schema", "entries", "members"} or not all(isinstance(value, list) for value in lists):
        raise _malformed("it has entries and members, two lists, and nothing else")
    if again != data:
        raise _malformed("it is not canonical JSON")
    return found


def _check_members(listed: Sequence[object], archive: Archive) -> None:
    paths = [_path(item) for item in listed]
    there = archive.names[1:]
    for path in paths:
        if path not in archive:
            raise ManifestError("evidence.manifest.missing", member=path)
    for name in there:
        if name not in set(paths):
            raise ManifestError("evidence.manifest.extra", member=name)
    if paths != there:
        first = next((one for one, other in zip(paths, there, strict=False) if one != other), paths[-1])
        raise ManifestError("evidence.manifest.order", member=first)
    for item, path in zip(listed, paths, strict=True):
        _check_member(item, path, archive)


def _path(item: object) -> str:
    if not isinstance(item, dict) or set(item) != {"path", "sha256", "size"} or not isinstance(item["path"], str):
        raise _malformed("a member has path, sha256 and size, and nothing else")
    return str(item["path"])


def _check_member(item: Any, path: str, archive: Archive) -> None:
    if item["size"] != archive.size(path) or type(item["size"]) is not int:
        raise ManifestError("evidence.manifest.size", member=path, found=archive.size(path), wanted=str(item["size"])[:40])
    digest = hashlib.sha256(archive.read(path)).hexdigest()
    if digest != item["sha256"]:
        raise ManifestError("evidence.manifest.digest", member=path, found=digest, wanted=str(item["sha256"])[:80])


def _entry(item: object) -> Entry:
    if not isinstance(item, dict) or type(item.get("index")) is not int or not 0 <= item["index"] < 1 << 63:
        raise _malformed("an entry has an index, a whole number from 0")
    if set(item) == {"index", "withheld"} and item["withheld"] in list(Withheld):
        return Entry(item["index"], withheld=Withheld(item["withheld"]))
    if set(item) == {"index", "payload", "salt"} and isinstance(item["payload"], str) and isinstance(item["salt"], str):
        if not _SALT.fullmatch(item["salt"]):
            raise _malformed(f"the salt of entry {item['index']} is not 32 hexadecimal digits")
        return Entry(item["index"], item["payload"], bytes.fromhex(item["salt"]))
    raise _malformed(f"entry {item['index']} has neither payload and salt nor a known reason why it is withheld")


def _malformed(reason: str) -> ManifestError:
    return ManifestError("evidence.manifest.malformed", member=NAME, reason=reason)
