"""The numbers an account starts from: entries, parameters of the rule pack, constants, samples. Each is taken in once."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from tanheng.accounting.entries import Entry
from tanheng.accounting.graph import Absence, Argument, Operand
from tanheng.accounting.items import item_of
from tanheng.accounting.loops import Turn
from tanheng.accounting.planning.placeholders import fill
from tanheng.accounting.planning.plan import Account, canonical_unit
from tanheng.accounting.plant import Plant
from tanheng.accounting.rulebook import Constant, Param
from tanheng.core import identifiers
from tanheng.core.units import convert
from tanheng.standards import RulePack


class Leaves:
    """Takes leaves into ``account`` as they are asked for."""

    def __init__(
        self,
        account: Account,
        plant: Plant,
        entries: Mapping[str, Entry],
        samples: Mapping[tuple[str, str], tuple[str, ...]],
        pack: RulePack,
        known: datetime.date | None,
    ) -> None:
        self.account, self.plant, self.entries, self.pack, self.known = account, plant, entries, pack, known
        self._samples = samples
        self._ids = frozenset(pack.ids())
        self._values: dict[tuple[str, datetime.date, bool], str] = {}

    def entry(self, name: str, period: str) -> Operand:
        """Return the entry of a declared quantity; one that is not there or not yet known is a gap."""
        key = identifiers.at(name, period)
        account = self.account
        if key not in account.units:
            entry = self.entries.get(key)
            given = entry.unit if entry else self.unit_of(name)
            unit = canonical_unit(name, given)
            account.units[key] = unit
            if entry is not None:
                account.entries[key] = entry
            account.leaves[key] = (
                Absence.GAP if entry is None or entry.value is None else convert(entry.value, entry.unit, unit)
            )
        return Operand(key)

    def unit_of(self, name: str, *, mark: str = "@") -> str:
        """Return the unit a quantity is calculated in, by any of its entries, else by its item."""
        prefix = name + mark
        found = next((entry.unit for key, entry in self.entries.items() if key.startswith(prefix)), "")
        item = item_of(name)
        return canonical_unit(name, found) if found else (item.units[0] if item else "1")

    def parameter_id(self, parameter: Param, turn: Turn, period: str) -> str:
        """Return the id a parameter's template means, with words of the pack filled in."""
        bindings = {}
        for placeholder, template in parameter.words:
            name = fill(template, turn)
            bindings[placeholder] = (
                self.pack.word(name, on=self._day(period), known=self.known).word if name in self._ids else "?"
            )
        return fill(parameter.template, turn.with_(bindings, {}) if bindings else turn)

    def _day(self, period: str) -> datetime.date:
        return _day(period or self.plant.periods[-1])

    def parameter(self, name: str, period: str, *, latest: bool) -> Operand | None:
        """Return a value of the rule pack in force in a period; None for an id it does not have."""
        day = self._day(period)
        cached = self._values.get((name, day, latest))
        if cached is None:
            if name not in self._ids:
                return None
            choose = self.pack.latest if latest else self.pack.value
            value = choose(name, on=day, known=self.known)
            cached = f"{name}#{value.describes_from.isoformat()}"
            self._values[name, day, latest] = cached
            self.account.parameters[cached] = value
            self.account.units[cached] = value.unit
            self.account.leaves[cached] = value.value
        return Operand(cached)

    def constant(self, constant: Constant) -> Operand:
        """Return a constant that stands in the rule book."""
        key = f"constant.{constant.value}.{constant.unit}"
        self.account.constants[key] = constant
        self.account.units[key] = constant.unit
        self.account.leaves[key] = constant.value
        return Operand(key)

    def samples_of(self, quantity: str, period: str) -> Argument:
        """Return mass and value of each sample of a quantity in a period."""
        found = self._samples.get((quantity, period), ())
        rows = [
            (self.entry(f"{quantity}.sample_mass.{sample}", period), self.entry(f"{quantity}.sample.{sample}", period))
            for sample in found
        ]
        return tuple(rows)


def _day(period: str) -> datetime.date:
    return datetime.date(int(period[:4]), int(period[5:7] or 1) if len(period) > 4 else 1, 1)
