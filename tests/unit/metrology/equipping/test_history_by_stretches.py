"""The history by what was asked then: requirements in force on each day, the network as built of each day, and no other."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanheng.metrology.equipping import (
    Rules,
    Share,
    Stretch,
    edition_on,
    energy_key,
    history_of,
    rates,
    rules,
    rules_on,
    tables_on,
    turning_days,
)
from tanheng.metrology.errors import EquippingError
from tanheng.metrology.network.model import Level
from tanheng.standards import load_pack

Makers = Any  # the class of makers in conftest.py, which a test module cannot import
PACK = load_pack()
DAY = datetime.date.fromisoformat


# In force: GB 17167-2006 2007-01-01, GB 17167-2025 2026-02-01; JJF 2309-2025 is dated from the year of its number.
@pytest.mark.parametrize(
    ("on", "edition", "rows", "energy", "classes"),
    [
        ("2006-12-31", "2006", 0, 0, False),
        ("2007-01-01", "2006", 0, 29, False),
        ("2024-12-31", "2006", 0, 29, False),
        ("2025-01-01", "2006", 9, 29, True),
        ("2026-01-31", "2006", 9, 29, True),
        ("2026-02-01", "2025", 9, 0, True),
    ],
)
def test_a_day_has_the_requirements_in_force(on: str, edition: str, rows: int, energy: int, classes: bool) -> None:
    held = rules_on(PACK, DAY(on))
    assert (held.edition, len(held.rows), len(held.energy_rates), bool(held.classes)) == (edition, rows, energy, classes)
    assert edition_on(PACK, DAY(on)) == edition


@pytest.mark.parametrize(("on", "share"), [("2024-12-31", None), ("2025-01-01", "0.02")])
def test_a_threshold_is_none_before_its_table(on: str, share: str | None) -> None:
    found = rules_on(PACK, DAY(on)).fugitive_share  # JJF 2309: 2 % of the total
    assert (None if found is None else str(found.normalize())) == share


def test_requirements_turn_on_the_days_of_the_tables() -> None:
    assert [day.isoformat() for day in turning_days(PACK)] == ["2007-01-01", "2025-01-01", "2026-02-01"]
    assert turning_days(PACK, rule_set="db50t") == turning_days(PACK)  # the drafts are dated like the text they implement


def test_without_a_day_the_newest_requirements_hold() -> None:
    assert (len(rules(PACK).rows), rules(PACK).edition, rules(PACK).energies_are_held()) == (9, "2006", True)


def told(on: str) -> list[tuple[str, str, bool, bool, bool]]:
    return [(one.table, one.document, one.is_dated, one.is_draft, one.is_held) for one in tables_on(PACK, DAY(on))]


def test_what_is_not_dated_not_held_or_a_draft_is_told() -> None:
    rate = ("cn.metering.rate", "jjf-2309-2025", False, False, True)
    classes = ("cn.metering.parameter_class", "db50t-carbon-metering-2-draft", False, True, True)
    assert told("2006-12-31") == []
    assert told("2024-06-30") == [("cn.metering.energy_rate", "gb-17167-2006", True, False, True)]
    assert told("2025-06-30") == [rate, classes, ("cn.metering.energy_rate", "gb-17167-2006", True, False, True)]
    assert told("2026-06-30") == [rate, classes, ("cn.metering.energy_rate", "gb-17167-2025", True, False, False)]


def test_a_table_is_told_with_its_days() -> None:
    found = tables_on(PACK, DAY("2025-06-30"))
    assert [(one.since.isoformat(), one.until and one.until.isoformat()) for one in found] == [
        ("2025-01-01", None),
        ("2025-01-01", None),
        ("2007-01-01", "2026-01-31"),
    ]


def stretch(make: Makers, start: str, *points: str, held: Rules | None = None) -> Stretch:
    network = make.network(*(make.point(code, energy="coal") for code in points))
    return Stretch(start=DAY(start), network=network, rules=held or rules_on(PACK, DAY(start)))


def test_each_day_is_counted_by_its_own_network_and_requirements(make: Makers) -> None:
    # One instrument of class 0.5 at P since 2024. 2024: no Table A.1 yet, coal 1 of 1. 2025: both tables, P alone. From
    # 2026-03 the network as built has Q too, which nobody equipped: 1 of 2. Days are given out of order on purpose.
    own = make.certificate("I", issued_on=DAY("2024-01-01"))
    register = make.register(instruments=[make.instrument("I")], at={"P": "I"}, certificates=[own])
    made = [stretch(make, "2026-03-01", "P", "Q"), stretch(make, "2024-01-01", "P"), stretch(make, "2025-01-01", "P")]
    days = [DAY(text) for text in ("2026-03-01", "2024-06-30", "2025-06-30", "2026-02-28", "2023-12-31")]
    found = [{key: (share.part, share.whole) for key, share in one.shares.items()} for one in history_of(made, register, days)]
    coal = energy_key("coal", Level.SYSTEM)
    assert found == [
        {"activity_major": (1, 2), coal: (1, 2)},
        {coal: (1, 1)},
        {"activity_major": (1, 1), coal: (1, 1)},
        {"activity_major": (1, 1), coal: (1, 1)},
        {coal: (0, 1)},  # before the first stretch, by the first; and before anything stood there
    ]


def test_a_class_is_asked_from_the_day_of_its_table_on(make: Makers) -> None:
    register = make.register(
        instruments=[make.instrument("I")],
        at={"P": "I"},
        certificates=[make.certificate("I", issued_on=DAY("2024-01-01"), accuracy_class="2.0")],  # 0.5 is asked of a belt scale
    )
    made = [stretch(make, "2024-01-01", "P"), stretch(make, "2025-01-01", "P")]
    moments = history_of(made, register, [DAY("2024-12-31"), DAY("2025-01-01")])
    assert [one.shares[energy_key("coal", Level.SYSTEM)] for one in moments] == [Share(1, 1), Share(0, 1)]


def test_without_a_stretch_nothing_can_be_counted(make: Makers) -> None:
    with pytest.raises(EquippingError, match="stretch"):
        history_of([], make.register(), [DAY("2025-01-01")])


@settings(deadline=None, max_examples=40)
@given(
    starts=st.lists(st.dates(DAY("2024-01-01"), DAY("2026-12-31")), min_size=1, max_size=4, unique=True),
    days=st.lists(st.dates(DAY("2023-06-01"), DAY("2027-03-31")), max_size=8),
    sizes=st.lists(st.integers(1, 3), min_size=4, max_size=4),
)
def test_the_history_is_a_recount_of_each_day_by_its_stretch(
    starts: list[datetime.date], days: list[datetime.date], sizes: list[int], make_parts: Any
) -> None:
    register, point, network = make_parts
    made = []
    for start, size in zip(starts, sizes, strict=False):
        points = (point(f"P{index}", energy="coal") for index in range(size))
        made.append(Stretch(start=start, network=network(*points), rules=rules_on(PACK, start)))
    ordered = sorted(made, key=lambda one: one.start)
    for moment in history_of(made, register, days):
        valid = [one for one in ordered if one.start <= moment.on] or ordered[:1]
        recount = rates(valid[-1].network, register, valid[-1].rules, on=moment.on)
        expected = {key: row.equipped for key, row in recount.every.items() if row.equipped.whole}
        assert dict(moment.shares) == expected


@pytest.fixture(scope="module")
def make_parts() -> Any:
    """Return a register of two instruments, and makers of points and networks."""
    from tanheng.metrology.instruments.certificate import Certificate, CertificateKind, Result
    from tanheng.metrology.instruments.model import Installation, Instrument, Register, Spell, UseState
    from tanheng.metrology.network.model import Method, Network, Point, Role, SourceStream

    def words(text: str) -> dict[str, str]:
        return {"zh": text, "en": text}

    def point(code: str, *, energy: str) -> Point:
        return Point(
            code=code,
            title=words(code),
            place="",
            stream="coal",
            parameter="solid_fuel_fired",
            method=Method.CALCULATED,
            role=Role.ACTIVITY,
            level=Level.SYSTEM,
            energy=energy,
        )

    def network(*points: Point) -> Network:
        stream = SourceStream(code="coal", title=words("coal"), kind="combustion")
        return Network(nodes=(), edges=(), points=points, streams=(stream,))

    begun = DAY("2024-01-01")
    register = Register(
        instruments=tuple(
            Instrument(code=code, title=words(code), kind="belt_scale", states=(Spell(start=begun, state=UseState.IN_SERVICE),))
            for code in ("I0", "I1")
        ),
        chains=(),
        installations=tuple(Installation(instrument=f"I{index}", point=f"P{index}", start=begun) for index in range(2)),
        certificates=tuple(
            Certificate(
                instrument=code,
                number=code,
                kind=CertificateKind.VERIFICATION,
                issuer="institute",
                issued_on=begun,
                valid_to=DAY(last),
                result=Result.QUALIFIED,
                accuracy_class=stated,
                confirmed_on=begun,
                fit=True,
            )
            for code, last, stated in (("I0", "2026-06-30", "0.5"), ("I1", "2027-06-30", "2.0"))
        ),
    )
    return register, point, network
