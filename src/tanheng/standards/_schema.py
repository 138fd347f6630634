"""The shape of each file by its JSON Schema (``schema/``), with faults told in the words of our own messages.

A schema marks a piece with ``x-rule``; a value that breaks it is told by the message of that rule. Schemas are checked for
overlays and by ``tanheng standards check``; the shipped pack has passed before it is released.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tanheng.standards._files import Kind, RawFile
from tanheng.standards.errors import FileFaultError

_FOLDER = Path(__file__).parent / "schema"

_RULES = {
    "id": "standards.file.not_id",
    "key": "standards.file.not_key",
    "document_id": "standards.file.not_document_id",
    "date": "standards.file.not_date",
    "text": "standards.file.not_text",
    "check": "standards.file.not_check",
    "status": "standards.file.not_status",
    "key_here": "standards.file.key_here",
    "column_key": "standards.file.column_key",
    "persons": "standards.confirmation.persons",
}


def faults(file: RawFile) -> Iterator[FileFaultError]:
    """Yield each place where a file departs from its schema, once, in the order of the places."""
    errors = _validator(file.kind).iter_errors(file.content)
    told: set[str] = set()
    for error in sorted(errors, key=lambda error: [str(part) for part in error.absolute_path]):
        fault = _fault(file.name, error)
        if fault.text() not in told:
            told.add(fault.text())
            yield fault


@functools.cache
def _validator(kind: Kind) -> Any:  # jsonschema ships no types
    import jsonschema
    import referencing

    contents = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(_FOLDER.glob("*.json"))]
    resources = [(content["$id"], referencing.Resource.from_contents(content)) for content in contents]
    schema = next(content for content in contents if content["$id"] == f"tanheng:{kind.value}")
    registry: Any = referencing.Registry().with_resources(resources)
    return jsonschema.Draft202012Validator(schema, registry=registry)


def _fault(file: str, error: Any) -> FileFaultError:
    at = _place(error.absolute_path)
    match error.validator:
        case "additionalProperties":
            allowed = sorted(error.schema["properties"])
            strange = sorted(set(error.instance) - set(allowed))
            return FileFaultError(
                "standards.file.unknown_key", file=file, at=at, key=", ".join(strange), allowed=", ".join(allowed)
            )
        case "required":
            missing = [key for key in error.validator_value if key not in error.instance]
            return FileFaultError("standards.file.missing_key", file=file, at=at, key=", ".join(missing))
    code = _RULES.get(error.schema.get("x-rule", ""), "standards.file.shape")
    return FileFaultError(code, file=file, at=at, value=_shown(error.instance))


def _place(path: Any) -> str:
    """Return a place in a file as a person would point at it: ``values[2].source``; the whole file is ``.``."""
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "."


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value
    return text if len(text) <= 60 else text[:57] + "…"
