"""The file of an import that has faults, handed back with the faults in it."""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.http import HttpRequest, HttpResponse

from tanheng.platform.record.actor import require
from tanheng.platform.record.sniffing import XLSX
from tanheng.platform.ui import mappings
from tanheng.platform.ui.import_pages import ImportPage
from tanheng.platform.ui.layouts import adapted
from tanheng.platform.ui.marked import marked


class FaultFile(ImportPage):
    """The marked workbook."""

    http_method_names = ("get", "head", "options")

    def get(self, request: HttpRequest, uid: uuid.UUID) -> HttpResponse:  # type: ignore[override]  # the file
        """Return the workbook; it is checked anew, since the ledger may have changed."""
        require(self.actor, self.ledger.write, self.plant.pk)
        kept = self.kept(str(uid))
        grids = self.grids_of(kept)
        mapping = mappings.one(self.plant, self.ledger.name, request.GET.get("mapping", ""))
        checked = self.run(kept, request.GET.get("reason", ""), mapping, month=request.GET.get("month", ""), keep=False)
        layout, faults = checked.layout, checked.outcome.faults
        if layout is None:  # our own sheet is the first, and its rows bear no name
            grids, heads = [replace(grids[0], name="")], {"": 1}
        else:
            heads = {grid.name: own.last for grid in grids if (own := adapted(layout, grid)) is not None}
        answer = HttpResponse(marked(grids, faults, heads, created=kept.at), content_type=XLSX)
        answer["Content-Disposition"] = f'attachment; filename="{self.ledger.name}-faults.xlsx"'
        return answer
