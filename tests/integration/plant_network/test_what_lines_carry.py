"""Lines and sites that other ledgers name: they keep their code and do not end, and the records that name them are told."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from typing import Any

import pytest

from tanheng.core.errors import InputError
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.plant.models import Line, Permit, Site
from tanheng.platform.plant.schemas import permit_1, site_1
from tanheng.platform.record import schema
from tanheng.platform.record.models import Version

PERMIT = permit_1.Permit(
    kind=permit_1.PermitKind.PRODUCTION,
    number="XK08-001-01234",
    authority="某省市场监督管理局",
    issued_on=datetime.date(2025, 3, 1),
    expires_on=None,
    line="1",
    remark="",
)
SITE = site_1.Site(
    code="A",
    name_zh="熟料厂区",
    name_en="",
    kind=site_1.SiteKind.CLINKER,
    address="",
    longitude=None,
    latitude=None,
    in_boundary=True,
)


def said(row: Version, **changed: str) -> Any:  # Any: the content of the row's ledger
    content: Any = schema.decode(bytes(row.payload)).content  # Any: as above
    return dataclasses.replace(content, **changed)


def correct(desk: Any, row: Version, **changed: str) -> Any:
    return desk.save(type(row), said(row, **changed), subject=row.subject, seen=row.version, reason="renamed")


NAMING: dict[str, Callable[[Any], Any]] = {
    "XK08-001-01234": lambda desk: desk.save(Permit, PERMIT),
    "coal": lambda desk: desk.stream("coal", line="1"),
    "kiln": lambda desk: desk.node("kiln", line="1"),
}


@pytest.mark.parametrize("user", NAMING)
def test_a_line_that_another_record_names_cannot_be_retired(desk: Any, user: str) -> None:
    line = desk.line("1")
    NAMING[user](desk)
    with pytest.raises(InputError) as error:
        desk.retire(line)
    assert (error.value.code, error.value.fields["users"]) == ("platform.plant.used", user)


@pytest.mark.parametrize("user", NAMING)
def test_a_line_that_another_record_names_keeps_its_code(desk: Any, made: Any, user: str) -> None:
    line = desk.line("1")
    NAMING[user](desk)
    with pytest.raises(InputError) as error:
        correct(desk, line, code="2")
    assert made.faults(error.value) == [("platform.plant.code_used", "code")]
    assert correct(desk, line, name_zh="一线").version == 2


def test_a_line_is_free_once_what_named_it_is_retired_or_names_another(desk: Any) -> None:
    line, node, stream = desk.line("1"), desk.node("kiln", line="1"), desk.stream("coal", line="1")
    desk.retire(node)
    correct(desk, stream, line="")
    assert correct(desk, line, code="2").code == "2"


def test_a_site_with_a_line_stays_and_one_without_goes(desk: Any) -> None:
    site = desk.save(Site, SITE)
    line = correct(desk, desk.line("1"), site="A")
    with pytest.raises(InputError, match="“A” is used by 1"):
        desk.retire(site)
    correct(desk, line, site="")
    assert desk.retire(site).retired


def test_the_lines_of_another_plant_hold_nothing(desk: Any, elsewhere: Any) -> None:
    line = desk.line("1")
    elsewhere.line("1")
    elsewhere.node("kiln", line="1")
    assert desk.retire(line).retired
    with scope(all_plants()):
        assert Line.objects.filter(plant=elsewhere.plant).latest_versions().count() == 1
