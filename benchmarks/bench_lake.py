"""The telemetry lake: signed batches verified and stored, bytes a reading, and a plant-year's questions.

Completeness, sums, totals and last values are asked of a lake just opened: reading the footers is in the figure. Peers in the
same run: PostgreSQL's binary ``COPY`` of the same rows into a table without an index, a bare append of the same rows to a
DuckDB file and to Parquet files (neither verifies, journals or looks for repeats), Polars over the same files, and a bare scan
of the columns a question needs.

The plant-year is a tenth of one (40 channels of 300, one reading a minute, 21 million readings); ``TANHENG_BENCH_FULL=1`` makes
it whole. Run alone: ``python -m benchmarks.bench_lake``.
"""

from __future__ import annotations

import functools
import gc
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars
import psycopg
import pyarrow.parquet as pq

from tanheng.cli.receiver import Receiver
from tanheng.core.batch import CHAIN_START, Batch, ClockSource
from tanheng.core.period import Month, PlantClock, Span, months_of
from tanheng.lake import Engine, PlantLake, Query, Register, Rows, open_plant
from tanheng.lake.counting import MINUTES, SUMS, added
from tanheng.lake.latest import LOOKBACK_MS
from tanheng.lake.registers import totals
from tanheng.lake.segment import table_of
from tanheng.platform.database.configuration import Login, address
from tanheng.platform.database.embedded import EmbeddedServer
from tanheng.platform.folder import DataFolder
from tanheng.trust.envelope import digest_of, seal
from tanheng.trust.keys import Purpose, record_of
from tanheng.trust.suites import Algorithm, generate

Row = dict[str, object]
CLOCK = PlantClock()
MINUTE, HOUR = 60_000, 3_600_000
START = CLOCK.month(Month(2026, 1)).start
CHANNELS = 300
YEAR_CHANNELS = 300 if os.environ.get("TANHENG_BENCH_FULL") else 40


def plant_values(channel: int, minutes: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return what a channel of a plant reads: a third registers, a third temperatures that wander, a third noisy rates."""
    chance = np.random.default_rng(channel)
    match channel % 3:
        case 0:
            return np.cumsum(chance.integers(3000, 3700, minutes))
        case 1:
            return 20_000 + np.cumsum(chance.integers(-20, 21, minutes))
        case _:
            return np.rint(2000 + 200 * chance.standard_normal(minutes)).astype(np.int64)


def sealed_batches(count: int, minutes: int) -> tuple[list[bytes], Any]:
    """Return ``count`` envelopes of ``minutes`` minutes of 300 channels each, and the key's record."""
    signer = generate(Algorithm.ED25519)
    record = record_of(signer, purpose=Purpose.DEVICE, subject="t-1", valid_from_ms=0)
    values = np.array([plant_values(channel, count * minutes) for channel in range(CHANNELS)])
    channel = np.tile(np.arange(CHANNELS, dtype=np.uint16), minutes)
    offset = np.repeat(np.arange(minutes, dtype=np.uint32) * MINUTE, CHANNELS)
    found, previous = [], CHAIN_START
    for number in range(count):
        batch = Batch.of(
            terminal="t-1",
            sequence=number + 1,
            start_ms=START + number * minutes * MINUTE,
            configuration=bytes(32),
            previous=previous,
            clock_source=ClockSource.NTP,
            clock_offset_ms=2,
            channel=channel,
            offset_ms=offset,
            value=np.ascontiguousarray(values[:, number * minutes : (number + 1) * minutes].T).reshape(-1),
            quality=np.zeros(len(channel), np.uint8),
        )
        found.append(seal(batch, signer))
        previous = digest_of(found[-1])
    return found, record


def stored(envelopes: Sequence[bytes], record: Any, folder: Path, *, per_request: int) -> tuple[float, Receiver]:
    """Return the seconds that a receiver needs to verify, journal, acknowledge and store envelopes."""
    engine = Engine(memory_mib=1024, threads=2)
    receiver = Receiver(folder, plant="plant-1", keys=[record], now=lambda: START, engine=engine)
    receiver.register(bytes(32), [f"c{number}" for number in range(CHANNELS)])
    bodies = [b"".join(envelopes[at : at + per_request]) for at in range(0, len(envelopes), per_request)]
    gc.collect()
    started = time.perf_counter()
    for number, body in enumerate(bodies, start=1):
        answer = receiver.accept(body)
        if answer.refused:
            raise RuntimeError(answer.refused[0].reason)
        if number % 4 == 0 or number == len(bodies):
            receiver.drain()
    return time.perf_counter() - started, receiver


def on_disk(folder: Path) -> int:
    """Return the bytes of a receiver's journal and open segments, with the journal's write-ahead log brought in."""
    with closing(sqlite3.connect(folder / "journal.sqlite")) as journal:
        journal.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    lake = open_plant(folder / "lake", "plant-1", engine=Engine(memory_mib=64, threads=1))
    segments = sum(segment.size for segment in lake.catalogue.state().segments)
    return segments + sum(path.stat().st_size for path in folder.glob("journal.sqlite*"))


def rows_of_lake(lake: PlantLake) -> Rows:
    """Return every row of a lake."""
    from tanheng.lake import joined
    from tanheng.lake.segment import read_rows

    return joined([read_rows(lake.files, segment) for segment in lake.catalogue.state().segments])


@contextmanager
def postgres() -> Iterator[psycopg.Connection]:
    """Give a connection to a PostgreSQL server of our own, durable as it comes."""
    folder = Path(tempfile.mkdtemp(prefix="tb-"))
    folder.chmod(0o755)
    server = EmbeddedServer(DataFolder(folder / "d"))
    try:
        server.start()
        with psycopg.connect(**address(DataFolder(folder / "d"), Login.OWNER).psycopg()) as connection:
            yield connection
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def copied(rows: Rows, connection: psycopg.Connection) -> float:
    """Return the seconds that PostgreSQL needs to ``COPY`` the rows in one transaction."""
    kinds = (("channel", ">i4"), ("time", ">i8"), ("version", ">i2"), ("value", ">i8"), ("quality", ">i2"), ("entry", ">i8"))
    layout = [("fields", ">i2")]
    for name, kind in kinds:
        layout += [(f"{name}_length", ">i4"), (name, kind)]
    packed = np.zeros(len(rows), layout)
    packed["fields"] = len(kinds)
    for (name, kind), column in zip(kinds, rows.columns(), strict=True):
        packed[f"{name}_length"], packed[name] = int(kind[-1]), column
    data = b"PGCOPY\n\xff\r\n\x00" + bytes(8) + packed.tobytes() + b"\xff\xff"
    connection.execute("DROP TABLE IF EXISTS reading")
    connection.execute(
        "CREATE TABLE reading (channel int, time bigint, version smallint, value bigint, quality smallint, entry bigint)"
    )
    connection.commit()
    started = time.perf_counter()
    with connection.cursor() as cursor, cursor.copy("COPY reading FROM STDIN (FORMAT binary)") as copy:
        copy.write(data)
    connection.commit()
    return time.perf_counter() - started


def appended_bare(rows: Rows, folder: Path) -> tuple[float, float]:
    """Return the seconds of a bare append to a DuckDB file, and to a Parquet file."""
    table = table_of(rows)
    with duckdb.connect(str(folder / "bare.duckdb")) as connection:
        connection.register("given", table)
        connection.execute("CREATE TABLE reading AS SELECT * FROM given LIMIT 0")
        started = time.perf_counter()
        connection.execute("INSERT INTO reading SELECT * FROM given")
        connection.execute("CHECKPOINT")
        bare = time.perf_counter() - started
    started = time.perf_counter()
    pq.write_table(table, folder / "bare.parquet", compression="zstd")
    with (folder / "bare.parquet").open("rb") as written:
        os.fsync(written.fileno())
    return bare, time.perf_counter() - started


def row(name: str, target: str, figure: float, unit: str, peer: str, peer_figure: float | None) -> Row:
    ratio = None if not peer_figure else figure / peer_figure
    return {
        "name": name,
        "target": target,
        "figure": figure,
        "unit": unit,
        "peer": peer,
        "peer_figure": peer_figure,
        "ratio": ratio,
    }


def ingest(folder: Path) -> Iterator[Row]:
    """Measure storing."""
    with postgres() as connection:
        for name, count, minutes, per_request, target in (
            ("verified and stored, batches of 9900", 200, 33, 20, "≥ 1 000 000/s"),
            ("verified and stored, batches of 300", 2000, 1, 60, "≥ 100 000/s"),
        ):
            envelopes, record = sealed_batches(count, minutes)
            place = folder / f"receiver-{minutes}"
            stored(envelopes[:8], record, folder / f"warm-{minutes}", per_request=2)[1].close()  # modules are loaded
            seconds, receiver = stored(envelopes, record, place, per_request=per_request)
            rows = rows_of_lake(receiver.lake)
            readings = len(rows)
            if readings != count * minutes * CHANNELS:
                raise RuntimeError(f"{readings} readings are in the lake, {count * minutes * CHANNELS} were sent")
            speed = readings / seconds
            yield row(name, target, speed, "readings/s", "PostgreSQL COPY, same rows", readings / copied(rows, connection))
            bare, parquet = appended_bare(rows, place)
            yield row(name, target, speed, "readings/s", "DuckDB file, bare append", readings / bare)
            yield row(name, target, speed, "readings/s", "Parquet file, bare write", readings / parquet)
            size = sum(map(len, envelopes)) / readings
            waiting = on_disk(place) / readings
            sealed = receiver.lake.seal(Month(2026, 1), now=START)
            one = sealed.size / sealed.rows
            peer = (place / "bare.parquet").stat().st_size / readings
            yield row(
                f"sealed Parquet, {name.rpartition(' ')[2]} readings a batch",
                "≤ 3",
                one,
                "B/reading",
                "plain zstd Parquet",
                peer,
            )
            batch = f"{name.rpartition(' ')[2]} readings a batch"
            label = f"on the disk before the month is sealed, {batch}"
            yield row(label, "≤ 8", waiting, "B/reading", "sealed Parquet + envelopes", one + size)
            held = list(receiver.held())
            started = time.perf_counter()
            pack = receiver.archive.put(functools.partial(list, held), first=0, last=count - 1)
            seconds = time.perf_counter() - started
            packed = (receiver.lake.files.root / pack.path).stat().st_size / readings
            if list(receiver.archive.entries()) != held:
                raise RuntimeError("the pack does not give the envelopes back")
            yield row(f"with its envelope in a sealed pack, {batch}", "≤ 8", one + packed, "B/reading", "–", None)
            yield row(f"envelopes packed and read back, {batch}", "–", count / seconds, "envelopes/s", "–", None)
            receiver.close()


def plant_year(folder: Path, engine: Engine) -> PlantLake:
    """Return a lake with twelve sealed months."""
    lake = open_plant(folder, "plant-1", engine=engine)
    for month in months_of(2026):
        span = CLOCK.month(month)
        minutes = (span.end - span.start) // MINUTE
        time_ = span.start + MINUTE * np.arange(minutes, dtype=np.int64)
        values = np.concatenate([plant_values(channel, minutes) for channel in range(YEAR_CHANNELS)])
        size = len(values)
        rows = Rows(
            np.repeat(np.arange(YEAR_CHANNELS, dtype=np.int32), minutes),
            np.tile(time_, YEAR_CHANNELS),
            np.zeros(size, np.int16),
            values,
            np.zeros(size, np.uint8),
            np.tile((time_ - START) // MINUTE, YEAR_CHANNELS),
        )
        from tanheng.lake import Change
        from tanheng.lake.segment import write_segment

        stem = f"sealed/plant=plant-1/month={month}/plant-1-{month}-00000001"
        segment = write_segment(lake.files, stem, [rows], month=str(month), days=lake.day_edges(month))
        lake.catalogue.commit(Change(add=[segment], now=START), expected=lake.catalogue.state())
    return lake


def best(question: Callable[[], object], *, times: int = 5) -> float:
    """Return the shortest of a few runs, the first left out."""
    question()
    found = []
    for _ in range(times):
        started = time.perf_counter()
        question()
        found.append(time.perf_counter() - started)
    return min(found)


def questions(folder: Path) -> Iterator[Row]:
    """Measure a plant-year's questions."""
    engine = Engine(memory_mib=1024, threads=2)
    lake = plant_year(folder / "year", engine)
    query = Query(lake)
    months = [CLOCK.month(month) for month in months_of(2026)]
    year = Span(months[0].start, months[-1].end)
    days = [CLOCK.day(day) for month in months_of(2026) for day in CLOCK.days_of(month)]
    every = list(range(YEAR_CHANNELS))
    forty = every[:40]
    readings = sum(segment.rows for segment in lake.catalogue.state().segments)
    of = f", {readings / 1e6:.0f} M readings"
    files = [str(lake.files.root / segment.path) for segment in lake.catalogue.state().segments]
    hour = (polars.col("time") - year.start) // HOUR
    edges = polars.Series([span.start for span in months])
    month = polars.lit(edges).search_sorted(polars.col("time"), side="right")

    def scanned() -> Any:  # Any: polars' lazy frame
        return polars.scan_parquet(files, hive_partitioning=False)

    def peer_hours() -> object:
        return scanned().filter(polars.col("channel") == 17).group_by(hour).agg(polars.col("value").mean()).collect()

    def peer_months() -> object:
        chosen = scanned().filter(polars.col("channel") < 40)
        return chosen.group_by("channel", month.alias("month")).agg(polars.col("value").sum()).collect()

    def peer_days() -> object:
        day = ((polars.col("time") - year.start) // (24 * HOUR)).alias("day")
        minute = (polars.col("time") // MINUTE).alias("minute")
        return scanned().group_by("channel", day).agg(minute.n_unique()).collect()

    def peer_last() -> object:
        return (
            scanned()
            .filter(polars.col("time") > year.end - 2 * HOUR)
            .group_by("channel")
            .agg(polars.col("value").last())
            .collect()
        )

    def bare(columns: str, where: str) -> Callable[[], object]:
        """Return a question that only reads columns: what the disk and the decoder take at least."""
        read = ", ".join(f"max({column})" for column in columns.split())
        return lambda: engine.rows(f"SELECT {read} FROM read_parquet($files) WHERE {where}", {"files": files})  # noqa: S608

    def afresh() -> Query:
        """Return a lake just opened, that has read no summary yet."""
        return Query(open_plant(lake.files.root, "plant-1", engine=engine))

    def told(name: str, target: str, ours: Callable[[], object], *peers: tuple[str, Callable[[], object]]) -> Iterator[Row]:
        seconds = best(ours)
        for peer, question in peers or [("–", None)]:
            yield row(name + of, target, seconds, "s", peer, None if question is None else best(question, times=2))

    polars_, scan = "Polars, same files", "DuckDB, bare scan of the columns"
    registers = [Register(channel) for channel in forty if channel % 3 == 0]
    yield from told(
        "hourly means of one channel, a year",
        "≤ 0.1 s",
        lambda: query.stretches([17], year, width=HOUR),
        (polars_, peer_hours),
        (scan, bare("time value quality", "channel = 17")),
    )
    yield from told(
        "monthly sums of 40 channels",
        "≤ 0.8 s",
        lambda: afresh().sums(forty, months),
        (polars_, peer_months),
        (scan, bare("time value quality", "channel < 40")),
    )
    yield from told(
        "monthly sums of 40 channels, from the rows", "–", lambda: added(lake, forty, months, SUMS, summaries=False)
    )
    yield from told(
        f"monthly totals of {len(registers)} registers",
        "≤ 1 s",
        lambda: afresh().totals(registers, months),
        (scan, bare("time value quality", "channel < 40")),
    )
    yield from told(
        f"monthly totals of {len(registers)} registers, from the rows",
        "–",
        lambda: totals(lake, registers, months, lookback=LOOKBACK_MS, stands=False),
    )
    yield from told(
        "missing minutes per channel and day",
        "≤ 2 s",
        lambda: afresh().completeness(every, days),
        (polars_, peer_days),
        (scan, bare("channel time quality", "true")),
    )
    yield from told(
        "missing minutes per channel and day, from the rows", "–", lambda: added(lake, every, days, MINUTES, summaries=False)
    )
    yield from told(
        "last values of all channels",
        "≤ 0.1 s",
        lambda: afresh().last(every, at=year.end),
        (polars_, peer_last),
        (scan, bare("channel time value quality", f"time > {year.end - 2 * HOUR}")),
    )
    engine.close()


def benchmarks() -> list[Row]:
    """Return every measurement."""
    folder = Path(tempfile.mkdtemp(prefix="tanheng-bench-"))
    try:
        return [*ingest(folder), *questions(folder)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    from benchmarks.__main__ import main

    main(["lake"])
