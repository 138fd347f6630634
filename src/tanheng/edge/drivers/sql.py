"""SQL poll by SQLAlchemy: truck-scale and laboratory databases.

Options: ``url`` or ``url_file`` (any SQLAlchemy address), ``table``, ``watermark`` (a column that grows with each new row),
the row mapping's ``key``, ``time``, ``time_format``, ``zone``; ``page`` (rows a request, 500); ``history_days`` (how far
back the first reading goes, as ``reread_days``); ``reread_days`` (45); ``reread_at`` (plant time of the nightly re-read,
02:30) or ``reread_s``.

New rows come by the watermark. Each night the last 45 days are read again and compared with what was recorded: a row that was
changed or deleted after it arrived becomes an event with old and new value, and no total changes.

The statements run in a thread of the device's own, so a hanging database holds up nobody else. Nothing is ever written.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy.exc import SQLAlchemyError

from tanheng.core import period
from tanheng.edge import rows
from tanheng.edge.configuration.model import Channel, Device
from tanheng.edge.drivers.aside import Aside
from tanheng.edge.drivers.port import Context, option, refuse_unknown, ticks, within
from tanheng.edge.errors import DriverError
from tanheng.edge.reading import Row
from tanheng.protocols.errors import FrameError
from tanheng.protocols.port import refused

_OPTIONS = (
    "url",
    "url_file",
    "table",
    "watermark",
    "page",
    "reread_days",
    "history_days",
    "reread_at",
    "reread_s",
    *rows.OPTIONS,
)
_DAY_MS = 86_400_000
Cells = Mapping[str, Any]  # Any: whatever type the database gives


class SqlDriver:
    """Polls one table."""

    def __init__(self, device: Device, channels: Sequence[Channel]) -> None:
        refuse_unknown(device, _OPTIONS, channels, rows.ADDRESS)
        self._device = device
        self._aside = Aside(f"sql-{device.id}")
        self._mapping = rows.RowMapping(device, channels)
        self._url = option(device, "url", str, "") or None
        self._url_file = option(device, "url_file", str, "") or None
        if (self._url is None) == (self._url_file is None):
            raise DriverError("edge.driver.option", device=device.id, name="url", expected="url or url_file", value="–")
        self._table = option(device, "table", str)
        self._watermark = option(device, "watermark", str)
        self._page = option(device, "page", int, 500)
        self._days = option(device, "reread_days", int, 45)
        self._history = option(device, "history_days", int, self._days)
        self._reread_s = option(device, "reread_s", float, 0.0)
        self._reread_at = datetime.time.fromisoformat(option(device, "reread_at", str, "02:30"))
        self._zone = period.zone(option(device, "zone", str, "Asia/Shanghai"))

    async def session(self, context: Context) -> None:
        """Poll until a statement fails."""
        table = await self._in(self._connect)
        async for _ in ticks(context.clock, self._device.every_ms):
            await self._fresh(context, table)
            await self._reread_when_due(context, table)

    async def _in(self, function: Any, *values: Any) -> Any:  # Any: a function and its result
        try:
            return await within(self._device.timeout_ms, self._aside.run(function, *values), device=self._device.id)
        except SQLAlchemyError as error:
            reason = str(error).splitlines()[0][:300]
            raise DriverError("edge.driver.sql", device=self._device.id, table=self._table, reason=reason) from error

    def _connect(self) -> _Table:
        url = self._url or Path(str(self._url_file)).read_text(encoding="utf-8").strip()
        return _Table(url, self._table, self._watermark, self._mapping.time, self._page)

    async def _fresh(self, context: Context, table: _Table) -> None:
        mark, since = await self._mark(context), await self._since(context)
        while True:
            found = await self._in(table.after, mark)
            await context.take_rows([row for row in self._rows(context, found) if row.time >= since])
            context.deliver([])
            if not found:
                return
            newest = rows.text(found[-1][self._watermark])
            if newest == mark or len(found) < self._page:
                await self._remember(context, newest)
                return
            mark = newest
            await self._remember(context, mark)

    async def _since(self, context: Context) -> int:
        """Return the time before which rows are history of other systems; fixed when the table is first read."""
        key = f"sql:{self._device.id}:since"
        stored = await context.recall(key)
        if stored is None:
            stored = str(context.clock.wall() - self._history * _DAY_MS).encode()
            await context.remember(key, stored)
        return int(stored)

    async def _mark(self, context: Context) -> str | None:
        stored = await context.recall(f"sql:{self._device.id}:watermark")
        return None if stored is None else stored.decode()

    async def _remember(self, context: Context, mark: str | None) -> None:
        if mark is not None:
            await context.remember(f"sql:{self._device.id}:watermark", mark.encode())

    def _rows(self, context: Context, found: Sequence[Cells]) -> list[Row]:
        good = []
        for cells in found:
            try:
                good.append(self._mapping.row(cells))
            except FrameError as error:
                context.refuse(refused(repr(dict(cells)).encode(), error))
        return good

    async def _reread_when_due(self, context: Context, table: _Table) -> None:
        key = f"sql:{self._device.id}:reread"
        now = context.clock.wall()
        last = int(await context.recall(key) or 0)
        if last and now < self._due(last):
            return
        if last:
            since = max(now - self._days * _DAY_MS, await self._since(context))
            await self._reread(context, table, since=since, until=now)
        await context.remember(key, str(now).encode())

    def _due(self, last: int) -> int:
        """Return the first re-read after the one at ``last``."""
        if self._reread_s:
            return last + round(self._reread_s * 1000)
        local = datetime.datetime.fromtimestamp(last / 1000, tz=self._zone)
        due = datetime.datetime.combine(local.date(), self._reread_at, tzinfo=self._zone)
        if due <= local:
            due = datetime.datetime.combine(local.date() + datetime.timedelta(days=1), self._reread_at, tzinfo=self._zone)
        return round(due.timestamp() * 1000)

    async def _reread(self, context: Context, table: _Table, *, since: int, until: int) -> None:
        keys: set[str] = set()
        mark = None
        while True:
            found = await self._in(table.after, mark)
            page = self._rows(context, found)
            recent = [row for row in page if row.time >= since]
            keys.update(row.key for row in recent)
            await context.take_rows(recent)
            newest = rows.text(found[-1][self._watermark]) if found else mark
            if len(found) < self._page or newest == mark:
                break
            mark = newest
        await context.sweep_rows(since=since, until=until, keys=keys)


class _Table:
    """A table of a database; each page is read over a connection of its own, so that no lock is held between polls."""

    def __init__(self, url: str, table: str, watermark: str, time: str, page: int) -> None:
        self._engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.pool.NullPool)
        schema, _, name = table.rpartition(".")
        with self._engine.connect() as connection:
            found = sqlalchemy.Table(name, sqlalchemy.MetaData(), schema=schema or None, autoload_with=connection)
        missing = [column for column in (watermark, time) if column not in found.c]
        if missing:
            known = ", ".join(column.name for column in found.c)
            raise DriverError("edge.driver.column", table=table, column=", ".join(missing), known=known)
        self._table = found
        self._watermark = found.c[watermark]
        self._page = page

    def after(self, mark: str | None) -> list[dict[str, Any]]:
        """Return a page of rows from the watermark on, the rows at the mark included: several may share it."""
        statement = sqlalchemy.select(self._table).order_by(self._watermark)
        if mark is not None:
            statement = statement.where(self._watermark >= self._typed(mark))
        with self._engine.connect() as connection:
            first = connection.execute(statement.limit(self._page)).mappings().all()
            if len(first) == self._page and first[0][self._watermark.name] == first[-1][self._watermark.name]:
                # A whole page at one mark: take all rows that share it, or the poll would stand still.
                same = statement.where(self._watermark == first[-1][self._watermark.name])
                more = statement.where(self._watermark > first[-1][self._watermark.name]).limit(self._page)
                first = [*connection.execute(same).mappings().all(), *connection.execute(more).mappings().all()]
            return [dict(row) for row in first]

    def _typed(self, mark: str) -> Any:
        kind = self._watermark.type.python_type
        if kind is datetime.datetime:
            return datetime.datetime.fromisoformat(mark)
        if kind is datetime.date:
            return datetime.date.fromisoformat(mark)
        return kind(mark)
