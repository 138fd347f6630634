"""The one module that opens the rule pack.

The shipped pack is read once in a process. Its files have passed their schemas before release (``tanheng standards check``
and the tests); loading it proves again what can be proved over all files: ids, documents, units, digits, dates. Overlays come
from outside and pass the schemas each time. All faults are told at once, in ``PackRefusedError``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tanheng.core.errors import TanhengError
from tanheng.standards import _schema, _yaml
from tanheng.standards._confirmations import read_confirmations
from tanheng.standards._dating import check_dates
from tanheng.standards._documents import read_document_file, read_rulebook_file
from tanheng.standards._draft import Draft
from tanheng.standards._files import EXTRA_FOLDERS, Kind, RawFile, extra_paths, overlay_files, shipped_files
from tanheng.standards._parameters import read_head, read_values
from tanheng.standards.errors import PackRefusedError, UnknownIdError
from tanheng.standards.pack import RulePack
from tanheng.standards.rulebook import Content, frozen
from tanheng.standards.values import Parameter, Table

SHIPPED = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class ExtraFile:
    """A file of ``requirements/``, ``checks/`` or ``cases/``: read for the package it is for, no part of the pack's digest."""

    document: str
    name: str
    content: Content


def load_pack(overlays: Sequence[Path] = ()) -> RulePack:
    """Return the shipped rule pack, with overlays laid over it in their order.

    Parameters
    ----------
    overlays : sequence of Path
        Folders with ``documents/``, ``parameters/``, ``tables/`` and ``confirmations/``.

    Raises
    ------
    PackRefusedError
        When a file is wrong; carries every finding.
    """
    return _laid_over(_shipped_files(), overlays) if overlays else _shipped_pack()


def check_pack(root: Path = SHIPPED, overlays: Sequence[Path] = ()) -> RulePack:
    """Return the pack in ``root`` with overlays, after every file has passed its schema.

    Raises
    ------
    PackRefusedError
        When a file is wrong; carries every finding.
    """
    files = tuple(shipped_files(root))
    _refuse([fault for file in files for fault in _schema.faults(file)])
    return _laid_over(files, overlays)


def extra_files(folder: str, root: Path = SHIPPED) -> tuple[ExtraFile, ...]:
    """Return the files that documents keep in ``requirements``, ``checks`` or ``cases``, in the order of their names.

    Raises
    ------
    UnknownIdError
        When there is no folder of that name.
    FileFaultError
        When a file cannot be read.
    """
    if folder not in EXTRA_FOLDERS:
        raise UnknownIdError("standards.folder.unknown", id=folder, near=", ".join(EXTRA_FOLDERS))
    return tuple(_extra_file(path, root) for path in extra_paths(root, folder))


def _extra_file(path: Path, root: Path) -> ExtraFile:
    name = path.relative_to(root).as_posix()
    content = frozen(_yaml.read(path.read_bytes(), file=name, typed=True) or {})
    return ExtraFile(document=name.split("/")[1], name=name, content=content)


@functools.cache
def _shipped_files() -> tuple[RawFile, ...]:
    return tuple(shipped_files(SHIPPED))


@functools.cache
def _shipped_pack() -> RulePack:
    return _released(_shipped_files())


def _released(files: tuple[RawFile, ...]) -> RulePack:
    """Return the pack of files that passed their schemas before; explain it by the schemas when one did not after all."""
    try:
        return _built([files])
    except (KeyError, TypeError, ValueError, AttributeError):
        _refuse([fault for file in files for fault in _schema.faults(file)])
        raise


def _laid_over(shipped: tuple[RawFile, ...], overlays: Sequence[Path]) -> RulePack:
    layers = [tuple(overlay_files(Path(folder))) for folder in overlays]
    _refuse([fault for files in layers for file in files for fault in _schema.faults(file)])
    return _built([shipped, *layers])


def _built(layers: Sequence[tuple[RawFile, ...]]) -> RulePack:
    draft = Draft()
    for files in layers:
        _each(files, (Kind.REGISTER, Kind.DOCUMENT), draft, read_document_file)
        _each(files, (Kind.PARAMETER, Kind.TABLE), draft, read_head)
        _each(_heads_first(files), (Kind.PARAMETER, Kind.TABLE), draft, read_values)
        _each(files, (Kind.RULEBOOK,), draft, read_rulebook_file)
    check_dates(draft)
    for files in layers:
        _each(files, (Kind.CONFIRMATION,), draft, read_confirmations)
    _refuse(draft.findings)
    return _pack(draft, [{file.name: file.content for file in files} for files in layers])


def _each(files: Iterable[RawFile], kinds: tuple[Kind, ...], draft: Draft, read: Callable[[Draft, RawFile], None]) -> None:
    for file in files:
        if file.kind in kinds:
            read(draft, file)


def _heads_first(files: Sequence[RawFile]) -> Iterator[RawFile]:
    """Yield files that declare before files that extend, so that rows exist before values are added to them."""
    yield from (file for file in files if "extends" not in file.content)
    yield from (file for file in files if "extends" in file.content)


def _refuse(findings: Sequence[TanhengError]) -> None:
    if findings:
        raise PackRefusedError("standards.pack.refused", findings=findings, count=len(findings))


def _pack(draft: Draft, content: Any) -> RulePack:
    parameters: dict[str, Parameter] = {
        parameter.id: Parameter(
            id=parameter.id,
            title=parameter.title,
            unit=parameter.unit,
            choices=MappingProxyType(dict(parameter.choices)),
            required=parameter.required,
            values=tuple(parameter.values),  # type: ignore[arg-type]  # all of one kind: a parameter has a unit or choices
            layer=parameter.layer,
        )
        for parameter in draft.parameters.values()
    }
    tables = {
        table.id: Table(
            id=table.id,
            title=table.title,
            document=table.document,
            columns=MappingProxyType(dict(table.columns)),
            rows=MappingProxyType(table.rows),
            layer=table.layer,
        )
        for table in draft.tables.values()
    }
    return RulePack(
        documents=MappingProxyType(draft.documents),
        parameters=MappingProxyType(parameters),
        tables=MappingProxyType(tables),
        rulebooks=MappingProxyType(draft.rulebooks),
        content=content,
    )
