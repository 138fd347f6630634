"""The words that the rule pack gives the ledgers: fuels, materials, production systems, stages, parameters, energies.

What may stand in such a field is what the pack's tables have rows for; nothing is listed twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.functional import Promise, lazystr

from tanheng.accounting.boundaries import CLINKER, ENTERPRISE
from tanheng.platform.ui.language import language
from tanheng.standards import Text, load_pack

FUELS = ("cn.cets.fuel", "cn.gbt32151.alternative_fuel")
MATERIALS = ("cn.cets.clinker", "cn.cets.deduction")
SYSTEMS = (ENTERPRISE,)
STAGES = (f"{CLINKER}.cooler", f"{CLINKER}.silo")
PARAMETERS = ("cn.metering.parameter",)
STACK_PARAMETERS = ("cn.metering.cems",)
ENERGIES = ("cn.metering.energy_rate",)


class Said:
    """A text of the pack, in the language of the page."""

    def __init__(self, text: Text) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text[language()]


class Rows(Mapping[str, "Promise | str"]):
    """The rows of some tables of the rule pack, with their titles; read when somebody first asks.

    Parameters
    ----------
    tables : str
        Ids; a row that two tables have is there once.
    more : mapping
        Words beside those of the tables.
    """

    def __init__(self, *tables: str, more: Mapping[str, Promise | str] | None = None) -> None:
        self._tables = tables
        self._more = more or {}
        self._found: dict[str, Promise | str] | None = None

    def _rows(self) -> dict[str, Promise | str]:
        if self._found is None:
            pack = load_pack()
            rows = {row: lazystr(Said(text)) for table in self._tables for row, text in pack.table(table).rows.items()}
            self._found = {**rows, **self._more}
        return self._found

    def __getitem__(self, row: str) -> Promise | str:
        return self._rows()[row]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows())

    def __len__(self) -> int:
        return len(self._rows())
