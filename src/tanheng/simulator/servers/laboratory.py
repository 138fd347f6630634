"""A laboratory system that drops one CSV file a day of reported results into a folder.

``results-2026-10-02.csv``: sample, sampled (plant time), quantity, value. A file is written beside and renamed, so nobody
reads half of one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from tanheng.simulator.errors import PlayError
from tanheng.simulator.papers import Result
from tanheng.simulator.scenario import Scenario
from tanheng.simulator.servers.port import Value


class LaboratoryFolder:
    """The folder that laboratory results are dropped into.

    Parameters
    ----------
    scenario : Scenario
        For the plant's clock.
    results : list of Result
        In order of the time they are reported.
    folder : Path
    """

    def __init__(self, scenario: Scenario, results: list[Result], *, folder: Path) -> None:
        self.folder = folder
        self._clock = scenario.clock
        self._results = results
        self._done = 0

    async def start(self) -> None:
        """Make the folder."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PlayError("simulator.play.folder", path=str(self.folder), reason=str(error)) from error

    async def stop(self) -> None:
        """Nothing runs."""

    async def show(self, instant: int, values: Mapping[str, Value]) -> None:  # noqa: ARG002  # results are no channels
        """Drop what was reported up to ``instant``; a file holds all results of its day so far."""
        first = self._done
        while self._done < len(self._results) and self._results[self._done].reported <= instant:
            self._done += 1
        days = {self._day(result) for result in self._results[first : self._done]}
        for day in sorted(days):
            self._write(day, [result for result in self._results[: self._done] if self._day(result) == day])

    def _day(self, result: Result) -> str:
        return self._clock.local(result.reported).date().isoformat()

    def _write(self, day: str, results: list[Result]) -> None:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(["sample", "sampled", "quantity", "value"])
        for result in results:
            sampled = self._clock.local(result.sampled).strftime("%Y-%m-%d %H:%M:%S")
            writer.writerow([result.sample, sampled, result.quantity, f"{result.value:.5f}"])
        beside = self.folder / f".results-{day}.part"
        beside.write_bytes(text.getvalue().encode())
        beside.replace(self.folder / f"results-{day}.csv")
