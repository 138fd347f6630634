"""What the log says of an account: the payloads of its statements ``report`` and ``rule-pack``, canonical JSON.

::

    {"schema": "account-report/1", "plant", "year", "known", "rule_pack", "rulebook": {"id", "digest"},
     "log_key": {"id", "record"}, "files": {path: sha256}, "inputs": {path: sha256}, "totals": {figure: {"value", "unit"}}}

    {"schema": "rule-pack/1", "rule_pack", "rulebook": {"id", "digest"}}

``files`` are those of the report, ``inputs`` those it was calculated from; both by their path in the bundle. ``log_key`` binds
the record of the log's own key. Every field is required; an unknown one is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tanheng.core import canonical
from tanheng.evidence.errors import ReportError

REPORT_SCHEMA, RULES_SCHEMA = "account-report/1", "rule-pack/1"
REPORT_MEDIA = "application/vnd.tanheng.account-report+json;v=1"
RULES_MEDIA = "application/vnd.tanheng.rule-pack+json;v=1"

INVENTORY = "report/inventory.json"
REPORT = "report/account-report.json"
RULES = "rules/rule-pack.json"
FILES = "report/"
INPUTS = "inputs/"

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_REPORT_KEYS = frozenset({"schema", "plant", "year", "known", "rule_pack", "rulebook", "log_key", "files", "inputs", "totals"})
_RULES_KEYS = frozenset({"schema", "rule_pack", "rulebook"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Which rules calculated.

    Attributes
    ----------
    rule_pack : str
        ``sha256:`` and the digest of the rule pack.
    book, book_digest : str
        Id of the rule book, and ``sha256:`` with its digest (``tanheng.evidence.rulebooks``).
    """

    rule_pack: str
    book: str
    book_digest: str

    def jsonable(self) -> dict[str, object]:
        """Return the rules as they stand in a payload."""
        return {"rule_pack": self.rule_pack, "rulebook": {"id": self.book, "digest": self.book_digest}}

    def encode(self) -> bytes:
        """Return the payload of a ``rule-pack`` statement."""
        return canonical.pretty({"schema": RULES_SCHEMA, **self.jsonable()})

    @classmethod
    def decode(cls, data: bytes, *, member: str = RULES) -> Rules:
        """Return the rules of a payload; raise ``ReportError`` when it is malformed."""
        return _rules(_parse(data, member=member, schema=RULES_SCHEMA, keys=_RULES_KEYS), member)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReport:
    """What a ``report`` statement says of an account.

    Attributes
    ----------
    plant : str
        Id of the plant.
    year : int
        Year accounted.
    known : str or None
        Day of knowledge (ISO), None for all that was known.
    rules : Rules
    key, key_record : str
        Id of the log's key, and SHA-256 of its record.
    files, inputs : mapping of str to str
        SHA-256 by path in the bundle.
    totals : mapping of str to (str or None, str)
        Value at full precision, and unit, of each total; None for one that is blank.
    """

    plant: str
    year: int
    known: str | None
    rules: Rules
    key: str
    key_record: str
    files: Mapping[str, str]
    inputs: Mapping[str, str]
    totals: Mapping[str, tuple[str | None, str]]

    def encode(self) -> bytes:
        """Return the payload of the statement."""
        return canonical.pretty(
            {
                "schema": REPORT_SCHEMA,
                "plant": self.plant,
                "year": self.year,
                "known": self.known,
                **self.rules.jsonable(),
                "log_key": {"id": self.key, "record": self.key_record},
                "files": self.files,
                "inputs": self.inputs,
                "totals": {name: {"value": value, "unit": unit} for name, (value, unit) in self.totals.items()},
            }
        )

    @classmethod
    def decode(cls, data: bytes, *, member: str = REPORT) -> AccountReport:
        """Return the report of a payload; raise ``ReportError`` when it is malformed."""
        found = _parse(data, member=member, schema=REPORT_SCHEMA, keys=_REPORT_KEYS)
        for name, kind in (("plant", str), ("year", int), ("known", str | None)):
            if not isinstance(found[name], kind):
                raise ReportError("evidence.report.field", member=member, field=name)
        key = _texts(found["log_key"], "log_key", member)
        if set(key) != {"id", "record"}:
            raise ReportError("evidence.report.field", member=member, field="log_key")
        return cls(
            plant=found["plant"],
            year=found["year"],
            known=found["known"],
            rules=_rules(found, member),
            key=key["id"],
            key_record=key["record"],
            files=_digests(found["files"], "files", FILES, member),
            inputs=_digests(found["inputs"], "inputs", INPUTS, member),
            totals=_totals(found["totals"], member),
        )


def totals_of(inventory: Mapping[str, Any]) -> dict[str, tuple[str | None, str]]:
    """Return value and unit of each total of an inventory document."""
    found = {name: inventory["figures"].get(name) for name in inventory["rulebook"]["totals"]}
    return {name: (figure["value"], figure["unit"]) for name, figure in found.items() if figure is not None}


def parse_json(data: bytes, *, member: str) -> Any:
    """Return the value of JSON from outside; raise ``ReportError`` when it is none, or nested beyond measure."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ReportError("evidence.report.json", member=member, reason=str(error)[:200]) from error


def _parse(data: bytes, *, member: str, schema: str, keys: frozenset[str]) -> dict[str, Any]:
    found = parse_json(data, member=member)
    if not isinstance(found, dict) or found.get("schema") != schema:
        said = found.get("schema") if isinstance(found, dict) else None
        raise ReportError("evidence.report.schema", member=member, found=str(said)[:80], known=schema)
    if set(found) != keys:
        raise ReportError("evidence.report.field", member=member, field=", ".join(sorted(set(found) ^ keys))[:200])
    return found


def _rules(found: Mapping[str, Any], member: str) -> Rules:
    book = _texts(found["rulebook"], "rulebook", member)
    if set(book) != {"id", "digest"} or not _DIGEST.fullmatch(book["digest"]):
        raise ReportError("evidence.report.field", member=member, field="rulebook")
    if not isinstance(found["rule_pack"], str) or not _DIGEST.fullmatch(found["rule_pack"]):
        raise ReportError("evidence.report.field", member=member, field="rule_pack")
    return Rules(rule_pack=found["rule_pack"], book=book["id"], book_digest=book["digest"])


def _texts(found: Any, name: str, member: str) -> dict[str, str]:
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise ReportError("evidence.report.field", member=member, field=name)
    return found


def _digests(found: Any, name: str, folder: str, member: str) -> dict[str, str]:
    digests = _texts(found, name, member)
    if not all(path.startswith(folder) and _SHA256.fullmatch(digest) for path, digest in digests.items()):
        raise ReportError("evidence.report.field", member=member, field=name)
    return digests


def _totals(found: Any, member: str) -> dict[str, tuple[str | None, str]]:
    totals = {}
    for name, item in found.items() if isinstance(found, dict) else [("totals", None)]:
        if not isinstance(item, dict) or set(item) != {"value", "unit"} or not isinstance(item["unit"], str):
            raise ReportError("evidence.report.field", member=member, field=name)
        if not isinstance(item["value"], str | None):
            raise ReportError("evidence.report.field", member=member, field=name)
        totals[name] = (item["value"], item["unit"])
    return totals
