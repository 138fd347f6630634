"""What ``tanheng log fsck`` and the worker's nightly check read again of a platform: records, log files, and the lake.

Each auditor reads the database as it was at one moment, so that a platform that goes on writing gives no findings. What there
is nothing of yet (a lake before the first reading, a log before the first checkpoint) is told as not checked.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings

from tanheng.core.errors import TanhengError
from tanheng.lake import Engine, open_plant
from tanheng.platform.database.scope import all_plants, scope, snapshot
from tanheng.platform.errors import RecordError
from tanheng.platform.record import audit, fsck, logkeys, sequencer
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import AuditEvent, Plant
from tanheng.trust.audit import LogAuditor
from tanheng.trust.files import FolderFiles
from tanheng.trust.log_reader import CHECKPOINT, LogReader

ACTION = "operation.fsck"
PATIENCE = 600.0  # s: longer than a large append, or another check, takes


@dataclass(frozen=True, slots=True)
class RecordAuditor:
    """Holds tables, files and entries of a plant against each other."""

    plant: int
    name: str

    def findings(self) -> Iterator[TanhengError]:
        """Yield every difference."""
        with snapshot([self.plant]):
            yield from fsck.audit(Plant.objects.get(pk=self.plant))


@dataclass(frozen=True, slots=True)
class LogFilesAuditor:
    """Reads the files of one epoch of a plant's log again; nothing is appended meanwhile.

    Parameters
    ----------
    patience : float
        Seconds to wait for who writes the log, after which that is the finding.
    """

    plant: int
    epoch: int
    name: str
    patience: float = PATIENCE

    def findings(self) -> Iterator[TanhengError]:
        """Yield the first thing of the log that does not hold."""
        with scope([self.plant]):
            plant = Plant.objects.get(pk=self.plant)
            deadline = time.monotonic() + self.patience
            while not sequencer.try_lock(self.plant):
                if time.monotonic() > deadline:
                    yield RecordError("platform.record.log_busy", plant=plant.code, seconds=round(self.patience))
                    return
                time.sleep(0.1)
            plant.refresh_from_db()
            try:
                key = logkeys.verifier_key(plant, self.epoch)
                reader = LogReader(_log_files(plant, self.epoch).read, key)
            except TanhengError as error:
                yield error
                return
            yield from LogAuditor(reader).findings()


@dataclass(frozen=True, slots=True)
class LakeAuditor:
    """Re-reads every segment of a plant's lake."""

    plant: str
    name: str

    def findings(self) -> Iterator[TanhengError]:
        """Yield every segment that is missing or differs from the catalogue."""
        with Engine() as engine:
            yield from open_plant(settings.FOLDER.lake, self.plant, engine=engine).audit()


PlatformAuditor = RecordAuditor | LogFilesAuditor | LakeAuditor


@dataclass(frozen=True, slots=True)
class Check:
    """The auditors of a platform, and what there was nothing to check of.

    Parameters
    ----------
    auditors : tuple
        Each an ``Auditor`` of ``trust.audit``.
    missing : tuple of str
    plants : tuple of int
        Keys of the plants that are checked.
    """

    auditors: tuple[PlatformAuditor, ...]
    missing: tuple[str, ...]
    plants: tuple[int, ...]


def check_of(plants: Sequence[int] | None = None) -> Check:
    """Return what can be checked here; all plants unless some are named."""
    keys = tuple(plants if plants is not None else all_plants())
    found: list[PlatformAuditor] = []
    missing: list[str] = []
    for key in keys:
        with snapshot([key]):
            plant = Plant.objects.get(pk=key)
        found.append(RecordAuditor(key, f"records {plant.code}"))
        epochs = [epoch for epoch in range(1, plant.epoch + 1) if _log_files(plant, epoch).size(CHECKPOINT) is not None]
        found += [LogFilesAuditor(key, epoch, f"log {plant.code}/{epoch}") for epoch in epochs]
        missing += [f"log {plant.code}/{epoch}" for epoch in range(1, plant.epoch + 1) if epoch not in epochs]
    lakes = sorted(path.stem for path in (settings.FOLDER.lake / "catalogue").glob("*.json") if "." not in path.stem)
    found += [LakeAuditor(name, f"lake {name}") for name in lakes]
    missing += ["payloads", *([] if lakes else ["lake"])]
    return Check(tuple(found), tuple(missing), keys)


def _log_files(plant: Plant, epoch: int) -> FolderFiles:
    return FolderFiles(settings.FOLDER.log / str(plant.uid) / str(epoch))


def run(
    check: Check, *, tell: Callable[[PlatformAuditor, Sequence[TanhengError]], None], now: datetime.datetime
) -> list[tuple[PlatformAuditor, TanhengError]]:
    """Run every auditor, tell what each found, and note the result in the audit trail.

    Parameters
    ----------
    tell : callable
        Given an auditor and its findings as soon as it has ended.
    now : datetime
        When the check began.
    """
    found: list[tuple[PlatformAuditor, TanhengError]] = []
    began = time.monotonic()
    for auditor in check.auditors:
        findings = list(auditor.findings())
        tell(auditor, findings)
        found += [(auditor, finding) for finding in findings]
    detail = {
        "began": now.isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - began, 1),
        "findings": len(found),
        "checked": [auditor.name for auditor in check.auditors],
        "missing": list(check.missing),
    }
    result = AuditEvent.Result.FAILED if found else AuditEvent.Result.DONE
    with scope(check.plants):
        audit.note(ACTION, actor=Actor.system("fsck"), result=result, detail=detail)
    return found
