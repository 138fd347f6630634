"""The addresses of a ledger: one line of an app's ``urlpatterns``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path

from tanheng.platform.ui.detail import DetailPage, RetirePage
from tanheng.platform.ui.editing import CheckField, EditPage
from tanheng.platform.ui.fault_file import FaultFile
from tanheng.platform.ui.files import FilePage, FilesPage
from tanheng.platform.ui.import_pages import ImportPage
from tanheng.platform.ui.laying_out import MapPage
from tanheng.platform.ui.ledger import LedgerPages
from tanheng.platform.ui.listing import ExportFile, LedgerPage, ListFilePage, ListPage, SavedFilters
from tanheng.platform.ui.selection import SelectionPage
from tanheng.platform.ui.template_file import TemplateFile


def ledger_urls(ledger: LedgerPages) -> URLResolver:
    """Return the pages of a ledger, under its name."""

    def of(page: type[LedgerPage], route: str, name: str, **more: object) -> URLPattern:
        made: Any = type(
            f"{page.__name__}Of{ledger.name.title()}", (page,), {"ledger": ledger, "permission": ledger.read, **more}
        )  # Any: made here
        view: Callable[..., HttpResponseBase] = made.as_view()
        return path(route, view, name=name)

    pages = [
        of(ListPage, "", "list"),
        of(EditPage, "new/", "new"),
        of(CheckField, "new/check/", "check"),
        of(ImportPage, "import/", "import"),
        of(MapPage, "import/<uuid:uid>/", "map"),
        of(FaultFile, "import/<uuid:uid>/faults.xlsx", "faults"),
        of(TemplateFile, "template.xlsx", "template"),
        of(ExportFile, "export.xlsx", "xlsx", kind="xlsx"),
        of(ExportFile, "export.csv", "csv", kind="csv"),
        of(ListFilePage, "files/<str:file>", "list-file"),
        of(SavedFilters, "filters/", "filters"),
        of(SelectionPage, "selection/", "selection"),
        of(DetailPage, "<uuid:subject>/", "detail"),
        of(EditPage, "<uuid:subject>/edit/", "edit"),
        of(CheckField, "<uuid:subject>/edit/check/", "check-one"),
        of(RetirePage, "<uuid:subject>/retire/", "retire"),
        of(FilesPage, "<uuid:subject>/files/", "files"),
        of(FilePage, "<uuid:subject>/files/<uuid:uid>/", "file"),
        *(of(action.page, f"<uuid:subject>/{action.name}/", action.name) for action in ledger.actions),
    ]
    return path(f"{ledger.name}/", include((pages, "ledger"), namespace=ledger.name))
