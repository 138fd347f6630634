"""Chinese columns in the order of a dictionary, the same on every page, in the files and after an upgrade."""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanheng.platform.accounts.models import User
from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.configuration import Login
from tanheng.platform.database.schema import migrate
from tanheng.platform.database.scope import scope
from tanheng.platform.plant import services
from tanheng.platform.plant.models import Line, Permit, Site
from tanheng.platform.plant.schemas.site_1 import Site as Content
from tanheng.platform.plant.schemas.site_1 import SiteKind
from tanheng.platform.record import sorting, tenants
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import Plant, SortKey
from tanheng.platform.testing import superuser, using

SYSTEM = Actor.system("t")

# In the order of 现代汉语词典 (letters before signs; syllable, then tone): ān, běi, chóng, guǎng, hú, Húběi before Húnán by the
# second sign, lǔ before lǜ, xī before xiàn, zhòng. 重 is read as in its word; 鑫 and 淼 are outside GB 2312's first level.
FIRST = ("12号窑", "A区", "b区", "安徽", "北京", "重庆", "广东", "湖北", "湖南")
NAMES = (*FIRST, "鲁山", "绿地", "淼水", "西安", "县城", "鑫源", "重量")


def site(code: str, name: str) -> Content:
    return Content(
        code=code, name_zh=name, name_en="", kind=SiteKind.OTHER, address="", longitude=None, latitude=None, in_boundary=True
    )


def enter(plant: Plant, names: tuple[str, ...]) -> None:
    with scope([plant.pk]):
        services.save_many(Site, [site(f"s{at}", name) for at, name in enumerate(names)], plant=plant, actor=SYSTEM)


@pytest.fixture
def founded(database: str) -> Plant:
    with scope([]):
        return tenants.found(actor=SYSTEM, code=f"order-{uuid.uuid4().hex[:8]}", name_zh="厂")


@pytest.fixture
def reader(founded: Plant, person: Callable[..., User]) -> Client:
    client = Client()
    client.force_login(
        person(f"reader-{founded.code}", Role.AUDITOR, at=founded), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def listed(client: Client, query: str) -> list[str]:
    """Return the codes on a page of the list."""
    answer = client.get(f"/sites/?{query}")
    assert answer.status_code == 200
    return re.findall(r'<a href="/sites/[0-9a-f-]{36}/[^"]*">([^<]+)</a>', answer.content.decode())


def test_names_stand_in_the_order_of_a_dictionary(founded: Plant, reader: Client) -> None:
    mixed = tuple(sorted(NAMES, key=lambda name: name[::-1]))
    enter(founded, mixed)
    assert [mixed[int(code[1:])] for code in listed(reader, "sort=name_zh")] == list(NAMES)
    assert [mixed[int(code[1:])] for code in listed(reader, "sort=-name_zh")] == list(reversed(NAMES))


def test_pages_and_files_have_one_order_also_of_equal_names(founded: Plant, reader: Client) -> None:
    enter(founded, ("湖北厂区",) * 40 + ("安徽厂区",) * 40)
    pages = [code for page in (1, 2, 3, 4) for code in listed(reader, f"sort=name_zh&page={page}")]
    assert sorted(pages) == sorted(f"s{number}" for number in range(80))
    assert {int(code[1:]) >= 40 for code in pages[:40]} == {True}
    file = reader.get("/sites/export.csv?sort=name_zh").content.decode("utf-8-sig")
    assert [line[0] for line in list(csv.reader(io.StringIO(file)))[1:]] == pages


def test_records_of_before_an_upgrade_are_put_in_order_by_it(fresh_database: str) -> None:
    with scope([]):
        plant = tenants.found(actor=SYSTEM, code="older", name_zh="厂")
    enter(plant, ("重庆", "安徽", "plain"))
    with superuser(fresh_database) as owner:
        owner.execute("DELETE FROM record_sort_key")
    with using(Login.OWNER, fresh_database):
        migrate()
    with scope([plant.pk]):
        assert sorted(SortKey.objects.values_list("text", flat=True)) == ["安徽", "重庆"]
        assert [row.name_zh for row in sorting.ordered(Site.objects.all(), ["name_zh"])] == ["plain", "安徽", "重庆"]


def test_keys_are_seen_by_their_plant_alone(founded: Plant, database: str) -> None:
    enter(founded, ("某某机密厂区",))
    with scope([]):
        other = tenants.found(actor=SYSTEM, code=f"order-{uuid.uuid4().hex[:8]}", name_zh="厂")
    with scope([other.pk]):
        assert not SortKey.objects.filter(text="某某机密厂区").exists()
    with scope([founded.pk]):
        assert SortKey.objects.filter(text="某某机密厂区").exists()


def test_keys_are_found_by_their_index(founded: Plant) -> None:
    """Names of ten thousand rows; the plan names the index for each."""
    with scope([founded.pk]), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO record_sort_key (plant_id, text, key)"
            " SELECT %s, '名' || number, '~ming2名' || number FROM generate_series(1, 10000) number",
            [founded.pk],
        )
        cursor.execute("SELECT refresh_statistics('record_sort_key')")
        rows = sorting.ordered(Site.objects.filter(plant=founded).latest_versions(), ["name_zh"])
        assert "record_sort_key_once" in rows.explain()


def test_codes_and_words_of_a_list_need_no_key() -> None:
    assert sorting.columns(Site) == ("name_zh", "name_en", "address")
    assert "code" not in sorting.columns(Line)
    assert "kind" not in sorting.columns(Permit)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_every_text_has_a_key_and_only_its_beginning_counts(text: str) -> None:
    assert sorting.key_of(text) == sorting.key_of(text[:60])
    assert text[:60].isascii() or sorting.key_of(text) != "" or not text.strip()


def test_a_sign_without_a_reading_stands_behind_those_that_have_one() -> None:
    assert sorting.key_of("做") < sorting.key_of("𠮷")
    assert sorting.key_of("Z") < sorting.key_of("阿")
