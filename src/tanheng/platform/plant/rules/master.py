"""What master data must satisfy: enterprise, sites, permits, lines."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

from tanheng.core.errors import InputError
from tanheng.platform.plant.rules.fields import code_fault, lengths, outside, present, within
from tanheng.platform.plant.schemas.enterprise_1 import Enterprise
from tanheng.platform.plant.schemas.line_1 import ClinkerKind, Line
from tanheng.platform.plant.schemas.permit_1 import Permit
from tanheng.platform.plant.schemas.site_1 import Site

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def credit_code_check(code: str) -> str | None:
    """Return the check character that the first 17 characters of a unified social credit code ask for, None for bad ones.

    Notes
    -----
    GB 32100-2015: C₁₈ = 31 − mod(Σ Cᵢ·Wᵢ, 31), Wᵢ = mod(3^(i−1), 31), where 31 stands for 0.
    """
    if len(code) < 17 or any(character not in _ALPHABET for character in code[:17]):
        return None
    total = sum(_ALPHABET.index(character) * weight for character, weight in zip(code[:17], _WEIGHTS, strict=True))
    return _ALPHABET[(31 - total % 31) % 31]


def check_enterprise(content: Enterprise, *, today: datetime.date) -> list[InputError]:
    """Return the faults of an enterprise's data."""
    faults = [*present(content, "name_zh", 200)]
    code = content.credit_code
    if len(code) != 18 or credit_code_check(code) != code[-1]:
        faults.append(InputError("platform.plant.credit_code", field="credit_code", value=code))
    if not re.fullmatch(r"\d{6}", content.region):
        faults.append(InputError("platform.plant.region", field="region", value=content.region))
    if not re.fullmatch(r"\d{2,4}", content.industry):
        faults.append(InputError("platform.plant.industry", field="industry", value=content.industry))
    if content.founded_on is not None and content.founded_on > today:
        faults.append(InputError("platform.plant.future", field="founded_on", value=content.founded_on))
    faults += lengths(content, name_en=200, address=300, group=200, legal_representative=100, carbon_manager=100)
    return faults + lengths(content, telephone=50, registry_account=50)


def check_site(content: Site) -> list[InputError]:
    """Return the faults of a site's data."""
    faults = [*present(content, "name_zh", 200), *code_fault(content.code)]
    faults += within("longitude", content.longitude, Decimal(-180), Decimal(180), "°", places=6)
    faults += within("latitude", content.latitude, Decimal(-90), Decimal(90), "°", places=6)
    return faults + lengths(content, name_en=200, address=300)


def check_permit(content: Permit, *, lines: frozenset[str], today: datetime.date) -> list[InputError]:
    """Return the faults of a permit's data; ``lines`` are the codes of the plant's lines."""
    faults = [*present(content, "number", 100), *present(content, "authority", 200)]
    if content.issued_on > today:
        faults.append(InputError("platform.plant.future", field="issued_on", value=content.issued_on))
    if content.expires_on is not None and content.expires_on < content.issued_on:
        faults.append(InputError("platform.plant.days", field="expires_on", value=content.expires_on, start=content.issued_on))
    if content.line and content.line not in lines:
        faults.append(InputError("platform.plant.no_line", field="line", value=content.line))
    return faults + lengths(content, remark=2000)


def check_line(content: Line, *, sites: frozenset[str], today: datetime.date) -> list[InputError]:
    """Return the faults of a production line's data; ``sites`` are the codes of the plant's sites."""
    faults = [*present(content, "name_zh", 200), *code_fault(content.code), *lengths(content, name_en=200)]
    if content.site and content.site not in sites:
        faults.append(InputError("platform.plant.no_site", field="site", value=content.site))
    makes_clinker = content.clinker is not ClinkerKind.NONE
    if makes_clinker and content.design_capacity is None:
        faults.append(InputError("platform.plant.capacity_missing", field="design_capacity"))
    if not makes_clinker and content.design_capacity is not None:
        faults.append(InputError("platform.plant.capacity_extra", field="design_capacity", value=content.design_capacity))
    faults += within("design_capacity", content.design_capacity, Decimal(100), Decimal(20000), "t/d", places=2)
    faults += within("kiln_diameter", content.kiln_diameter, Decimal(1), Decimal(10), "m", places=2)
    faults += within("kiln_length", content.kiln_length, Decimal(10), Decimal(200), "m", places=2)
    faults += within("waste_heat_power", content.waste_heat_power, Decimal(0), Decimal(100), "MW", places=3)
    if content.preheater_stages is not None and not 0 <= content.preheater_stages <= 7:
        faults.append(outside("preheater_stages", content.preheater_stages, 0, 7, ""))
    if content.commissioned_on is not None and content.commissioned_on > today:
        faults.append(InputError("platform.plant.future", field="commissioned_on", value=content.commissioned_on))
    return faults
