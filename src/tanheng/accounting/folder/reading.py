"""Reading a folder: its files by name, each by its kind, and one refusal that lists every fault of all of them."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tanheng.accounting.entries import Cell, Ledger
from tanheng.accounting.folder.comma import read_csv
from tanheng.accounting.folder.components import Components
from tanheng.accounting.folder.corrections import Corrections
from tanheng.accounting.folder.crossing import check_whole
from tanheng.accounting.folder.entering import Entering
from tanheng.accounting.folder.errors import Faults, FolderError
from tanheng.accounting.folder.grid import Grid, Raw
from tanheng.accounting.folder.instruments import Instruments
from tanheng.accounting.folder.matrix import Matrices
from tanheng.accounting.folder.model import Instrument, PlantYear, StatedComponent
from tanheng.accounting.folder.plant_file import Items, Known, PlantFile, read_plant
from tanheng.accounting.folder.samples import Samples
from tanheng.accounting.folder.subjects import Subjects
from tanheng.accounting.folder.workbook import VERSION_SHEET, read_workbook

PLANT_FILE = "plant.yaml"


class Kind(enum.StrEnum):
    """What a table holds."""

    MATRIX = "matrix"
    SAMPLES = "samples"
    CORRECTIONS = "corrections"
    INSTRUMENTS = "instruments"
    COMPONENTS = "components"


STEMS: Mapping[str, Kind] = {
    "activity": Kind.MATRIX,
    "活动数据": Kind.MATRIX,
    "stocktakes": Kind.MATRIX,
    "盘存": Kind.MATRIX,
    "electricity_heat": Kind.MATRIX,
    "电力热力": Kind.MATRIX,
    "alternative_fuels": Kind.MATRIX,
    "替代燃料": Kind.MATRIX,
    "laboratory": Kind.SAMPLES,
    "化验": Kind.SAMPLES,
    "corrections": Kind.CORRECTIONS,
    "更正": Kind.CORRECTIONS,
    "instruments": Kind.INSTRUMENTS,
    "器具": Kind.INSTRUMENTS,
    "uncertainty": Kind.COMPONENTS,
    "不确定度": Kind.COMPONENTS,
}
"""How the name of a file or sheet begins, and what it then holds."""

VERSIONS: Mapping[Kind, str] = {
    Kind.MATRIX: "matrix/1",
    Kind.SAMPLES: "laboratory/1",
    Kind.CORRECTIONS: "corrections/1",
    Kind.INSTRUMENTS: "instruments/1",
    Kind.COMPONENTS: "uncertainty/1",
}

_TABLES = (".csv", ".xlsx")
_OTHER_TABLES = (".xls", ".xlsm", ".xlsb", ".ods", ".et", ".tsv", ".yml", ".yaml", ".json")
_LARGEST = 50_000_000


@dataclass(frozen=True, slots=True)
class _Found:
    """A grid with what it holds."""

    kind: Kind
    grid: Grid


def read_folder(
    path: Path | str,
    *,
    known_items: Items | Callable[[str], Items] | None = None,
    known_clinkers: Collection[str] = (),
    known_rulebooks: Collection[str] = (),
    known_devices: Collection[str] = (),
) -> PlantYear:
    """Return the plant-year of a folder.

    Parameters
    ----------
    path : Path or str
        Folder with ``plant.yaml`` and the tables; subfolders, and files that are no tables, are not read.
    known_items : mapping of StreamKind to collection of str, optional
        Keys of the rule pack for each kind of stream, or what gives them for a rule book's id; a kind that is not there takes
        any word.
    known_clinkers, known_rulebooks, known_devices : collections of str, optional
        Likewise for clinker types, rule books and combustion devices; empty takes any.

    Raises
    ------
    FolderError
        With every fault of every file, each with file, sheet, row, column, value and cure.
    """
    folder = Path(path)
    faults = Faults()
    contents = _contents(folder, faults)
    by_book = known_items if callable(known_items) else lambda _: known_items or {}
    known = Known(by_book, known_clinkers, known_rulebooks, known_devices)
    described = _plant(contents, known, faults)
    grids = _grids(contents, faults)
    if described is None:
        faults.refuse_if_any(str(folder))
        raise FolderError("folder.refused", count=0, folder=str(folder))
    entering = Entering(described.plant, faults, unnamed=len(faults))
    instruments, components = _enter(grids, entering, described)
    faults.refuse_if_any(str(folder))
    return PlantYear(
        plant=described.plant,
        ledger=Ledger.of(entering.entries),
        instruments=tuple(instruments),
        components=tuple(components),
        not_applicable=dict(sorted(entering.not_applicable.items())),
        notes=tuple(entering.notes),
        files={name: hashlib.sha256(data).hexdigest() for name, data in sorted(contents.items())},
    )


def _contents(folder: Path, faults: Faults) -> dict[str, bytes]:
    """Return the bytes of every file that is read, by name."""
    if not folder.is_dir():
        raise FolderError("folder.absent", folder=str(folder))
    found: dict[str, bytes] = {}
    for file in sorted(folder.iterdir()):
        name = file.name
        if name.startswith((".", "~$")) or not file.is_file():
            continue
        if name == PLANT_FILE or file.suffix.lower() in _TABLES:
            _keep(file, found, faults)
        elif file.suffix.lower() in _OTHER_TABLES:
            faults.add("file.format", Cell(name))
    return found


def _keep(file: Path, found: dict[str, bytes], faults: Faults) -> None:
    if file.name != PLANT_FILE and _kind_of(file.stem) is None:
        faults.add("file.unknown", Cell(file.name), known=", ".join(STEMS))
        return
    try:
        if file.stat().st_size > _LARGEST:
            faults.add("file.large", Cell(file.name))
            return
        found[file.name] = file.read_bytes()
    except OSError as error:
        faults.add("file.unreadable", Cell(file.name), value=error.strerror or "")


def _kind_of(name: str) -> Kind | None:
    lowered = name.strip().lower()
    return next((kind for stem, kind in STEMS.items() if lowered.startswith(stem)), None)


def _plant(contents: Mapping[str, bytes], known: Known, faults: Faults) -> PlantFile | None:
    if PLANT_FILE not in contents:
        faults.add("file.no_plant", Cell(PLANT_FILE))
        return None
    return read_plant(contents[PLANT_FILE], file=PLANT_FILE, known=known, faults=faults)


def _grids(contents: Mapping[str, bytes], faults: Faults) -> list[_Found]:
    """Return every grid of the folder with its kind: that of the sheet's name, else that of the file's."""
    found: list[_Found] = []
    for name, data in sorted(contents.items()):
        if name == PLANT_FILE:
            continue
        kind = _kind_of(Path(name).stem)
        for grid in _read(name, data, faults):
            if grid.sheet == VERSION_SHEET:
                _check_version(grid, faults)
            elif (own := _kind_of(grid.sheet) or kind) is not None:
                _check_version(grid, faults)
                found.append(_Found(own, grid))
    return found


def _read(name: str, data: bytes, faults: Faults) -> Sequence[Grid]:
    if name.lower().endswith(".xlsx"):
        return read_workbook(data, file=name, faults=faults)
    grid = read_csv(data, file=name, faults=faults)
    return () if grid is None else (grid,)


def _check_version(grid: Grid, faults: Faults) -> None:
    """Note a table written by a template of a version that this reader does not know."""
    for number, row in enumerate(grid.rows[:5], start=1):
        text = _version(row)
        if text and text not in VERSIONS.values():
            faults.add("file.version", grid.cell(number, 0), value=text, known=", ".join(VERSIONS.values()))


def _version(row: Sequence[Raw]) -> str:
    first = str(row[0]).strip() if row else ""
    return first.removeprefix("#").strip().removeprefix("schema:").strip() if "schema:" in first else ""


def _enter(grids: Sequence[_Found], entering: Entering, described: PlantFile) -> tuple[list[Instrument], list[StatedComponent]]:
    subjects = Subjects(described.plant)
    matrices = Matrices(entering, subjects)
    samples = Samples(entering, subjects)
    corrections = Corrections(entering, subjects)
    instruments = Instruments(entering, subjects)
    components = Components(entering, subjects)
    readers = {
        Kind.MATRIX: matrices.read,
        Kind.SAMPLES: samples.read,
        Kind.INSTRUMENTS: instruments.read,
        Kind.COMPONENTS: components.read,
        Kind.CORRECTIONS: corrections.read,
    }
    for kind, read in readers.items():
        for found in grids:
            if found.kind is kind:
                read(found.grid)
    matrices.check_months()
    check_whole(described, entering)
    return instruments.found, components.found
