"""Rows of polled tables and dropped files: which column is what, and the reading each row gives.

A row is named by its key columns and kept as canonical JSON of all its cells, so that a later change or disappearance is told
with old and new value. Its time is plant time unless the cell says an offset.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from tanheng.core.batch import Quality
from tanheng.core.canonical import dumps
from tanheng.core.period import zone
from tanheng.edge.configuration.model import Channel, Device
from tanheng.edge.drivers.port import address, option
from tanheng.edge.errors import DriverError, ScalingError
from tanheng.edge.reading import Reading, Row
from tanheng.protocols.errors import FrameError

OPTIONS = ("key", "time", "time_format", "zone")
ADDRESS = ("column", "where")
_FIRST_YEAR, _LAST_YEAR = 2000, 2099
Cell = object
"""A cell of any type that a database driver or spreadsheet reader gives."""


class RowMapping:
    """How the rows of one device become readings.

    Options: ``key`` (columns that name a row), ``time`` (column), ``time_format`` (of ``strptime``; ISO when absent), ``zone``.
    Address of a channel: ``column``; ``where`` ``{column: text}`` picks rows, such as one material.
    """

    def __init__(self, device: Device, channels: Sequence[Channel]) -> None:
        self._device = device
        keys = device.options.get("key")
        self.keys = tuple([keys] if isinstance(keys, str) else option(device, "key", list))
        self.time = option(device, "time", str)
        self._format = option(device, "time_format", str, "")
        self._zone = zone(option(device, "zone", str, "Asia/Shanghai"))
        self._columns = [
            (channel, address(channel, "column", str), address(channel, "where", dict, {})) for channel in channels
        ]
        if not self.keys:
            raise DriverError("edge.driver.option", device=device.id, name="key", expected="columns", value="[]")

    def row(self, cells: Mapping[str, Cell]) -> Row:
        """Return a row.

        Raises
        ------
        FrameError
            When a column is missing, or key or time cannot be read; nothing of the row is used then.
        """
        for name in (*self.keys, self.time):
            if cells.get(name) in (None, ""):
                raise FrameError("protocols.row.cell", device=self._device.id, column=name, value="")
        at = self._instant(cells[self.time])
        content = {str(name): text(cell) for name, cell in cells.items()}
        key = "|".join(str(content[name]) for name in self.keys)
        readings = [
            reading for channel, column, where in self._columns if (reading := _reading(channel, column, where, content, at))
        ]
        return Row(key, at, dumps(content), readings)

    def _instant(self, cell: Cell) -> int:
        match cell:
            case datetime.datetime():
                moment = cell
            case datetime.date():
                moment = datetime.datetime.combine(cell, datetime.time(0))
            case str():
                moment = self._parsed(cell)
            case _:
                raise FrameError("protocols.row.cell", device=self._device.id, column=self.time, value=repr(cell)[:40])
        if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            raise FrameError("protocols.row.cell", device=self._device.id, column=self.time, value=str(moment))
        return round((moment if moment.tzinfo else moment.replace(tzinfo=self._zone)).timestamp() * 1000)

    def _parsed(self, cell: str) -> datetime.datetime:
        text_cell = cell.strip()
        # 24:00 is the end of the day it stands on: 2026-12-31 24:00 is 2027-01-01 00:00.
        days = 0
        for midnight in (" 24:00", "T24:00"):
            if midnight in text_cell:
                text_cell, days = text_cell.replace(midnight, midnight[0] + "00:00"), 1
        try:
            if self._format:
                moment = datetime.datetime.strptime(text_cell, self._format)  # noqa: DTZ007  # the zone is added by the caller
            else:
                moment = datetime.datetime.fromisoformat(text_cell)
        except ValueError:
            raise FrameError("protocols.row.cell", device=self._device.id, column=self.time, value=cell[:40]) from None
        return moment + datetime.timedelta(days=days)


def text(cell: Cell) -> str | None:
    """Return a cell as the text that is kept: digits as given, times in ISO form, None for an empty cell."""
    match cell:
        case None:
            return None
        case bool():
            return "true" if cell else "false"
        case int():
            return str(cell)
        case Decimal():
            return f"{cell:f}"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1 << 53 else repr(cell)
        case datetime.date() | datetime.time():
            return cell.isoformat()
        case bytes():
            return cell.hex()
        case _:
            return str(cell)


def _reading(
    channel: Channel, column: str, where: Mapping[str, str], content: Mapping[str, str | None], at: int
) -> Reading | None:
    """Return the reading of one cell, None when the row is not this channel's or the cell is empty."""
    if any(content.get(name) != str(wanted) for name, wanted in where.items()):
        return None
    cell = content.get(column)
    if cell is None or not cell.strip():
        return None
    raw = cell.encode()[:256]
    try:
        value = Decimal(cell.strip().replace(",", ""))
        count = channel.scaling.count(value)
    except (InvalidOperation, ScalingError):
        return Reading(channel.index, at, 0, Quality.NO_DATA, raw)
    return Reading(channel.index, at, count, Quality.GOOD if channel.scaling.in_range(value) else Quality.OUT_OF_RANGE, raw)
