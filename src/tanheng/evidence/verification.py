"""Verifying a bundle offline: every byte, every signature at its log time, every proof, every figure.

In this order, so that the first fault named is the nearest to its cause:

1. the ZIP is the one form a bundle has (``archive``), and the manifest lists exactly what is there (``manifest``);
2. the checkpoint is signed by its log and by the quorum of witnesses (``anchor``);
3. each statement is in the log, each payload is the one stated, each key was in force (``entries``);
4. each file of the report and of the plant is bound to a statement; nothing else is in the bundle;
5. every figure comes out again from its trace (``recalculation``), and the account from the plant's files (``replay``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tanheng.evidence import anchor, entries, manifest, recalculation, rulebooks
from tanheng.evidence import report as reports
from tanheng.evidence.anchor import Anchor
from tanheng.evidence.archive import Archive
from tanheng.evidence.entries import Stated
from tanheng.evidence.errors import AnchorError, ManifestError, ReportError
from tanheng.evidence.replay import Replay, replay
from tanheng.evidence.report import AccountReport, Rules
from tanheng.standards import RulePack, load_pack
from tanheng.trust.policy import Policy
from tanheng.trust.statement import Statement, StatementType


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """A total of the report, as it is printed there: rounded text, or None when it is blank."""

    id: str
    title: Mapping[str, str]
    rounded: str | None
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a bundle proves. It exists only for a bundle in which everything holds.

    Attributes
    ----------
    anchor : Anchor
        The log's head and the keys relied on; ``anchor.anchored`` says whether a policy named them.
    report : AccountReport
        What the log says of the account.
    entries : tuple of Stated
        Log entries of the bundle.
    members, size : int
        Number of members, and their bytes.
    envelopes : int
        Batches of readings whose device signature holds.
    figures : int
        Figures calculated again and equal.
    replay : Replay
        Whether the account was made again from the plant's files.
    unverified : tuple of str
        Parameters used that nobody has confirmed against print.
    totals : tuple of Total
        What the report adds up to.
    """

    anchor: Anchor
    report: AccountReport
    entries: tuple[Stated, ...]
    members: int
    size: int
    envelopes: int
    figures: int
    replay: Replay
    unverified: tuple[str, ...]
    totals: tuple[Total, ...]

    @property
    def complete(self) -> bool:
        """Whether the bundle holds every entry of its log, so that nothing, such as a revocation, was left out."""
        return len(self.entries) == self.anchor.checkpoint.size

    @property
    def stated(self) -> Statement:
        """The statement of the report: its version, and the time by the plant's clock."""
        found = (one.statement for one in self.entries if one.entry.payload == reports.REPORT)
        return next(statement for statement in found if statement.type is StatementType.REPORT)

    @property
    def simulated(self) -> bool:
        """Whether a statement was made on a simulated clock: a demonstration."""
        return any(stated.statement.simulated for stated in self.entries)

    def jsonable(self) -> dict[str, Any]:
        """Return the result as ``--json`` prints it."""
        checkpoint = self.anchor.checkpoint
        return {
            "verified": True,
            "anchored": self.anchor.anchored,
            "log": {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root.hex()},
            "keys": [{"name": name, "sha256": value} for name, value in self.anchor.fingerprints],
            "protection": self.anchor.record.protection.value,
            "witnesses": [{"name": name, "time": seconds} for name, seconds in self.anchor.witnesses],
            "entries": [
                {
                    "index": stated.index,
                    "type": stated.statement.type.value,
                    "subject": stated.statement.subject,
                    "version": stated.statement.version,
                    "time_ms": stated.statement.time_ms,
                    "payload": stated.entry.payload or None,
                    "withheld": stated.entry.withheld and stated.entry.withheld.value,
                }
                for stated in self.entries
            ],
            "complete": self.complete,
            "simulated": self.simulated,
            "plant": self.report.plant,
            "year": self.report.year,
            "version": self.stated.version,
            "stated_ms": self.stated.time_ms,
            "rule_pack": self.report.rules.rule_pack,
            "rulebook": self.report.rules.book,
            "totals": {total.id: {"rounded": total.rounded, "unit": total.unit} for total in self.totals},
            "figures": self.figures,
            "replay": self.replay.value,
            "unverified": list(self.unverified),
            "envelopes": self.envelopes,
            "members": self.members,
            "bytes": self.size,
        }


def verify_file(path: Path, *, policy: Policy | None = None, pack: Callable[[], RulePack] = load_pack) -> Verified:
    """Return what a bundle's file proves. Parameters and errors as :func:`verify`."""
    return verify(Archive.open(path), policy=policy, pack=pack)


def verify(archive: Archive, *, policy: Policy | None = None, pack: Callable[[], RulePack] = load_pack) -> Verified:
    """Return what a bundle proves.

    Parameters
    ----------
    archive : Archive
        The opened ZIP.
    policy : Policy, optional
        Logs, witnesses, quorum and rule packs that are trusted. Without one the bundle's own keys are used, and the result
        says so (``anchor.anchored``).
    pack : callable
        Gives the verifier's own rule pack, for the replay.

    Raises
    ------
    EvidenceError
        Names the member or figure that does not hold, and what is wrong with it.
    """
    listed = manifest.read(archive)
    head = anchor.check(archive, policy)
    stated = entries.open_entries(archive, listed, head)
    envelopes = entries.check_signatures(stated, head)
    report = _report(archive, stated, head)
    _require_rules(report, policy)
    _check_files(archive, report)
    inputs = _inputs(archive, stated, report)
    _require_bound(archive, stated, head, report)
    document = recalculation.load(archive.read(reports.INVENTORY))
    figures = recalculation.recalculate(document)
    _check_document(document, report)
    repeated = replay(document, inputs, complete=len(inputs) == len(report.inputs), pack=pack)
    return Verified(
        anchor=head,
        report=report,
        entries=stated,
        members=len(archive.names),
        size=sum(archive.size(name) for name in archive.names),
        envelopes=envelopes,
        figures=figures,
        replay=repeated,
        unverified=tuple(str(name) for name in document["unverified"]),
        totals=tuple(_total(document, name) for name in report.totals),
    )


def _total(document: Mapping[str, Any], name: str) -> Total:
    """Return a total of a document that has been calculated again; its title is whatever the document says."""
    figure = document["figures"][name]
    title = figure.get("title")
    words = {str(key): str(value) for key, value in title.items()} if isinstance(title, dict) else {}
    return Total(id=name, title=words, rounded=figure["rounded"], unit=str(figure["unit"]))


def _report(archive: Archive, stated: Sequence[Stated], head: Anchor) -> AccountReport:
    """Return the report that the log states, with the rules it states."""
    _one(stated, StatementType.REPORT, reports.REPORT)
    _one(stated, StatementType.RULE_PACK, reports.RULES)
    report = AccountReport.decode(archive.read(reports.REPORT))
    rules = Rules.decode(archive.read(reports.RULES))
    if rules != report.rules:
        raise ReportError("evidence.report.rules", member=reports.RULES, found=rules.rule_pack, wanted=report.rules.rule_pack)
    book = rulebooks.path_of(rules.book)
    digest = rulebooks.digests(archive, rules.book)[book]
    if digest != rules.book_digest:
        raise ReportError("evidence.report.file", member=book, found=digest, wanted=rules.book_digest)
    record = hashlib.sha256(archive.read(head.record_path)).hexdigest()
    if (head.record.key_id, record) != (report.key, report.key_record):
        raise ReportError("evidence.report.key", member=head.record_path, found=head.record.key_id, wanted=report.key)
    return report


def _one(stated: Sequence[Stated], kind: StatementType, path: str) -> None:
    """Refuse a bundle in which not exactly one statement of a kind has ``path`` as its payload."""
    found = [one for one in stated if one.statement.type is kind and one.payload is not None]
    if [one.entry.payload for one in found] != [path]:
        raise ReportError("evidence.report.statement", member=path, type=kind, found=len(found))


def _require_rules(report: AccountReport, policy: Policy | None) -> None:
    digest = report.rules.rule_pack
    if policy is not None and policy.rule_packs and digest.removeprefix("sha256:") not in policy.rule_packs:
        known = ", ".join(sorted(policy.rule_packs))
        raise AnchorError("evidence.anchor.rule_pack", member=reports.RULES, found=digest, known=known)


def _check_files(archive: Archive, report: AccountReport) -> None:
    """Hold each file of the report against its digest in the log."""
    if reports.INVENTORY not in report.files:
        raise ReportError("evidence.report.no_inventory", member=reports.REPORT, path=reports.INVENTORY)
    for path, digest in report.files.items():
        _check_digest(archive, path, digest)


def _check_digest(archive: Archive, path: str, digest: str) -> None:
    found = hashlib.sha256(archive.read(path)).hexdigest()
    if found != digest:
        raise ReportError("evidence.report.file", member=path, found=found, wanted=digest)


def _inputs(archive: Archive, stated: Sequence[Stated], report: AccountReport) -> dict[str, bytes]:
    """Return the plant's files that are in the bundle, each stated in the log and named by the report with its digest."""
    payloads = {one.entry.payload for one in stated if one.payload is not None}
    inputs = {}
    for path, digest in report.inputs.items():
        name = path.removeprefix(reports.INPUTS)
        if "/" in name:
            raise ReportError("evidence.report.field", member=reports.REPORT, field=path)
        if path not in archive:
            if not any(one.payload is None and one.statement.subject.endswith(f"/{name}") for one in stated):
                raise ReportError("evidence.report.input", member=path)
            continue
        if path not in payloads:
            raise ReportError("evidence.report.input", member=path)
        _check_digest(archive, path, digest)
        inputs[name] = archive.read(path)
    return inputs


def _require_bound(archive: Archive, stated: Sequence[Stated], head: Anchor, report: AccountReport) -> None:
    """Refuse a member that nothing binds to the log."""
    bound = {manifest.NAME, *rulebooks.digests(archive, report.rules.book), *head.members, *report.files}
    for one in stated:
        bound |= {one.entry.statement_path, one.entry.proof_path, one.entry.payload}
    for name in archive.names:
        if name not in bound or (name.startswith(reports.INPUTS) and name not in report.inputs):
            raise ManifestError("evidence.manifest.unbound", member=name)


def _check_document(document: dict[str, Any], report: AccountReport) -> None:
    """Hold what the inventory says of itself against what the log says of it."""
    pairs = {
        "rule_pack": (document["rule_pack"], report.rules.rule_pack),
        "rulebook.id": (document["rulebook"]["id"], report.rules.book),
        "rulebook.digest": (document["rulebook"]["digest"], report.rules.book_digest),
        "plant.id": (document["plant"]["id"], report.plant),
        "plant.year": (document["plant"]["year"], report.year),
        "known": (document["known"], report.known),
        "totals": (reports.totals_of(document), dict(report.totals)),
    }
    for name, (found, wanted) in pairs.items():
        if found != wanted:
            raise ReportError("evidence.report.document", member=reports.INVENTORY, field=name, found=found, wanted=wanted)
