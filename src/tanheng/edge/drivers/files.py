"""File drop: CSV and Excel files that a truck scale or a laboratory system leaves in a folder.

Options: ``folder``, ``pattern`` (``*.csv``), the row mapping's ``key``, ``time``, ``time_format``, ``zone``; ``encoding``
(utf-8, gb18030),
``delimiter`` (comma), ``sheet`` (name; the first when absent), ``header`` (row of the column names, from 1), ``settle_s`` (a
file is read when it has not changed for so long, 2), ``largest_mb`` (50).

Files stay where they are. A file is read again when its size or time has changed; a row already recorded counts once, and a row
that now reads otherwise becomes an event with old and new value. A row that left a file is not taken for deleted: files
are rotated, tables are not.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tanheng.edge import rows
from tanheng.edge.configuration.model import Channel, Device
from tanheng.edge.drivers.aside import Aside
from tanheng.edge.drivers.port import Context, option, refuse_unknown, ticks
from tanheng.edge.errors import DriverError
from tanheng.edge.reading import Row
from tanheng.protocols.errors import FrameError
from tanheng.protocols.port import refused

_OPTIONS = ("folder", "pattern", "encoding", "delimiter", "sheet", "header", "settle_s", "largest_mb", *rows.OPTIONS)
_EXCEL = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")
_PAGE = 500
Cells = Mapping[str, object]


class FilesDriver:
    """Reads the files of one folder."""

    def __init__(self, device: Device, channels: Sequence[Channel]) -> None:
        refuse_unknown(device, _OPTIONS, channels, rows.ADDRESS)
        self._device = device
        self._aside = Aside(f"files-{device.id}")
        self._mapping = rows.RowMapping(device, channels)
        self._folder = Path(option(device, "folder", str))
        self._pattern = option(device, "pattern", str, "*.csv")
        self._encoding = option(device, "encoding", str, "utf-8-sig")
        self._delimiter = option(device, "delimiter", str, ",")
        self._sheet = option(device, "sheet", str, "") or None
        self._header = option(device, "header", int, 1)
        self._settle = round(option(device, "settle_s", float, 2.0) * 1000)
        self._largest = option(device, "largest_mb", int, 50) << 20

    async def session(self, context: Context) -> None:
        """Look into the folder until it is gone."""
        seen: dict[str, tuple[str, int]] = {}
        async for now in ticks(context.clock, self._device.every_ms):
            found = await self._aside.run(self._list)
            for path, mark in found:
                known, since = seen.get(path.name, ("", now))
                if known != mark:
                    seen[path.name] = (mark, now)
                elif now - since >= self._settle:
                    await self._read_once(context, path, mark)
            context.deliver([])

    def _list(self) -> list[tuple[Path, str]]:
        if not self._folder.is_dir():
            raise DriverError("edge.driver.folder", device=self._device.id, path=str(self._folder))
        found = []
        for path in sorted(self._folder.glob(self._pattern)):
            if path.is_file() and not path.name.startswith((".", "~$")):
                state = path.stat()
                found.append((path, f"{state.st_size}:{state.st_mtime_ns}"))
        return found

    async def _read_once(self, context: Context, path: Path, mark: str) -> None:
        key = f"files:{self._device.id}:{path.name}"
        if await context.recall(key) == mark.encode():
            return
        try:
            table = await self._aside.run(self._read, path)
        except FrameError as error:
            context.refuse(refused(path.name.encode(), error))
        else:
            await self._take(context, table)
        await context.remember(key, mark.encode())

    async def _take(self, context: Context, table: Sequence[Cells]) -> None:
        page: list[Row] = []
        for cells in table:
            try:
                page.append(self._mapping.row(cells))
            except FrameError as error:
                context.refuse(refused(repr(dict(cells)).encode(), error))
            if len(page) >= _PAGE:
                await context.take_rows(page)
                page = []
        await context.take_rows(page)

    def _read(self, path: Path) -> list[Cells]:
        if path.stat().st_size > self._largest:
            raise FrameError("protocols.file.large", path=path.name, size=path.stat().st_size >> 20, limit=self._largest >> 20)
        table = list(self._excel(path) if path.suffix.lower() in _EXCEL else self._csv(path))
        if not table:
            return []
        header = [str(name or "").strip() for name in table[0]]
        missing = [name for name in (*self._mapping.keys, self._mapping.time) if name not in header]
        if missing:
            raise FrameError(
                "protocols.file.columns", path=path.name, missing=", ".join(missing), known=", ".join(header)[:300]
            )
        return [dict(zip(header, line, strict=False)) for line in table[1:] if any(cell not in (None, "") for cell in line)]

    def _csv(self, path: Path) -> Iterator[Sequence[object]]:
        try:
            text = path.read_bytes().decode(self._encoding)
            lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=self._delimiter, strict=True))
        except (UnicodeDecodeError, LookupError, csv.Error) as error:
            raise FrameError("protocols.file.damaged", path=path.name, reason=str(error)[:200]) from error
        yield from lines[self._header - 1 :]

    def _excel(self, path: Path) -> Iterator[Sequence[object]]:
        import python_calamine

        try:
            book = python_calamine.CalamineWorkbook.from_path(path)
            sheet = book.get_sheet_by_name(self._sheet) if self._sheet else book.get_sheet_by_index(0)
            lines = sheet.to_python(skip_empty_area=False)
        except (python_calamine.CalamineError, OSError, ValueError, IndexError) as error:
            raise FrameError("protocols.file.damaged", path=path.name, reason=str(error)[:200]) from error
        yield from lines[self._header - 1 :]
