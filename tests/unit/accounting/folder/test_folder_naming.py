"""The row of a quantity in words of both languages, and the file of the template it stands in."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tanheng.accounting.account import account
from tanheng.accounting.entries import Ledger
from tanheng.accounting.folder.naming import row_words
from tanheng.accounting.plant import Clinker, Line, Place, Plant, Stream, StreamKind
from tanheng.core.errors import InputError
from tanheng.standards import load_pack

CLINKER = Clinker("portland", "portland", {"zh": "熟料甲", "en": "Clinker A"})
LINE = Line("1", {"zh": "1号线", "en": "Line 1"}, Decimal(5000), "", (CLINKER,))
COAL = Stream("coal", StreamKind.FUEL, "bituminous_coal", "line.1", Place.KILN, {"zh": "烟煤", "en": "Coal"}, "cement_kiln")
PLANT = Plant("works", {"zh": "厂", "en": "Works"}, "", "hubei", 2025, ("2025-01",), (LINE,), (COAL,), "cn.cets")


@pytest.mark.parametrize(
    ("quantity", "chinese", "english"),
    [
        (
            "line.1.fuel.coal.consumption",
            "1号线 | 化石燃料 | 烟煤 | 消耗量 | t → activity",
            "Line 1 | fuel | Coal | consumption | t → activity",
        ),
        (
            "site.clinker.portland.closing_stock",
            "全厂 | 熟料 | 熟料甲 | 期末盘存 | t → stocktakes",
            "site | clinker | Clinker A | closing stock | t → stocktakes",
        ),
        (
            "enterprise.electricity.purchased",
            "企业 | 电力 | - | 外购电量 | MWh → electricity_heat",
            "enterprise | electricity | - | electricity purchased | MWh → electricity_heat",
        ),
        (
            "line.9.alternative_fuel.tyres.consumption",
            "line.9 | 替代燃料 | tyres | 消耗量 | t → alternative_fuels",
            "line.9 | alternative_fuel | tyres | consumption | t → alternative_fuels",
        ),
    ],
)
def test_a_row_is_named_as_a_plant_would_write_it(quantity: str, chinese: str, english: str) -> None:
    assert row_words(PLANT, quantity) == {"zh": chinese, "en": english}


@pytest.mark.parametrize("name", ["clinker_output", "line.1.fuel.coal.colour", "cn.cets.fuel.coal.carbon_content", ""])
def test_what_stands_in_no_row_has_no_words(name: str) -> None:
    assert row_words(PLANT, name) is None


def test_a_missing_row_is_named_in_words_with_its_file() -> None:
    with pytest.raises(InputError) as raised:
        account(PLANT, Ledger.of([]), load_pack())
    missing = [fault for fault in raised.value.findings if fault.code == "accounting.quantity.missing"]
    chinese, english = ("\n".join(fault.text(lang) for fault in missing) for lang in ("zh", "en"))
    assert "1号线 | 化石燃料 | 烟煤 | 消耗量 | t → activity" in chinese
    assert "Line 1 | fuel | Coal | consumption | t → activity" in english
    assert "烟煤" not in english
