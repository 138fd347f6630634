"""The empty sheet to fill in, with the words that may stand in each column and one example."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tanheng.platform.record.sniffing import XLSX
from tanheng.platform.ui import sheets
from tanheng.platform.ui.listing import LedgerPage
from tanheng.platform.ui.sheets import Sheet


class TemplateFile(LedgerPage):
    """The empty sheet to fill in, with the words that may stand in each column and one example."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the workbook."""
        columns = self.ledger.resource.columns(self.ledger.form())
        heads = [f"{column.heading} *" if column.is_required else column.heading for column in columns]
        empty = Sheet(name=str(self.ledger.title), heads=heads, rows=[], words=[column.words for column in columns])
        explained = Sheet(
            name=_("Explanation"),
            heads=[_("Column"), _("Required"), _("Example"), _("May be")],
            rows=[
                [column.heading, _("yes") if column.is_required else _("no"), column.example, " / ".join(column.words)]
                for column in columns
            ],
        )
        schema = Sheet(name="tanheng", heads=["schema"], rows=[[str(getattr(self.ledger.model, "SCHEMA", ""))]])
        data = sheets.workbook([empty, explained, schema], created=self.plant.founded_at)
        answer = HttpResponse(data, content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="{self.ledger.name}-template.xlsx"'
        return answer
