"""The metering network with its instruments: what stands where, what is missing, the orphan and its cure, editions."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from tanheng.metrology.instruments.certificate import CertificateKind, Result
from tanheng.platform.accounts.roles import Role as Post
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.instruments import models
from tanheng.platform.instruments import services as keeping
from tanheng.platform.instruments.schemas.certificate_1 import Certificate
from tanheng.platform.instruments.schemas.confirmation_1 import Confirmation, Verdict
from tanheng.platform.instruments.schemas.installation_1 import Installation
from tanheng.platform.instruments.schemas.instrument_1 import Instrument, Traceability
from tanheng.platform.plant import template
from tanheng.platform.plant.models import Edition
from tanheng.platform.plant.schemas.edition_1 import EditionKind, Heading
from tanheng.platform.plant.services import building
from tanheng.platform.plant.services import editions as freezing
from tanheng.platform.record.actor import Actor

SYSTEM = Actor.system("tests")
REVIEWER = Actor.system("tests/reviewer")
POINT = "P-1-fuel-fired"
TAKEN_OVER = datetime.date(2024, 1, 1)


class Bench:
    """Writes instruments of the desk's plant."""

    def __init__(self, desk: Any) -> None:
        self.plant = desk.plant

    def save(self, model: Any, content: Any, actor: Actor = SYSTEM) -> Any:
        with scope(all_plants()):
            return keeping.save(model, content, plant=self.plant, actor=actor)

    def scale(self, code: str) -> None:
        blank = "name_en model used_class range_unit serial_reason place purpose person frequency medium remark"
        none = "range_low range_high made_on cycle_months interval_months temperature_low temperature_high humidity"
        said: dict[str, Any] = dict.fromkeys(blank.split(), "") | dict.fromkeys(none.split())
        said |= {"code": code, "name_zh": f"{code}皮带秤", "kind": "belt_scale", "nominal_class": "0.5", "maker": "某厂"}
        said |= {"serial": f"S-{code}", "traceability": Traceability.VERIFICATION, "mandatory": False, "collecting": None}
        said |= {"smart": False, "portable": False, "dust": None, "vibration": None, "taken_over_on": TAKEN_OVER}
        self.save(models.Instrument, Instrument(**said))

    def install(self, code: str, point: str = POINT) -> None:
        said: dict[str, Any] = dict.fromkeys(
            ["chain", "started_at", "ended_at", "reading_unit", "shared_reason", "beside_reason", "why"], ""
        )
        said |= {"ended_on": None, "opening_reading": None, "closing_reading": None}
        self.save(models.Installation, Installation(**said, instrument=code, point=point, started_on=TAKEN_OVER))

    def certify(self, code: str, *, issued: str, to: str) -> None:
        said: dict[str, Any] = dict.fromkeys(["chain", "uncertainty_unit", "range_unit", "file", "remark"], "")
        said |= dict.fromkeys(["uncertainty", "coverage_factor", "range_low", "range_high"])
        content = Certificate(
            **said,
            number=f"A-{code}-{issued}",
            issuer="某省计量院",
            kind=CertificateKind.VERIFICATION,
            instrument=code,
            issued_on=datetime.date.fromisoformat(issued),
            expires_on=datetime.date.fromisoformat(to),
            result=Result.QUALIFIED,
            accuracy_class="0.5",
            regulation="JJG 195-2019",
        )
        row = self.save(models.Certificate, content)
        confirmed = Confirmation(
            certificate=str(row.subject),
            confirmed_on=datetime.date.fromisoformat(issued),
            verdict=Verdict.FIT,
            required_class="0.5",
            required_mpe=None,
            found_error=None,
            mpe_unit="",
            remark="",
        )
        self.save(models.Confirmation, confirmed, REVIEWER)


@pytest.fixture
def bench(desk: Any) -> Bench:
    """Return the bench of a plant with one line and its standard network."""
    desk.line("1")
    with scope(all_plants()):
        building.build(desk.plant, actor=SYSTEM, lines=["1"], options=template.Options(cems=True))
    return Bench(desk)


def row_of(text: str, point: str) -> str:
    return text.partition(f">{point}</a></td>")[2].partition("</tr>")[0]


def test_a_plant_without_points_is_told_where_to_begin(desk: Any, login: Callable[..., Any]) -> None:
    assert "There is no metering point yet" in login(Post.VERIFIER).get("/metering-network/").content.decode()


def test_points_without_instruments_are_drawn_as_missing(bench: Bench, login: Callable[..., Any]) -> None:
    text = login(Post.VERIFIER).get("/metering-network/").content.decode()
    assert f'data-code="{POINT}" data-state="missing"' in text
    assert "not equipped" in row_of(text, POINT)


def test_an_orphan_is_a_finding_and_its_installation_cures_it(bench: Bench, login: Callable[..., Any]) -> None:
    bench.scale("BS-1")
    client = login(Post.VERIFIER)
    before = client.get("/metering-network/").content.decode()
    assert "stands at no point" in before.partition('id="findings"')[2]
    bench.install("BS-1")
    after = client.get("/metering-network/").content.decode()
    assert "stands at no point" not in after
    with scope(all_plants()):
        subject = models.Instrument.objects.get(plant=bench.plant, code="BS-1").subject
    assert f'href="/instruments/{subject}/">BS-1</a>' in row_of(after, POINT)


def test_valid_and_overdue_certificates_mark_the_point(bench: Bench, login: Callable[..., Any]) -> None:
    client = login(Post.VERIFIER)
    bench.scale("BS-1")
    bench.install("BS-1")
    assert "no certificate" in row_of(client.get("/metering-network/").content.decode(), POINT)
    bench.certify("BS-1", issued="2024-01-10", to="2025-01-09")
    overdue = client.get("/metering-network/").content.decode()
    assert f'data-code="{POINT}" data-state="invalid"' in overdue
    assert "overdue" in row_of(overdue, POINT)
    bench.certify("BS-1", issued="2026-01-10", to="2099-01-09")
    valid = client.get("/metering-network/").content.decode()
    assert f'data-code="{POINT}" data-state="valid"' in valid


def test_a_part_of_the_network_is_chosen_by_its_energy(bench: Bench, login: Callable[..., Any]) -> None:
    text = login(Post.VERIFIER).get("/metering-network/?part=electricity").content.decode()
    assert 'data-code="P-power-in"' in text
    assert f'data-code="{POINT}"' not in text
    assert row_of(text, POINT) == ""


def test_a_line_shows_its_points_and_what_lines_share(bench: Bench, desk: Any, login: Callable[..., Any]) -> None:
    desk.line("2")
    with scope(all_plants()):
        building.build(desk.plant, actor=SYSTEM, lines=["2"], options=template.Options())
    text = login(Post.VERIFIER).get("/metering-network/?line=2").content.decode()
    assert row_of(text, "P-2-fuel-fired") != ""
    assert row_of(text, "P-power-in") != ""
    assert row_of(text, POINT) == ""


def test_an_edition_is_drawn_with_the_instruments_of_its_day(bench: Bench, login: Callable[..., Any], desk: Any) -> None:
    bench.scale("BS-1")
    bench.install("BS-1")
    bench.certify("BS-1", issued="2024-01-10", to="2025-01-09")
    said = Heading(
        kind=EditionKind.DESIGNED,
        title="first design",
        drawn_on=datetime.date(2024, 6, 1),
        walked_on=None,
        persons="",
        remark="",
    )
    with scope(all_plants()):
        row = freezing.save(Edition, said, plant=desk.plant, actor=SYSTEM)
    client = login(Post.VERIFIER)
    text = client.get(f"/metering-network/?edition={row.subject}").content.decode()
    assert f'data-code="{POINT}" data-state="valid"' in text
    assert "first design" in text
    assert client.get("/metering-network/?edition=nothing").status_code == 404


@pytest.mark.parametrize("query", ["", "?part=electricity"])
def test_the_network_is_printed_the_same_each_time(bench: Bench, login: Callable[..., Any], query: str) -> None:
    client = login(Post.VERIFIER)
    first, second = (client.get(f"/metering-network.pdf{query}") for _ in range(2))
    assert first.content[:5] == b"%PDF-"
    assert first.content == second.content
