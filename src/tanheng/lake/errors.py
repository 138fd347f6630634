"""The faults of the telemetry lake.

::

    LakeError (core)
    ├── RowsError        readings that the lake cannot hold
    ├── SegmentError     a Parquet file that is missing, damaged or not the one the catalogue names
    ├── CatalogueError   a catalogue that cannot be read, or was changed by another writer
    ├── ArchiveError     a pack of records that is missing, damaged or not what it was made of
    ├── JournalError     a write-ahead journal that cannot take or give a record
    └── QueryError       a question that has no answer in the form it was asked
"""

from __future__ import annotations

from tanheng.core.errors import LakeError

__all__ = ["ArchiveError", "CatalogueError", "JournalError", "LakeError", "QueryError", "RowsError", "SegmentError"]


class RowsError(LakeError):
    """Readings that the lake cannot hold."""


class SegmentError(LakeError):
    """A Parquet file that is missing, damaged or not the one the catalogue names."""


class CatalogueError(LakeError):
    """A catalogue that cannot be read, or was changed by another writer meanwhile."""


class ArchiveError(LakeError):
    """A pack of records that is missing, damaged or not what it was made of."""


class JournalError(LakeError):
    """A write-ahead journal that cannot take or give a record."""


class QueryError(LakeError):
    """A question that has no answer in the form it was asked."""
