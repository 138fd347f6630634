"""The logs a witness knows, each with the person who accepted it and why: one JSON object a line in ``logs.jsonl``.

::

    {"after": null, "person": "…", "reason": "…", "time": 1790000000, "vkey": "plant.example/log/1+…"}

Lines are only added. A new epoch of a log (``…/log/2``) names the one it comes after, which stays in the list: both are kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from tanheng.trust import epoch
from tanheng.trust.errors import LogError, PolicyError
from tanheng.trust.files import Files, folder_of
from tanheng.trust.note import ED25519, VerifierKey

PATH = "logs.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A person's decision that a witness watches a log.

    Parameters
    ----------
    vkey : str
        Verifier key of the log; its name is the origin.
    person : str
        Who decided.
    reason : str
        Why.
    time : int
        When, POSIX seconds.
    after : str, optional
        Origin of the epoch before this one.
    """

    vkey: str
    person: str
    reason: str
    time: int
    after: str | None = None


class WitnessLogs(Mapping[str, VerifierKey]):
    """Keys of the logs by origin; reads the list again when it has grown, so that a running witness follows."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._size = -1
        self._keys: dict[str, VerifierKey] = {}
        self._accepted: list[Acceptance] = []

    def __getitem__(self, origin: str) -> VerifierKey:
        self._refresh()
        return self._keys[origin]

    def __iter__(self) -> Iterator[str]:
        self._refresh()
        return iter(self._keys)

    def __len__(self) -> int:
        self._refresh()
        return len(self._keys)

    def accepted(self) -> list[Acceptance]:
        """Return the decisions in order."""
        self._refresh()
        return list(self._accepted)

    def accept(self, decision: Acceptance) -> VerifierKey:
        """Add a log by a person's decision; durable on return.

        Raises
        ------
        TrustError
            When person or reason is missing, the log is known already, or a later epoch does not name the one before it.
        """
        key = VerifierKey.parse(decision.vkey)
        if key.type != ED25519:
            raise PolicyError("trust.witness.key_type", name=key.name, found=f"{key.type:02x}")
        if not decision.person.strip() or not decision.reason.strip():
            raise PolicyError("trust.witness.person", origin=key.name)
        if key.name in self:
            raise PolicyError("trust.witness.known", origin=key.name)
        _require_epoch(key.name, decision.after, known=self)
        line = json.dumps(asdict(decision), ensure_ascii=False, sort_keys=True) + "\n"
        self._files.append(PATH, line.encode())
        self._files.sync(PATH)
        self._files.sync_folder(folder_of(PATH))
        return key

    def _refresh(self) -> None:
        size = self._files.size(PATH) or 0
        if size == self._size:
            return
        lines = (self._files.read(PATH) or b"").decode("utf-8", errors="replace").splitlines()
        self._accepted = [_decision(line, number) for number, line in enumerate(lines, start=1)]
        self._keys = {key.name: key for key in (VerifierKey.parse(one.vkey) for one in self._accepted)}
        self._size = size


def _decision(line: str, number: int) -> Acceptance:
    try:
        members = json.loads(line)
        return Acceptance(**members)
    except (ValueError, TypeError, RecursionError) as error:
        raise PolicyError("trust.witness.list", line=number, reason=str(error)[:120]) from error


def _require_epoch(origin: str, after: str | None, *, known: Mapping[str, VerifierKey]) -> None:
    try:
        number = epoch.number_of(origin)
    except LogError:
        number = 1  # a log of somebody else, without epochs
    if after is None and number > 1:
        raise PolicyError("trust.witness.epoch", origin=origin)
    if after is not None and (after not in known or epoch.next_origin(after) != origin):
        raise PolicyError("trust.witness.after", origin=origin, after=after)
