"""The telemetry lake: readings of a plant in Parquet segments, and the questions to them.

::

    lake = open_plant(Path("lake"), "plant-1", engine=Engine())
    lake.append(rows, now=now)                                # (channel, time, version) once each
    Query(lake).totals([Register(17)], [clock.month(month)])  # integers; core.aggregate.amount makes them tonnes
    lake.seal(Month(2026, 10), now=now)                       # one file, its SHA-256 for the log
"""

from __future__ import annotations

from pathlib import Path

from tanheng.core.period import PlantClock
from tanheng.lake.answers import Completeness, Point, Register, Stored
from tanheng.lake.archive import Archive, Pack
from tanheng.lake.catalogue import Catalogue, Change, FileCatalogue, MemoryCatalogue, Retired, State
from tanheng.lake.channels import ChannelBook
from tanheng.lake.engine import Engine
from tanheng.lake.errors import ArchiveError, CatalogueError, JournalError, LakeError, QueryError, RowsError, SegmentError
from tanheng.lake.files import DiskFiles, Files
from tanheng.lake.journal import Entry, FileJournal, Journal, MemoryJournal, Record
from tanheng.lake.plant import Appended, Conflict, PlantLake, SealedMonth
from tanheng.lake.query import Query
from tanheng.lake.rows import Rows, joined, rows_of_batch
from tanheng.lake.segment import Segment

__all__ = [
    "Appended",
    "Archive",
    "ArchiveError",
    "Catalogue",
    "CatalogueError",
    "Change",
    "ChannelBook",
    "Completeness",
    "Conflict",
    "DiskFiles",
    "Engine",
    "Entry",
    "FileCatalogue",
    "FileJournal",
    "Files",
    "Journal",
    "JournalError",
    "LakeError",
    "MemoryCatalogue",
    "MemoryJournal",
    "Pack",
    "PlantLake",
    "Point",
    "Query",
    "QueryError",
    "Record",
    "Register",
    "Retired",
    "Rows",
    "RowsError",
    "SealedMonth",
    "Segment",
    "SegmentError",
    "State",
    "Stored",
    "joined",
    "open_plant",
    "rows_of_batch",
]


def open_plant(root: Path, plant: str, *, engine: Engine, clock: PlantClock | None = None) -> PlantLake:
    """Return the lake of ``plant`` in the folder ``root``, with its catalogue as a file beside it."""
    files = DiskFiles(root)
    catalogue = FileCatalogue(files, f"catalogue/{plant}.json")
    return PlantLake(plant, files=files, catalogue=catalogue, clock=clock or PlantClock(), engine=engine)
