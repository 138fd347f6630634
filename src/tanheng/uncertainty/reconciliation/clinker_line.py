"""The balances of a clinker line, ready to use: raw meal, clinker and its stock, coal and its stock, carbon, stack.

::

    raw meal   kiln feed · (1 − dust return) · (1 − LOI) + coal · ash − clinker − bypass dust − kiln dust = 0
    clinker    clinker − to mills − sold − (stock at end − stock at beginning) = 0
    coal       received − fired − (stock at end − stock at beginning) = 0
    carbon     clinker · process factor + coal · NCV · factor · oxidation + organic carbon − CO2 calculated = 0
    stack      CO2 calculated · share through the metered stack − CO2 measured = 0

The crossings of the boundary are those of the Cement CO2 Protocol ("Mass balance of a kiln system"). Departure from its
plain form: the ash of the coal, which becomes clinker, is counted; with 25 % ash it is three to four percent of the clinker,
more than any scale's error. Mass flows are dry masses of one period.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tanheng.uncertainty.errors import BalanceError
from tanheng.uncertainty.reconciliation.balance import Balance


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream of a clinker line with its words and unit."""

    name: str
    zh: str
    en: str
    unit: str


STREAMS: tuple[Stream, ...] = (
    Stream("kiln_feed", "入窑生料", "kiln feed", "t"),
    Stream("dust_return", "回灰比例", "dust return", ""),
    Stream("loss_on_ignition", "生料烧失量", "loss on ignition of the raw meal", ""),
    Stream("clinker", "熟料产量", "clinker", "t"),
    Stream("bypass_dust", "旁路放风粉尘", "bypass dust", "t"),
    Stream("kiln_dust", "窑灰（CKD）", "cement kiln dust", "t"),
    Stream("clinker_to_mills", "入磨熟料", "clinker to the mills", "t"),
    Stream("clinker_sold", "外售熟料", "clinker sold", "t"),
    Stream("clinker_stock_begin", "期初熟料库存", "clinker stock at the beginning", "t"),
    Stream("clinker_stock_end", "期末熟料库存", "clinker stock at the end", "t"),
    Stream("coal_received", "进厂煤", "coal received", "t"),
    Stream("coal", "入窑煤", "coal fired", "t"),
    Stream("coal_stock_begin", "期初煤库存", "coal stock at the beginning", "t"),
    Stream("coal_stock_end", "期末煤库存", "coal stock at the end", "t"),
    Stream("coal_ash", "煤灰分", "ash of the coal", ""),
    Stream("coal_ncv", "煤低位发热量", "net calorific value of the coal", "GJ/t"),
    Stream("coal_factor", "煤排放因子", "emission factor of the coal", "tCO2/GJ"),
    Stream("oxidation", "碳氧化率", "oxidation factor", ""),
    Stream("process_factor", "熟料过程排放因子", "process emission factor of the clinker", "tCO2/t"),
    Stream("organic_co2", "生料有机碳排放", "CO2 from organic carbon of the raw meal", "tCO2"),
    Stream("co2_calculated", "核算法 CO2", "CO2 calculated", "tCO2"),
    Stream("stack_share", "经计量烟囱的比例", "share through the metered stack", ""),
    Stream("co2_measured", "CEMS CO2", "CO2 measured in the stack", "tCO2"),
)

_TEXT: dict[str, str] = {
    "raw_meal": "kiln_feed - kiln_feed*dust_return - kiln_feed*loss_on_ignition + kiln_feed*dust_return*loss_on_ignition"
    " + coal*coal_ash - clinker - bypass_dust - kiln_dust",
    "clinker_stock": "clinker - clinker_to_mills - clinker_sold - clinker_stock_end + clinker_stock_begin",
    "coal_stock": "coal_received - coal - coal_stock_end + coal_stock_begin",
    "carbon": "clinker*process_factor + coal*coal_ncv*coal_factor*oxidation + organic_co2 - co2_calculated",
    "stack": "co2_calculated*stack_share - co2_measured",
}

BALANCE_WORDS: dict[str, dict[str, str]] = {
    "raw_meal": {"zh": "生料—熟料平衡", "en": "raw meal balance", "unit": "t"},
    "clinker_stock": {"zh": "熟料与库存平衡", "en": "clinker and stock balance", "unit": "t"},
    "coal_stock": {"zh": "煤与库存平衡", "en": "coal and stock balance", "unit": "t"},
    "carbon": {"zh": "碳平衡", "en": "carbon balance", "unit": "tCO2"},
    "stack": {"zh": "烟囱平衡", "en": "stack balance", "unit": "tCO2"},
}


def clinker_line(*, line: str = "", only: Iterable[str] | None = None) -> tuple[Balance, ...]:
    """Return the balances of a clinker line.

    Parameters
    ----------
    line : str
        Put before each stream and balance with a dot, so that several lines stand side by side (``"line.1"``).
    only : iterable of str, optional
        Balances to take, of ``raw_meal, clinker_stock, coal_stock, carbon, stack``; all when left out.

    Raises
    ------
    BalanceError
        For an unknown balance.
    """
    chosen = list(_TEXT) if only is None else list(only)
    for name in chosen:
        if name not in _TEXT:
            raise BalanceError("uncertainty.balance.not_ready", name=name, known=", ".join(_TEXT))
    return tuple(_placed(Balance.parse(name, _TEXT[name]), f"{line}." if line else "") for name in chosen)


def _placed(balance: Balance, prefix: str) -> Balance:
    terms = {tuple(prefix + stream for stream in term): coefficient for term, coefficient in balance.terms.items()}
    return Balance(prefix + balance.name, terms, balance.constant)


def clinker_line_titles(line: str = "") -> dict[str, dict[str, str]]:
    """Return the words for streams and balances of a line, for :meth:`Reconciled.finding`."""
    prefix = f"{line}." if line else ""
    words = {prefix + stream.name: {"zh": stream.zh, "en": stream.en, "unit": stream.unit} for stream in STREAMS}
    words.update({prefix + name: dict(text) for name, text in BALANCE_WORDS.items()})
    return words
