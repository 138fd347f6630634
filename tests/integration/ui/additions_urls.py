"""Addresses of a trial ledger with everything that an app may add; its records are the platform's own permits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from tanheng.core.errors import InputError
from tanheng.platform.plant import selectors, services
from tanheng.platform.plant.models import Line, Permit, Site
from tanheng.platform.plant.schemas import permit_1
from tanheng.platform.record.models import Version
from tanheng.platform.record.sniffing import JPEG, PDF, PNG
from tanheng.platform.ui.additions import ActionPage
from tanheng.platform.ui.addresses import ledger_urls
from tanheng.platform.ui.filters import LedgerFilter
from tanheng.platform.ui.forms import LedgerForm
from tanheng.platform.ui.ledger import Action, Labels, LedgerPages, ListFile, ListLink, Tab
from tanheng.platform.ui.listing import LedgerPage
from tanheng.platform.ui.references import Reference
from tanheng.platform.ui.resources import LedgerResource
from tanheng.platform.ui.tables import FileColumn, HeadColumn, LedgerTable, ReferenceColumn
from tanheng.platform.urls import urlpatterns as platform


class TrialForm(LedgerForm):
    """Permits whose authority is a site, by its subject, and whose remark is a file."""

    model = Permit
    content_type = permit_1.Permit
    labels: ClassVar[Mapping[str, Labels]] = {"kind": {kind.value: kind.value for kind in permit_1.PermitKind}}
    references: ClassVar[Mapping[str, Reference]] = {
        "line": Reference(model=Line, pages="lines", by="code"),
        "authority": Reference(model=Site, pages="sites"),
    }
    attached: ClassVar[Mapping[str, frozenset[str]]] = {"remark": frozenset({PDF, PNG, JPEG})}


class TrialTable(LedgerTable):
    """Three columns, each of its kind."""

    number = HeadColumn()
    authority = ReferenceColumn()
    remark = FileColumn()

    class Meta(LedgerTable.Meta):
        """Columns."""

        model = Permit
        fields = ("number", "authority", "remark")


class TrialFilter(LedgerFilter):
    """Search in the number."""

    search_fields: ClassVar[tuple[str, ...]] = ("number",)


class TrialResource(LedgerResource):
    """A permit is found by its number."""

    form = TrialForm
    key = ("number",)


class Stamp(ActionPage):
    """An action that only speaks."""

    heading = "Stamp"
    explanation = "Says what was typed."

    class form(forms.Form):  # noqa: N801  # an attribute of the page
        """One word."""

        word = forms.CharField()

    def act(self, record: Version, given: Mapping[str, Any]) -> str:  # Any: cleaned data
        if given["word"] == "bad":
            raise InputError("platform.record.reason", field="word", type="permit")
        return f"stamped {record.version} {given['word']}"


def numbers(page: LedgerPage, rows: list[Version]) -> bytes:
    """Return the numbers of the permits, with the plant's code."""
    return ",".join([page.plant.code, *(str(getattr(row, "number", "")) for row in rows)]).encode()


TRIAL = LedgerPages(
    name="trial",
    title="Trial",
    noun="trial",
    model=Permit,
    table=TrialTable,
    filters=TrialFilter,
    form=TrialForm,
    resource=TrialResource,
    reads=selectors,
    writes=services,
    read="plant.read",
    write="plant.write",
    headline="number",
    tabs=(Tab(name="secret", title="Secret", context=lambda _page, _record: {}, permission="accounts.manage"),),
    actions=(
        Action(name="stamp", title="Stamp", page=Stamp),
        Action(name="never", title="Never", page=Stamp, offered=lambda _: False),
    ),
    files=(
        ListFile(name="numbers.txt", title="Numbers", media="text/plain", make=numbers),
        ListFile(name="closed.txt", title="Closed", media="text/plain", make=numbers, permission="accounts.manage"),
    ),
    more=(ListLink(title="Evidence log of all", route="evidence-log"),),
)

urlpatterns = [*platform, ledger_urls(TRIAL)]
