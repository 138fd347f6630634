"""Which file is what: the folders of the shipped pack and of an overlay, read into plain content.

The shipped pack::

    standards/register.yaml                                documents that are known, with nothing shipped of them
    standards/<country>/<document edition>/document.yaml   the document its neighbours come from
                                           parameters/*.yaml  tables/*.yaml  rulebook*.yaml  notes.md
                                           requirements/  checks/  cases/   read on demand by the packages they are for

An overlay: a folder with ``documents/``, ``parameters/``, ``tables/`` and ``confirmations/``. A YAML file anywhere else is
refused, so that none is left out in silence.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from tanheng.core.errors import TanhengError
from tanheng.standards import _yaml
from tanheng.standards.errors import FileFaultError, PackRefusedError
from tanheng.standards.values import Layer


class Kind(enum.StrEnum):
    """What a file holds; also the name of its schema."""

    REGISTER = "register"
    DOCUMENT = "document"
    PARAMETER = "parameter"
    TABLE = "table"
    RULEBOOK = "rulebook"
    CONFIRMATION = "confirmation"


EXTRA_FOLDERS = ("requirements", "checks", "cases")
_DOCUMENT_FOLDERS = {"parameters": Kind.PARAMETER, "tables": Kind.TABLE}
_OVERLAY_FOLDERS = {
    "documents": Kind.DOCUMENT,
    "parameters": Kind.PARAMETER,
    "tables": Kind.TABLE,
    "confirmations": Kind.CONFIRMATION,
}


@dataclass(frozen=True, slots=True)
class RawFile:
    """One file, parsed and not yet understood.

    Attributes
    ----------
    name : str
        Path inside the pack or the overlay, with ``/``.
    content : Any
        What YAML says; its shape is the schema's to prove, so its type is open.
    """

    name: str
    kind: Kind
    layer: Layer
    content: Any


def shipped_files(root: Path) -> list[RawFile]:
    """Return the files of a whole pack, in the order of their names.

    Raises
    ------
    PackRefusedError
        When a file cannot be read or stands where no file of the pack belongs.
    """
    return _read_all(root, Layer.SHIPPED, _shipped_kind)


def overlay_files(folder: Path) -> list[RawFile]:
    """Return the files of an overlay, in the order of their names.

    Raises
    ------
    PackRefusedError
        When the folder is not there, a file cannot be read, or one stands outside the four folders.
    """
    if not folder.is_dir():
        fault = FileFaultError("standards.overlay.folder", folder=str(folder))
        raise PackRefusedError("standards.pack.refused", findings=[fault], count=1)
    return _read_all(folder, Layer.OVERLAY, _overlay_kind)


def extra_paths(root: Path, folder: str) -> Iterator[Path]:
    """Yield the YAML files in ``<country>/<document edition>/<folder>/``, in the order of their names."""
    yield from sorted(path for path in root.glob(f"*/*/{folder}/**/*.yaml") if path.is_file())


def _read_all(root: Path, layer: Layer, kind_of: Callable[[tuple[str, ...]], Kind | str | None]) -> list[RawFile]:
    files: list[RawFile] = []
    findings: list[TanhengError] = []
    for path in sorted([*root.rglob("*.yaml"), *root.rglob("*.yml")]):
        name = path.relative_to(root).as_posix()
        kind = kind_of(PurePosixPath(name).parts)
        if kind is None:
            continue
        try:
            if not isinstance(kind, Kind):
                raise FileFaultError("standards.file.stray", file=name, folders=kind)
            files.append(RawFile(name, kind, layer, _yaml.read(path.read_bytes(), file=name, typed=kind is Kind.RULEBOOK)))
        except FileFaultError as fault:
            findings.append(fault)
    if findings:
        raise PackRefusedError("standards.pack.refused", findings=findings, count=len(findings))
    return files


def _shipped_kind(parts: tuple[str, ...]) -> Kind | str | None:
    """Return the kind of a file; None for one that is read on demand; the places it may stand in for a stray one."""
    match parts:
        case ("register.yaml",):
            return Kind.REGISTER
        case (_, _, "document.yaml"):
            return Kind.DOCUMENT
        case (_, _, name) if name.startswith("rulebook"):
            return Kind.RULEBOOK
        case (_, _, folder, _) if folder in _DOCUMENT_FOLDERS:
            return _DOCUMENT_FOLDERS[folder]
        case (_, _, folder, *_) if folder in EXTRA_FOLDERS:
            return None
    return (
        "register.yaml, <country>/<document>/{document.yaml, rulebook*.yaml, "
        + ", ".join(f"{folder}/" for folder in (*_DOCUMENT_FOLDERS, *EXTRA_FOLDERS))
        + "}"
    )


def _overlay_kind(parts: tuple[str, ...]) -> Kind | str:
    match parts:
        case (folder, _) if folder in _OVERLAY_FOLDERS:
            return _OVERLAY_FOLDERS[folder]
    return ", ".join(f"{folder}/" for folder in _OVERLAY_FOLDERS)
