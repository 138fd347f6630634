"""The one place that opens DuckDB.

In memory, with a memory limit, few threads and a spill folder; UTC, no extension from outside. DuckDB sees the lake's files
only: every question passes their paths.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from tanheng.lake.errors import QueryError


class Engine:
    """A DuckDB of its own for one process.

    Parameters
    ----------
    memory_mib : int
        Memory limit in MiB.
    threads : int
    spill : Path, optional
        Folder for what does not fit; a temporary one when it is not given.
    """

    def __init__(self, *, memory_mib: int = 1024, threads: int = 2, spill: Path | None = None) -> None:
        self._own = tempfile.TemporaryDirectory(prefix="tanheng-spill-") if spill is None else None
        folder = Path(self._own.name) if self._own is not None else spill
        self._connection = open_duckdb(memory_mib=memory_mib, threads=threads, spill=str(folder))

    def rows(self, question: str, parameters: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        """Return the answer as tuples. Any: a column has the type its question gives it."""
        with self._connection.cursor() as cursor:
            try:
                return cursor.execute(question, dict(parameters or {})).fetchall()
            except duckdb.Error as error:
                raise _fault(error) from error

    def batches(self, question: str, parameters: Mapping[str, object], *, size: int = 450_000) -> Any:
        """Yield the answer as Arrow record batches of at most ``size`` rows. Any: pyarrow has no types."""
        with self._connection.cursor() as cursor:
            try:
                reader: Any = cursor.sql(question, params=dict(parameters)).to_arrow_reader(size)
                yield from reader
            except duckdb.Error as error:
                raise _fault(error) from error

    def matches(self, question: str, table: Any, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """Return the answer to a question that also reads the Arrow ``table`` under the name ``given``."""
        with self._connection.cursor() as cursor:
            try:
                cursor.register("given", table)
                return cursor.execute(question, dict(parameters)).fetchall()
            except duckdb.Error as error:
                raise _fault(error) from error

    def close(self) -> None:
        """Close DuckDB and remove a temporary spill folder."""
        self._connection.close()
        if self._own is not None:
            self._own.cleanup()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def open_duckdb(*, memory_mib: int, threads: int, spill: str) -> duckdb.DuckDBPyConnection:
    """Return an in-memory DuckDB with its limits set; every other module gets it from here."""
    if memory_mib < 64 or threads < 1:
        raise QueryError("lake.engine.limits", memory=memory_mib, threads=threads)
    return duckdb.connect(
        config={
            "memory_limit": f"{memory_mib}MiB",
            "threads": threads,
            "temp_directory": spill,
            "TimeZone": "UTC",
            "autoinstall_known_extensions": False,
            "parquet_metadata_cache": True,
        }
    )


def _fault(error: duckdb.Error) -> QueryError:
    return QueryError("lake.query.failed", reason=str(error).splitlines()[0])
