"""A ledger from one description: what its columns, filters and sheet become, and what it leaves as it was given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import django_tables2
import pytest
from django.utils.translation import override

from tanheng.platform.plant import selectors, services
from tanheng.platform.plant.models import Line, Permit, Site
from tanheng.platform.plant.schemas import line_1, permit_1, site_1
from tanheng.platform.record.sniffing import PDF
from tanheng.platform.ui.described import LedgersOf, in_the_api
from tanheng.platform.ui.filters import LedgerFilter
from tanheng.platform.ui.forms import LedgerForm
from tanheng.platform.ui.ledger import Labels, LedgerPages
from tanheng.platform.ui.references import Reference
from tanheng.platform.ui.resources import LedgerResource
from tanheng.platform.ui.tables import LedgerTable

OF_PLANT = LedgersOf(reads=selectors, writes=services, read="plant.read", write="plant.write")


class LineForm(LedgerForm):
    """A line whose remark of an English name is a file."""

    model = Line
    content_type = line_1.Line
    labels: ClassVar[Mapping[str, Labels]] = {"clinker": {"portland": "硅酸盐水泥熟料", "none": "无熟料"}}
    references: ClassVar[Mapping[str, Reference]] = {"site": Reference(model=Site, pages="sites", by="code")}
    attached: ClassVar[Mapping[str, frozenset[str]]] = {"name_en": frozenset({PDF})}


class PermitForm(LedgerForm):
    """A permit."""

    model = Permit
    content_type = permit_1.Permit


class SiteForm(LedgerForm):
    """A site."""

    model = Site
    content_type = site_1.Site


def lines(**more: Any) -> LedgerPages:
    return OF_PLANT.ledger(LineForm, name="lines", title="Lines", noun="line", **more)


def columns(ledger: LedgerPages) -> dict[str, str]:
    return {name: type(column).__name__ for name, column in ledger.table.base_columns.items()}


def shown(ledger: LedgerPages) -> list[str]:
    table: Any = ledger.table([])
    return list(table.columns.names())


def test_a_column_looks_as_its_field_asks() -> None:
    found = columns(lines())
    assert {name: found[name] for name in line_1.Line.__dataclass_fields__} == {
        "code": "HeadColumn",
        "name_zh": "Column",
        "name_en": "FileColumn",
        "site": "ReferenceColumn",
        "clinker": "ChoiceColumn",
        "design_capacity": "NumberColumn",
        "kiln_diameter": "NumberColumn",
        "kiln_length": "NumberColumn",
        "preheater_stages": "NumberColumn",
        "waste_heat_power": "NumberColumn",
        "alternative_fuels": "FlagColumn",
        "commissioned_on": "DayColumn",
    }


def test_columns_stand_in_the_order_given_and_the_version_behind_them() -> None:
    assert shown(lines(columns=("name_zh", "code"))) == ["name_zh", "code", "version", "known_from"]


def test_a_column_of_the_apps_own_stands_where_it_is_named() -> None:
    class Own(LedgerTable):
        age = django_tables2.Column(accessor="code", empty_values=())

    assert shown(lines(columns=("code", "age", "site"), table=Own))[:3] == ["code", "age", "site"]


def test_hidden_columns_are_those_named() -> None:
    assert lines(hidden=("site", "clinker")).table.hidden_at_first == {"site", "clinker"}


def test_a_list_is_narrowed_by_words_and_by_yes_and_no() -> None:
    ledger = lines(by=("clinker", "alternative_fuels"))
    form = ledger.filters({}, Line.objects.none()).form
    assert [value for value, _ in form.fields["clinker"].choices] == ["", "portland", "none"]
    assert [value for value, _ in form.fields["alternative_fuels"].widget.choices] == ["", "true", "false"]


@pytest.mark.parametrize(("language", "label"), [("en", "Clinker"), ("zh-hans", "熟料")])
def test_a_filter_is_called_as_the_field_in_the_language_of_the_page(language: str, label: str) -> None:
    ledger = lines(by=("clinker",))
    with override(language):
        assert str(ledger.filters.base_filters["clinker"].label) == label


def test_words_are_looked_for_in_the_headline_unless_said_otherwise() -> None:
    assert lines().filters.search_fields == ("code",)
    assert lines(search=("name_zh",)).filters.search_fields == ("name_zh",)


def test_a_row_is_found_by_the_headline_unless_said_otherwise() -> None:
    permits = OF_PLANT.ledger(PermitForm, name="p", title="P", noun="p", headline="number", key=("kind", "number"))
    assert (lines().resource.key, permits.resource.key) == (("code",), ("kind", "number"))
    assert OF_PLANT.ledger(SiteForm, name="s", title="S", noun="s", key=()).resource.key == ()


def test_classes_that_say_all_themselves_are_taken_as_they_stand() -> None:
    class Table(LedgerTable):
        class Meta(LedgerTable.Meta):
            model = Site
            fields = ("code",)

    class Filter(LedgerFilter):
        search_fields = ("address",)

    class Resource(LedgerResource):
        form = SiteForm
        key = ("name_zh",)

    ledger = OF_PLANT.ledger(SiteForm, name="s", title="S", noun="s", table=Table, filters=Filter, resource=Resource)
    assert (ledger.table, ledger.filters, ledger.resource) == (Table, Filter, Resource)


def test_permissions_and_services_are_those_of_the_app_unless_said_otherwise() -> None:
    own, other = lines(), lines(write="accounts.manage", writes=services.editions)
    assert (own.read, own.write, own.writes) == ("plant.read", "plant.write", services)
    assert (other.read, other.write, other.writes) == ("plant.read", "accounts.manage", services.editions)


def test_the_api_has_the_same_ledger() -> None:
    found = in_the_api(lines())
    assert (found.path, found.model, found.content, found.reads) == ("lines", Line, line_1.Line, selectors)
