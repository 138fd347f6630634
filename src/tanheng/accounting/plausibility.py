"""Notices: what a plant wrote that is allowed and yet hardly meant. Nothing is refused or changed by them.

Each rests on conservation, on the calendar or on what the plant says of itself; no limit is taken from elsewhere.
"""

from __future__ import annotations

import calendar
import datetime
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tanheng.accounting.entries import Entry, Ledger
from tanheng.accounting.inventory import Figure
from tanheng.accounting.items import bounds, item_of
from tanheng.accounting.plant import Plant
from tanheng.core import identifiers, messages
from tanheng.core.units import convert

_STOCKS = (("opening_stock", "closing_stock"), ("opening_in_transit", "closing_in_transit"))


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice: a stable code, and the quantity, month and values its words name."""

    code: str
    fields: Mapping[str, str]

    def text(self, language: str) -> str:
        """Return the notice in a language."""
        return messages.render(self.code, language, self.fields)


def notices(
    plant: Plant, ledger: Ledger, *, known: datetime.date | None = None, figures: Mapping[str, Figure] | None = None
) -> tuple[Notice, ...]:
    """Return the notices of a plant-year.

    Parameters
    ----------
    plant : Plant
    ledger : Ledger
    known : date, optional
        Judge what was known on this day; None for all that is known.
    figures : mapping of str to Figure, optional
        Figures of the account: the clinker of a line where it is not entered but follows from stocktakes.
    """
    table: dict[str, dict[str, Entry]] = {}
    for entry in ledger.known_at(known).values():
        table.setdefault(entry.quantity, {})[entry.period] = entry
    made = _clinker(plant, table, figures or {})
    kinds = (_stocks(plant, table), _days(table), _capacity(plant, table, made), _raw_meal(table, made), _fractions(table))
    return tuple(itertools.chain.from_iterable(kinds))


_Table = Mapping[str, Mapping[str, Entry]]
_Made = Mapping[tuple[str, str], Decimal]


def _stocks(plant: Plant, table: _Table) -> Iterator[Notice]:
    """Yield the stocks that begin a month with another amount than the month before ended with."""
    for quantity, closings in table.items():
        base, _, name = quantity.rpartition(".")
        opening = next((first for first, last in _STOCKS if last == name), None)
        if opening is None:
            continue
        openings = table.get(f"{base}.{opening}", {})
        for before, period in itertools.pairwise(plant.periods):
            last, first = closings.get(before), openings.get(period)
            ended, begun = _value(last, "t"), _value(first, "t")
            if last and first and ended is not None and begun is not None and ended != begun:
                more = {"before": before, "closing": _shown(ended), "other": str(last.cell)}
                yield _notice("stock", first, opening=_shown(begun), **more)


def _days(table: _Table) -> Iterator[Notice]:
    """Yield the operating times longer than their month."""
    for quantity, months in table.items():
        if quantity.endswith(".operation.days"):
            for period, entry in months.items():
                value = _value(entry, "d")
                if value is not None and value > _length(period):
                    yield _notice("days", entry, value=_shown(value), days=str(_length(period)))


def _capacity(plant: Plant, table: _Table, made: _Made) -> Iterator[Notice]:
    """Yield the months in which a line made more clinker than its design capacity on every calendar day."""
    for line in plant.lines:
        for period in plant.periods:
            amount, most = made[line.id, period], line.capacity * _length(period)
            if line.capacity > 0 and amount > most:
                names = [f"line.{line.id}.clinker.{clinker.id}.output" for clinker in line.clinkers]
                entry = next((table[name][period] for name in names if period in table.get(name, {})), None)
                title = {f"item_{language}": word for language, word in line.title.items()}
                yield Notice(
                    "accounting.notice.capacity",
                    {
                        **title,
                        "place": str(entry.cell) if entry else "plant.yaml",
                        "quantity": ", ".join(names),
                        "period": period,
                        "value": _shown(amount),
                        "most": _shown(most),
                        "capacity": _shown(line.capacity),
                        "days": str(_length(period)),
                    },
                )


def _raw_meal(table: _Table, made: _Made) -> Iterator[Notice]:
    """Yield the months with clinker in which the raw meal fed is blank or zero."""
    for (line, period), clinker in made.items():
        entry = table.get(f"line.{line}.raw_meal.fed", {}).get(period)
        if entry is not None and not entry.value and clinker > 0:
            yield _notice("raw_meal", entry, value="–" if entry.value is None else "0", clinker=_shown(clinker))


def _fractions(table: _Table) -> Iterator[Notice]:
    """Yield the rows in percent whose every value is below one and could be a fraction of its item."""
    rows: dict[str, list[Entry]] = {}
    for quantity, months in table.items():
        listed = [entry for entry in months.values() if entry.unit == "%" and entry.value is not None]
        rows.setdefault(quantity.partition(".sample.")[0], []).extend(listed)
    for quantity, entries in rows.items():
        item = item_of(quantity)
        values = [entry.value for entry in entries if entry.value is not None]
        if item is None or not values or not 0 < max(values) < 1:
            continue
        lowest, highest = bounds(item, "1")
        above = [value for value in values if value > 0]
        if (lowest is None or min(above) >= lowest) and (highest is None or max(values) <= highest):
            periods = sorted({entry.period for entry in entries})
            span = periods[0] if len(periods) == 1 else f"{periods[0]} … {periods[-1]}"
            size = _shown(min(values)) if min(values) == max(values) else f"{_shown(min(values))} … {_shown(max(values))}"
            yield _notice("percent", entries[0], value=size, span=span)


def _clinker(plant: Plant, table: _Table, figures: Mapping[str, Figure]) -> _Made:
    """Return what each line made in each period, in t: what was entered, else what was calculated; blanks add nothing."""
    made: dict[tuple[str, str], Decimal] = {}
    for line, period in itertools.product(plant.lines, plant.periods):
        made[line.id, period] = Decimal(0)
        for clinker in line.clinkers:
            name = f"line.{line.id}.clinker.{clinker.id}.output"
            value = _value(table.get(name, {}).get(period), "t")
            figure = figures.get(identifiers.at(name, period))
            if value is None and figure is not None and figure.value is not None:
                value = convert(figure.value, figure.unit, "t")
            made[line.id, period] += value or 0
    return made


def _notice(kind: str, entry: Entry, **fields: str) -> Notice:
    base = entry.quantity.partition(".sample.")[0]
    item = item_of(base)
    title = item.title if item else {"zh": base, "en": base}
    named = {"quantity": base, "item_zh": title["zh"], "item_en": title["en"], "place": str(entry.cell)}
    return Notice(f"accounting.notice.{kind}", {**named, "period": entry.period, **fields})


def _value(entry: Entry | None, unit: str) -> Decimal | None:
    return None if entry is None or entry.value is None else convert(entry.value, entry.unit, unit)


def _length(period: str) -> int:
    """Return the calendar days of a month or of a year."""
    year = int(period[:4])
    return calendar.monthrange(year, int(period[5:7]))[1] if len(period) > 4 else 365 + calendar.isleap(year)


def _shown(value: Decimal) -> str:
    return f"{value.normalize():f}"
