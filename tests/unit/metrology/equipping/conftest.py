"""Small plants for the counting rules: points with instruments that can be made good or bad one by one."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

import pytest

from tanheng.accounting.source_streams import Grade
from tanheng.metrology.equipping import Rules, rules
from tanheng.metrology.instruments.certificate import Certificate, CertificateKind, Result
from tanheng.metrology.instruments.model import Chain, Installation, Instrument, Register, Spell, UseState
from tanheng.metrology.network.model import Level, Method, Network, Point, Role, SourceStream
from tanheng.standards import load_pack

START = datetime.date(2024, 1, 1)
TODAY = datetime.date(2026, 6, 30)


class Make:
    """The makers of the parts of a small plant."""

    today = TODAY

    @staticmethod
    def words(text: str) -> dict[str, str]:
        return {"zh": text, "en": text}

    @classmethod
    def point(
        cls,
        code: str,
        *,
        parameter: str = "solid_fuel_fired",
        role: Role = Role.ACTIVITY,
        stream: str = "coal",
        level: Level = Level.SYSTEM,
        energy: str = "",
        required_class: str = "",
    ) -> Point:
        return Point(
            code=code,
            title=cls.words(code),
            place="",
            stream=stream,
            parameter=parameter,
            method=Method.CALCULATED,
            role=role,
            level=level,
            energy=energy,
            required_class=required_class,
        )

    @classmethod
    def network(cls, *points: Point, grade: Grade | None = Grade.MAJOR) -> Network:
        stream = SourceStream(code="coal", title=cls.words("coal"), kind="combustion", grade=grade)
        return Network(nodes=(), edges=(), points=points, streams=(stream,))

    @classmethod
    def instrument(
        cls,
        code: str,
        *,
        kind: str = "belt_scale",
        state: UseState = UseState.IN_SERVICE,
        portable: bool = False,
        start: datetime.date = START,
    ) -> Instrument:
        return Instrument(
            code=code, title=cls.words(code), kind=kind, portable=portable, states=(Spell(start=start, state=state),)
        )

    @staticmethod
    def certificate(
        item: str,
        *,
        issued_on: datetime.date = datetime.date(2025, 7, 1),
        valid_to: datetime.date | None = datetime.date(2027, 6, 30),
        accuracy_class: str = "0.5",
        result: Result = Result.QUALIFIED,
        confirmed: bool = True,
        number: str = "1",
    ) -> Certificate:
        return Certificate(
            instrument=item,
            number=number,
            kind=CertificateKind.VERIFICATION,
            issuer="institute",
            issued_on=issued_on,
            valid_to=valid_to,
            result=result,
            accuracy_class=accuracy_class,
            confirmed_on=issued_on if confirmed else None,
            fit=True if confirmed else None,
        )

    @classmethod
    def chain(cls, code: str, members: Mapping[str, str], *needed: str) -> Chain:
        return Chain(code=code, title=cls.words(code), members=tuple(members), needed=needed, roles=members)

    @staticmethod
    def register(
        *,
        instruments: Sequence[Instrument] = (),
        chains: Sequence[Chain] = (),
        at: Mapping[str, str] | None = None,
        certificates: Sequence[Certificate] = (),
    ) -> Register:
        """Return a register; ``at`` says which instrument or chain stands at which point since the start."""
        there = tuple(Installation(instrument=item, point=point, start=START) for point, item in (at or {}).items())
        return Register(
            instruments=tuple(instruments), chains=tuple(chains), installations=there, certificates=tuple(certificates)
        )


@pytest.fixture
def make() -> type[Make]:
    """Return the makers."""
    return Make


@pytest.fixture(scope="session")
def held() -> Rules:
    """Return the requirements of a key emitter by JJF 2309 and GB 17167-2006."""
    return rules(load_pack())
