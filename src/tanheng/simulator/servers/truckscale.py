"""A truck-scale program: a SQLite table ``ticket`` that fills, and in which somebody edits and deletes.

Columns: number, time (plant time), plate, material, gross_kg, tare_kg, net_kg, changed (plant time of the last edit, or null).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from tanheng.core.period import PlantClock
from tanheng.simulator.errors import PlayError
from tanheng.simulator.papers import Ticket, changed
from tanheng.simulator.scenario import Scenario
from tanheng.simulator.servers.port import Value

_SCHEMA = """
CREATE TABLE IF NOT EXISTS ticket (
  number INTEGER PRIMARY KEY, time TEXT NOT NULL, plate TEXT NOT NULL, material TEXT NOT NULL,
  gross_kg INTEGER NOT NULL, tare_kg INTEGER NOT NULL, net_kg INTEGER NOT NULL, changed TEXT
)
"""


class TruckScale:
    """The table of the truck scale.

    Parameters
    ----------
    scenario : Scenario
        For scripted edits and deletions.
    tickets : list of Ticket
    path : Path
        Of the SQLite file.
    """

    def __init__(self, scenario: Scenario, tickets: list[Ticket], *, path: Path) -> None:
        self.path = path
        self._scenario = scenario
        self._tickets = tickets
        self._shown: dict[int, Ticket] = {}

    async def start(self) -> None:
        """Make the table."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path)) as table, table:
                table.execute("PRAGMA journal_mode=WAL")
                table.execute(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise PlayError("simulator.play.folder", path=str(self.path), reason=str(error)) from error

    async def stop(self) -> None:
        """Nothing runs."""

    async def show(self, instant: int, values: Mapping[str, Value]) -> None:  # noqa: ARG002  # tickets are no channels
        """Bring the table to what it says at ``instant``."""
        now = {ticket.number: ticket for ticket in changed(self._scenario, self._tickets, until=instant)}
        new = [ticket for number, ticket in now.items() if self._shown.get(number) != ticket]
        gone = [number for number in self._shown if number not in now]
        if new or gone:
            with closing(sqlite3.connect(self.path, timeout=10)) as table, table:
                rows = [_row(self._scenario.clock, ticket) for ticket in new]
                table.executemany("INSERT OR REPLACE INTO ticket VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
                table.executemany("DELETE FROM ticket WHERE number = ?", [(number,) for number in gone])
        self._shown = now


def _row(clock: PlantClock, ticket: Ticket) -> tuple[object, ...]:
    def said(instant: int | None) -> str | None:
        return None if instant is None else clock.local(instant).strftime("%Y-%m-%d %H:%M:%S")

    masses = (ticket.gross_kg, ticket.tare_kg, ticket.net_kg)
    return (ticket.number, said(ticket.time), ticket.plate, ticket.material, *masses, said(ticket.changed_at))
