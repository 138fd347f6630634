"""Accounting the plant's files of a bundle again, and comparing the whole trace.

The same input and the same rules give the same figures, so this shows that the inventory is what the rule book makes of these
very files. It needs the rule pack the bundle was calculated with; another version of it is said, not taken instead.
"""

from __future__ import annotations

import datetime
import enum
import io
import json
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tanheng.accounting import trace
from tanheng.accounting.account import account
from tanheng.accounting.folder import read_folder
from tanheng.accounting.vocabulary import clinker_kinds, known_items, rulebook_ids
from tanheng.core.errors import TanhengError
from tanheng.evidence.errors import RecalculationError
from tanheng.evidence.report import INPUTS, INVENTORY
from tanheng.standards import RulePack

PARTS = ("plant", "figures", "inputs", "parameters", "constants", "gaps", "unverified", "order")
_FAULTS = (ArithmeticError, LookupError, OSError, RecursionError, TypeError, ValueError)
"""What files and days from outside can make an account raise, besides the project's own errors."""

_ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)
MAX_WORKBOOK = 128 << 20
_CHUNK = 1 << 20


class Replay(enum.StrEnum):
    """Whether the account was made again from the plant's files."""

    REPEATED = "repeated"
    OTHER_RULE_PACK = "other-rule-pack"
    INPUTS_WITHHELD = "inputs-withheld"


def replay(document: Mapping[str, Any], inputs: Mapping[str, bytes], *, complete: bool, pack: Callable[[], RulePack]) -> Replay:
    """Account ``inputs`` again and hold the result against an inventory document.

    Parameters
    ----------
    document : mapping
        The loaded ``inventory.json``.
    inputs : mapping of str to bytes
        The plant's files by name.
    complete : bool
        Whether ``inputs`` are all that were accounted.
    pack : callable
        Gives the verifier's own rule pack.

    Returns
    -------
    Replay
        Whether it could be done.

    Raises
    ------
    RecalculationError
        Names what comes out otherwise, or why the files are refused.
    """
    if not complete:
        return Replay.INPUTS_WITHHELD
    rules = pack()
    if rules.digest != document["rule_pack"]:
        return Replay.OTHER_RULE_PACK
    for name, data in inputs.items():
        if name.lower().endswith(".xlsx"):
            _require_bounded(name, data)
    made = _account(document, inputs, rules)
    for part in PARTS:
        difference = _difference(part, document.get(part), made[part])
        if difference is not None:
            raise RecalculationError("evidence.replay.differs", member=INVENTORY, **difference)
    return Replay.REPEATED


def _require_bounded(name: str, data: bytes) -> None:
    """Refuse a workbook that unpacks to more than a reader can bear; it comes from unknown hands."""
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as workbook:
            for part in workbook.infolist():
                with workbook.open(part) as stream:
                    while chunk := stream.read(_CHUNK):
                        total += len(chunk)
                        if total > MAX_WORKBOOK:
                            raise RecalculationError("evidence.replay.large", member=INPUTS + name, largest=MAX_WORKBOOK)
    except _ZIP_FAULTS as error:
        raise RecalculationError("evidence.replay.refused", member=INPUTS + name, reason=error) from error


def _account(document: Mapping[str, Any], inputs: Mapping[str, bytes], rules: RulePack) -> dict[str, Any]:
    """Return the trace of the account of these files, as it is written."""
    book = str(document["rulebook"]["id"])
    try:
        known = None if document["known"] is None else datetime.date.fromisoformat(document["known"])
        with tempfile.TemporaryDirectory(prefix="tanheng-replay-") as folder:
            for name, data in inputs.items():
                (Path(folder) / name).write_bytes(data)
            year = read_folder(
                folder,
                known_items=lambda _: known_items(rules, book),
                known_clinkers=clinker_kinds(rules),
                known_rulebooks=rulebook_ids(rules),
            )
        made: dict[str, Any] = json.loads(trace.dumps(account(year.plant, year.ledger, rules, book_id=book, known=known)))
    except (TanhengError, *_FAULTS) as error:
        raise RecalculationError("evidence.replay.refused", member=INVENTORY, reason=error) from error
    return made


def _difference(path: str, said: Any, made: Any) -> dict[str, object] | None:
    """Return the first place where two traces differ, or None; what only this program writes beside a figure is left out."""
    if isinstance(said, dict) and isinstance(made, dict):
        deep = path.count("/") >= 1
        names = sorted(said) if deep else sorted(set(said) | set(made))
        pairs = [(f"{path}/{name}", said.get(name), made.get(name)) for name in names]
    elif isinstance(said, list) and isinstance(made, list) and len(said) == len(made):
        pairs = [(f"{path}/{number}", one, other) for number, (one, other) in enumerate(zip(said, made, strict=True))]
    else:
        return None if said == made else {"figure": path, "found": _short(said), "wanted": _short(made)}
    return next((found for pair in pairs if (found := _difference(*pair)) is not None), None)


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:79] + "…"
