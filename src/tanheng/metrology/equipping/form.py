"""The subtotals of the annual form 1-8-1《企业能源计量器具配备和管理情况表》: a line for each energy and level.

应配数量 is what is needed, 实配数量 where an instrument is installed; 配备率 counts those that are effective (without valid
traceability nothing counts), which is why their number stands beside it; 完好率 and 检定率 are shares of the installed ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tanheng.accounting.plant import Words
from tanheng.metrology.equipping.rates import Rates, energy_key
from tanheng.metrology.equipping.rules import LEVELS
from tanheng.metrology.network.model import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Subtotal:
    """One line of the form; ``key`` is the row of the energy. A rate is None where nothing is needed or installed."""

    key: str
    energy: Words
    level: Level
    needed: int
    installed: int
    counted: int
    equipped: Decimal | None
    fit: Decimal | None
    within: Decimal | None


def form_1_8_1(rates: Rates) -> tuple[Subtotal, ...]:
    """Return the subtotals by level, then by energy in the order of GB 17167; lines without a point are left out."""
    found = []
    for level in LEVELS:
        for energy, title in rates.rules.energies.items():
            row = rates.energy.get(energy_key(energy, level))
            if row is not None:
                found.append(
                    Subtotal(
                        key=energy,
                        energy=title,
                        level=level,
                        needed=row.equipped.whole,
                        installed=row.fit.whole,
                        counted=row.equipped.part,
                        equipped=row.equipped.percent,
                        fit=row.fit.percent,
                        within=row.within.percent,
                    )
                )
    return tuple(found)
