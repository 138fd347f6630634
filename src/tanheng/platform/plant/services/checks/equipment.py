"""What equipment and the choice of a clinker boundary are checked against: lines, sites, and the files that the plant keeps."""

from __future__ import annotations

import re
from typing import Any

from tanheng.core.errors import InputError
from tanheng.platform.plant.models import ClinkerBoundary, Equipment, Line, Site
from tanheng.platform.plant.rules import equipment
from tanheng.platform.plant.selectors.master import codes
from tanheng.platform.record.checking import CheckAlone
from tanheng.platform.record.models import Attachment, Plant

_HASH = re.compile(r"[0-9a-f]{64}")


class EquipmentCheck(CheckAlone):
    """Equipment and fuel use."""

    lock = "plant"
    model = Equipment

    def __init__(self, plant: Plant) -> None:
        super().__init__(plant)
        self.lines = codes(Line, plant.pk)
        self.sites = codes(Site, plant.pk)

    def content(self, content: Any) -> list[InputError]:  # Any: as above
        """Return its faults."""
        has_document = _has_file(self.plant, content.document)
        return equipment.check_equipment(content, lines=self.lines, sites=self.sites, has_document=has_document)


class BoundaryCheck(CheckAlone):
    """One clinker boundary is in use; another is chosen by a correction, from a day on."""

    lock = "clinker_boundary"
    model = ClinkerBoundary
    key = ()

    def content(self, content: Any) -> list[InputError]:  # Any: as above
        """Return its faults."""
        return equipment.check_boundary(content, has_document=_has_file(self.plant, content.document))

    def taken(self, content: Any) -> InputError:  # noqa: ARG002  # Any: as above
        """Return that there is one already."""
        return InputError("platform.plant.one_boundary", field="definition")


def _has_file(plant: Plant, sha256: str) -> bool:
    return bool(_HASH.fullmatch(sha256)) and Attachment.objects.filter(plant=plant, sha256=sha256).exists()
