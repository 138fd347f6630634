"""Calculating an inventory again from its trace alone, and comparing every figure digit for digit.

This shows that the arithmetic of ``inventory.json`` holds. That the rules were applied to the plant's own files is shown by
``tanheng.evidence.replay``, which needs the rule pack.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tanheng.accounting import trace
from tanheng.core import canonical
from tanheng.core.errors import TanhengError
from tanheng.core.rounding import Mode, round_to
from tanheng.evidence.errors import RecalculationError
from tanheng.evidence.report import INVENTORY

_FAULTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)
"""What a document from outside can make a calculation raise, besides the project's own errors."""

_PARTS: Mapping[str, Any] = {
    "plant/id": str,
    "plant/year": int,
    "rulebook/id": str,
    "rulebook/digest": str,
    "rulebook/rounding/mode": str,
    "rulebook/totals": list,
    "rulebook/mandatory": list,
    "rule_pack": str,
    "known": str | None,
    "figures": dict,
    "order": list,
    "unverified": list,
}
"""What a document must hold, and as what."""


def load(data: bytes) -> dict[str, Any]:
    """Return the inventory document of a bundle; raise ``RecalculationError`` when it is none."""
    try:
        document = trace.load(data)
    except (TanhengError, RecursionError) as error:
        raise RecalculationError("evidence.recalculation.document", member=INVENTORY, reason=error) from error
    for part, kind in _PARTS.items():
        found: Any = document
        for name in part.split("/"):
            found = found.get(name) if isinstance(found, dict) else None
        if not isinstance(found, kind):
            raise RecalculationError("evidence.recalculation.part", member=INVENTORY, part=part)
    return document


def recalculate(document: Mapping[str, Any]) -> int:
    """Return the number of figures of a loaded document, after each came out the same again.

    Raises
    ------
    RecalculationError
        Names the first figure that differs, with both values; or the part of the document that cannot be calculated.
    """
    try:
        found = trace.repeat(document)
        mode = Mode(document["rulebook"]["rounding"]["mode"])
        missing = set(document["figures"]) ^ set(found)
        if missing:
            raise RecalculationError("evidence.recalculation.order", member=INVENTORY, figure=min(missing))
        for key in document["order"]:
            _compare(key, document["figures"][key], found[key], mode)
        absent = set(document["rulebook"]["mandatory"] + document["rulebook"]["totals"]) - set(found)
    except RecalculationError:
        raise
    except TanhengError as error:
        raise RecalculationError("evidence.recalculation.document", member=INVENTORY, reason=error) from error
    except _FAULTS as error:
        reason = f"{type(error).__name__}: {error}"[:200]
        raise RecalculationError("evidence.recalculation.document", member=INVENTORY, reason=reason) from error
    if absent:
        raise RecalculationError("evidence.recalculation.order", member=INVENTORY, figure=min(absent))
    return len(found)


def _compare(key: str, figure: Mapping[str, Any], value: Decimal | None, mode: Mode) -> None:
    said = {name: figure[name] for name in ("value", "rounded")}
    wanted = {"value": value, "rounded": None if value is None else round_to(value, figure["decimals"], mode)}
    for name, number in wanted.items():
        text = None if number is None else canonical.plain(number)
        if said[name] != text:
            raise RecalculationError(
                "evidence.recalculation.differs",
                member=INVENTORY,
                figure=key,
                found=said[name],
                wanted=text,
                unit=figure["unit"],
            )
    if (figure["absence"] is None) != (value is not None):
        raise RecalculationError("evidence.recalculation.absence", member=INVENTORY, figure=key)
