"""Making a bundle: a plant's account stated in its log, and everything that proves it in one ZIP.

The bytes of a bundle follow from the account's files, the log and its key: made again with nothing new to state, it is the
same, whatever the clock, zone and language of the machine. What is made is verified before it is given out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from tanheng.accounting.folder.reading import STEMS, Kind
from tanheng.evidence import anchor, manifest, recalculation, rulebooks, verification
from tanheng.evidence import report as reports
from tanheng.evidence.archive import Archive, write
from tanheng.evidence.errors import MakingError
from tanheng.evidence.manifest import Entry
from tanheng.evidence.plant_log import Draft, Logged, PlantLog
from tanheng.evidence.report import AccountReport, Rules
from tanheng.standards import RulePack
from tanheng.trust.keys import KeyRecord
from tanheng.trust.note import ED25519, VerifierKey
from tanheng.trust.note import parse as parse_note
from tanheng.trust.statement import StatementType
from tanheng.trust.tlog_proof import ProofFile

_TYPES = {
    Kind.SAMPLES: StatementType.LABORATORY_RESULT,
    Kind.CORRECTIONS: StatementType.CORRECTION,
    Kind.INSTRUMENTS: StatementType.CERTIFICATE,
}
_MEDIA = {
    ".yaml": "application/yaml",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Account:
    """An account as files: what was read, and what was written.

    Attributes
    ----------
    inputs : mapping of str to bytes
        The plant's files, by name.
    results : mapping of str to bytes
        ``inventory.json`` and the rendered reports, by name.
    """

    inputs: Mapping[str, bytes]
    results: Mapping[str, bytes]


def state_account(
    log: PlantLog, account: Account, pack: RulePack, *, time_ms: int, salt: Callable[[int], bytes]
) -> list[Logged]:
    """Return the log entries of an account: its rules, each of its files, its report.

    Raises
    ------
    EvidenceError
        When the results hold no inventory, or it was calculated by another rule pack.
    """
    report = _report(account, pack, log.key.record)
    about, rules = f"{report.plant}/{report.year}", report.rules
    drafts = [
        Draft(type=StatementType.RULE_PACK, subject=f"{about}/{rules.book}", media=reports.RULES_MEDIA, payload=rules.encode()),
        *(_draft(about, name, account.inputs[name]) for name in sorted(account.inputs)),
        Draft(type=StatementType.REPORT, subject=f"{about}/report", media=reports.REPORT_MEDIA, payload=report.encode()),
    ]
    return log.state(drafts, time_ms=time_ms, salt=salt)


def _report(account: Account, pack: RulePack, record: KeyRecord) -> AccountReport:
    """Return what the log is to say of an account: the digest of everything it was made from and of everything it gave."""
    files = {reports.FILES + name: data for name, data in account.results.items()}
    if reports.INVENTORY not in files:
        raise MakingError("evidence.making.no_inventory", path=reports.INVENTORY)
    document = recalculation.load(files[reports.INVENTORY])
    if document["rule_pack"] != pack.digest:
        raise MakingError("evidence.making.rule_pack", found=document["rule_pack"], wanted=pack.digest)
    book = document["rulebook"]
    return AccountReport(
        plant=document["plant"]["id"],
        year=document["plant"]["year"],
        known=document["known"],
        rules=Rules(rule_pack=pack.digest, book=book["id"], book_digest=book["digest"]),
        key=record.key_id,
        key_record=_sha256(record.encode()),
        files={path: _sha256(data) for path, data in files.items()},
        inputs={reports.INPUTS + name: _sha256(data) for name, data in account.inputs.items()},
        totals=reports.totals_of(document),
    )


def _draft(about: str, name: str, data: bytes) -> Draft:
    """Return the draft that states one file of the plant."""
    path = PurePosixPath(name)
    kind = next((kind for stem, kind in STEMS.items() if path.stem.strip().lower().startswith(stem)), None)
    type_ = StatementType.CONFIGURATION if kind is None else _TYPES.get(kind, StatementType.MANUAL_ENTRY)
    media = _MEDIA.get(path.suffix.lower(), "application/octet-stream")
    return Draft(type=type_, subject=f"{about}/{name}", media=media, payload=data)


def bundle(
    log: PlantLog, account: Account, stated: Sequence[Logged], pack: RulePack, *, witnesses: Iterable[VerifierKey] = ()
) -> bytes:
    """Return the bundle of an account that has been stated, under the log's present checkpoint. Parameters as `assemble`.

    Raises
    ------
    EvidenceError
        When what was made does not verify; then nothing is given out.
    """
    data = assemble(log, account, stated, pack, witnesses=witnesses)
    verification.verify(Archive(data), pack=lambda: pack)
    return data


def assemble(
    log: PlantLog, account: Account, stated: Sequence[Logged], pack: RulePack, *, witnesses: Iterable[VerifierKey] = ()
) -> bytes:
    """Return the bytes of a bundle, not verified.

    Parameters
    ----------
    log : PlantLog
    account : Account
        Files that were read and written.
    stated : sequence of Logged
        What ``state_account`` gave for them.
    pack : RulePack
        The rules the account was made by.
    witnesses : iterable of VerifierKey
        Keys of the witnesses that were asked; those whose cosignature the checkpoint carries go into the bundle.
    """
    entries = {logged.index: logged for logged in [*log.key_events(), *stated]}
    record = log.key.record
    members = {
        anchor.CHECKPOINT: log.log.note,
        anchor.VERIFIER_KEYS: anchor.write_keys(_log_key(record), _cosigners(log, witnesses)),
        anchor.record_path(record.key_id): record.encode(),
        **rulebooks.members(pack, _book(stated)),
        **{reports.FILES + name: data for name, data in account.results.items()},
    }
    reader = log.log.reader()
    listed = []
    for index, logged in sorted(entries.items()):
        entry = Entry(index, _payload_path(logged, account.inputs), logged.salt)
        members[entry.statement_path] = logged.statement.encode()
        members[entry.proof_path] = ProofFile.of(reader, index).encode()
        members[entry.payload] = logged.payload
        listed.append(entry)
    ordered = {path: members[path] for path in sorted(members)}
    return write({manifest.NAME: manifest.build(ordered, listed), **ordered})


def _payload_path(logged: Logged, inputs: Mapping[str, bytes]) -> str:
    """Return the member that holds the payload of an entry: a file of the plant under its own name."""
    name = logged.statement.subject.rpartition("/")[2]
    match logged.statement.type:
        case StatementType.REPORT:
            return reports.REPORT
        case StatementType.RULE_PACK:
            return reports.RULES
        case _ if inputs.get(name) == logged.payload:
            return reports.INPUTS + name
        case _:
            return f"entries/{logged.index}/payload"


def _log_key(record: KeyRecord) -> VerifierKey:
    return VerifierKey(record.subject, ED25519, record.public)


def _cosigners(log: PlantLog, witnesses: Iterable[VerifierKey]) -> tuple[VerifierKey, ...]:
    signed = {(one.name, one.key_hash) for one in parse_note(log.log.note)[1]}
    found = [key for key in witnesses if (key.name, key.key_hash) in signed]
    return tuple(sorted(found, key=lambda key: key.name))


def _book(stated: Sequence[Logged]) -> str:
    """Return the id of the rule book that was stated."""
    return Rules.decode(next(one.payload for one in stated if one.statement.type is StatementType.RULE_PACK)).book


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
