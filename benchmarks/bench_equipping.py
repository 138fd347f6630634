"""The equipping rate of a plant with 300 instruments, and its history of ten years by months; peer: a recount in SQL (DuckDB).

Run: ``python -m benchmarks equipping``. The peer gets the tables loaded and answers with one statement that judges every point
on every day by state of use, certificate and class; that both count the same is checked in the run. The plant has no chains, so
that one statement can say the rule; the engine does not know that.
"""

from __future__ import annotations

import datetime
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from tanheng.accounting.source_streams import Grade
from tanheng.core.period import Month
from tanheng.metrology.equipping import Rules, ends_of_months, gaps, history, rates, rules
from tanheng.metrology.instruments.certificate import Certificate, CertificateKind, Result
from tanheng.metrology.instruments.model import Installation, Instrument, Register, Spell, UseState
from tanheng.metrology.network.model import Level, Method, Network, Point, Role, SourceStream
from tanheng.standards import load_pack

POINTS, YEARS, ROUNDS = 300, 10, 5
FIRST = datetime.date(2016, 7, 1)
DAYS = ends_of_months(Month(2016, 7), Month(2026, 6))
_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Plant:
    """What both sides count."""

    network: Network
    register: Register
    rules: Rules


def plant(*, seed: int) -> Plant:
    """Return a plant whose instruments are verified every year, some late, some exchanged, some failing."""
    chance = random.Random(seed)  # noqa: S311  # no secret
    words = {"zh": "测点", "en": "point"}
    points, instruments, installations, certificates = [], [], [], []
    for number in range(POINTS):
        code, role = f"P{number:03}", Role.ACTIVITY if number % 3 else Role.FACTOR
        points.append(
            Point(
                code=code,
                title=words,
                place="",
                stream="abc"[number % 3],
                parameter="solid_fuel_fired",
                method=Method.CALCULATED,
                role=role,
                level=Level.SYSTEM,
                energy="coal" if role is Role.ACTIVITY else "",
            )
        )
        change = FIRST + _DAY * chance.randrange(1000, 3000)
        for turn, (start, end) in enumerate(((FIRST, change), (change, None))):
            item = f"I{number:03}-{turn}"
            resting = start + _DAY * chance.randrange(100, 900)
            states = [(start, UseState.IN_SERVICE)]
            if chance.random() < 0.3:
                states += [(resting, UseState.REPAIR), (resting + _DAY * 60, UseState.IN_SERVICE)]
            instruments.append(
                Instrument(
                    code=item,
                    title=words,
                    kind="belt_scale",
                    states=tuple(Spell(start=on, state=state) for on, state in states),
                )
            )
            installations.append(Installation(instrument=item, point=code, start=start, end=end))
            certificates += _certificates(item, start, end or datetime.date(2026, 7, 1), chance)
    streams = tuple(
        SourceStream(code=code, title=words, kind="combustion", grade=grade) for code, grade in zip("abc", Grade, strict=True)
    )
    return Plant(
        Network(nodes=(), edges=(), points=tuple(points), streams=streams),
        Register(
            instruments=tuple(instruments), chains=(), installations=tuple(installations), certificates=tuple(certificates)
        ),
        rules(load_pack()),
    )


def _certificates(item: str, start: datetime.date, end: datetime.date, chance: random.Random) -> list[Certificate]:
    found, on = [], start
    while on < end:
        has_failed = chance.random() < 0.02
        found.append(
            Certificate(
                instrument=item,
                number=f"{item}-{on}",
                kind=CertificateKind.RESULT_NOTICE if has_failed else CertificateKind.VERIFICATION,
                issuer="institute",
                issued_on=on,
                valid_to=on + _DAY * 364,
                result=Result.UNQUALIFIED if has_failed else Result.QUALIFIED,
                accuracy_class="0.5" if chance.random() < 0.95 else "1.0",
                confirmed_on=on,
                fit=not has_failed,
            )
        )
        on += _DAY * chance.randrange(350, 385)
    return found


_RECOUNT = """
with judged as (
    select d.day, p.code, p.row_key, p.energy,
           coalesce(bool_or(s.state = 'in_service' and c.fit and d.day <= c.valid_to and c.class <= 0.5), false) as counts
    from days d cross join points p
    left join installations i on i.point = p.code and i.start <= d.day and (i.stop is null or d.day < i.stop)
    asof left join states s on s.instrument = i.instrument and s.start <= d.day
    asof left join certificates c on c.instrument = i.instrument and c.issued_on <= d.day
    group by all
)
select day, row_key, count(*) filter (counts), count(*) from judged group by all
union all
select day, energy, count(*) filter (counts), count(*) from judged where energy <> '' group by all
"""


class Recount:
    """The same counts by DuckDB."""

    def __init__(self, made: Plant) -> None:
        import duckdb
        import pyarrow as pa

        grades = {stream.code: stream.grade for stream in made.network.streams}
        self._database = duckdb.connect()
        tables = {
            "days": pa.table({"day": list(DAYS)}),
            "points": pa.table(
                {
                    "code": [one.code for one in made.network.points],
                    "row_key": [f"{one.role.value}_{grades[one.stream]}" for one in made.network.points],
                    "energy": [f"{one.energy}.system" if one.energy else "" for one in made.network.points],
                }
            ),
            "installations": pa.table(
                {
                    "instrument": [one.instrument for one in made.register.installations],
                    "point": [one.point for one in made.register.installations],
                    "start": [one.start for one in made.register.installations],
                    "stop": [one.end for one in made.register.installations],
                }
            ),
            "states": pa.table(
                {
                    "instrument": [one.code for one in made.register.instruments for _ in one.states],
                    "start": [spell.start for one in made.register.instruments for spell in one.states],
                    "state": [spell.state.value for one in made.register.instruments for spell in one.states],
                }
            ),
            "certificates": pa.table(
                {
                    "instrument": [one.instrument for one in made.register.certificates],
                    "issued_on": [one.issued_on for one in made.register.certificates],
                    "valid_to": [one.valid_to for one in made.register.certificates],
                    "fit": [one.fit for one in made.register.certificates],
                    "class": [Decimal(one.accuracy_class) for one in made.register.certificates],
                }
            ),
        }
        for name, content in tables.items():
            self._database.register("given", content)
            self._database.table("given").create(name)

    def counts(self) -> set[tuple[datetime.date, str, int, int]]:
        """Return day, row, counted and needed."""
        return set(self._database.execute(_RECOUNT).fetchall())


def seconds(work: Callable[[], object]) -> float:
    """Return the median time of a piece of work in seconds."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def benchmarks() -> list[dict[str, object]]:
    """Return name, target, figure, unit, peer, peer_figure and ratio of each measurement.

    Raises
    ------
    AssertionError
        When engine and peer count differently: then no figure means anything.
    """
    made = plant(seed=7)
    recount = Recount(made)
    ours = {
        (moment.on, key, share.part, share.whole)
        for moment in history(made.network, made.register, made.rules, DAYS)
        for key, share in moment.shares.items()
    }
    if ours != recount.counts():
        raise AssertionError("the engine and the recount in SQL differ")

    def today() -> object:
        now = rates(made.network, made.register, made.rules, on=DAYS[-1])
        return gaps(now, made.register)

    whole = seconds(lambda: (today(), history(made.network, made.register, made.rules, DAYS)))
    peer = seconds(recount.counts)
    return [
        {
            "name": f"rate, gaps and {YEARS} years of months, {POINTS} points, {len(made.register.certificates)} certificates",
            "target": "≤ 1 s",
            "figure": whole,
            "unit": "s",
            "peer": "counts in one SQL statement, tables loaded (DuckDB)",
            "peer_figure": peer,
            "ratio": whole / peer,
        },
        {
            "name": "rate of one day with its gaps",
            "target": "–",
            "figure": seconds(today),
            "unit": "s",
            "peer": "–",
            "peer_figure": None,
            "ratio": None,
        },
    ]
