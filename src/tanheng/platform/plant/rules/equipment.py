"""What equipment and fuel use must satisfy: outside the boundary only with a written reason and a document."""

from __future__ import annotations

from tanheng.core.errors import InputError
from tanheng.platform.plant import vocabulary
from tanheng.platform.plant.rules.fields import code_fault, lengths, present
from tanheng.platform.plant.schemas.clinker_boundary_1 import ClinkerBoundary
from tanheng.platform.plant.schemas.equipment_1 import Equipment

BOUGHT = ("electricity", "heat")
_FUELS = vocabulary.Rows(*vocabulary.FUELS)
_SYSTEMS = vocabulary.Rows(*vocabulary.SYSTEMS)


def check_equipment(
    content: Equipment, *, lines: frozenset[str], sites: frozenset[str], has_document: bool
) -> list[InputError]:
    """Return the faults of a piece of equipment; ``has_document`` tells whether the plant keeps the file that it names."""
    faults = [*code_fault(content.code), *present(content, "name_zh", 200), *present(content, "owner", 200)]
    faults += lengths(content, name_en=200, operator=200, payer=200, address=300, grounds=2000, remark=2000)
    if content.line and content.line not in lines:
        faults.append(InputError("platform.plant.no_line", field="line", value=content.line))
    if content.site and content.site not in sites:
        faults.append(InputError("platform.plant.no_site", field="site", value=content.site))
    if content.system and content.system not in _SYSTEMS:
        faults.append(InputError("platform.plant.no_row", field="system", value=content.system))
    if content.fuel and content.fuel not in _FUELS and content.fuel not in BOUGHT:
        faults.append(InputError("platform.plant.no_row", field="fuel", value=content.fuel))
    faults += _document(content.document, has_document=has_document)
    if not content.in_boundary:
        if not content.grounds.strip():
            faults.append(InputError("platform.plant.outside_grounds", field="grounds"))
        if not content.document:
            faults.append(InputError("platform.plant.outside_document", field="document"))
    return faults


def check_boundary(content: ClinkerBoundary, *, has_document: bool) -> list[InputError]:
    """Return the faults of the choice of a clinker boundary."""
    return [*present(content, "grounds", 2000), *_document(content.document, has_document=has_document)]


def _document(document: str, *, has_document: bool) -> list[InputError]:
    if document and not has_document:
        return [InputError("platform.plant.no_file", field="document", value=document[:12])]
    return []
