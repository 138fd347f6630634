"""The requirements of an equipping rate, read from the rule pack: rates, classes, energy levels, rules of counting.

Nothing is filled in: a cell that the pack leaves blank is no requirement, and an edition of GB 17167 whose tables are not
held gives energy rows without a required rate, which the result says.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tanheng.accounting.plant import Words
from tanheng.core.units import convert
from tanheng.metrology.errors import EquippingError
from tanheng.metrology.network.model import Level
from tanheng.metrology.requirement import Basis, basis_of
from tanheng.standards import Dated, ParameterValue, RulePack

RULE_SETS = ("jjf2309", "db50t")
EDITIONS = ("2006", "2025")
ENERGY_DOCUMENT = "gb-17167-"
"""Beginning of the id of an edition's document."""

LEVELS: Mapping[Level, str] = {Level.ENTRY: "entry", Level.SYSTEM: "system", Level.EQUIPMENT: "equipment"}
"""The levels of GB 17167 that have a rate, and their columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Required:
    """A required rate in percent with what it rests on."""

    percent: Decimal
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Everything that counting needs to know.

    Attributes
    ----------
    rule_set : str
        ``jjf2309`` or ``db50t``: whose limits class the streams and whose threshold holds for fugitive emission.
    edition : str
        Year of GB 17167.
    key_unit : bool
        Whether the plant is a key emitter (重点排放单位).
    rows, titles : mapping
        Row of Table A.1 to its required rate and its title, in the order of the table; none before it is in force.
    energies, energy_rates : mapping
        Titles of the energies; required rate of an energy and a level, absent where the edition gives none.
    classes : mapping
        (parameter, kind of instrument, ``general`` or ``entry``) to the class required.
    counting : mapping
        Rule of counting to what it rests on.
    fugitive_tonnes, fugitive_share : Decimal or None
        Threshold in tCO2e and as a share; None where the rule set has none.
    """

    rule_set: str
    edition: str
    key_unit: bool
    rows: Mapping[str, Required] = field(hash=False)
    titles: Mapping[str, Words] = field(hash=False)
    energies: Mapping[str, Words] = field(hash=False)
    energy_rates: Mapping[tuple[str, Level], Required] = field(hash=False)
    classes: Mapping[tuple[str, str, str], Basis] = field(hash=False)
    parameters: Mapping[str, Words] = field(hash=False)
    counting: Mapping[str, Basis] = field(hash=False)
    due_soon: int
    decimals: int
    fugitive_tonnes: Decimal | None
    fugitive_share: Decimal | None

    def kinds_for(self, parameter: str) -> frozenset[str]:
        """Return the kinds of instruments that the class table names for a parameter."""
        return frozenset(kind for known, kind, _ in self.classes if known == parameter)

    def energies_are_held(self) -> bool:
        """Tell whether the edition's table of rates is in the pack."""
        return bool(self.energy_rates)


def rules(
    pack: RulePack,
    *,
    rule_set: str = "jjf2309",
    edition: str = "2006",
    key_unit: bool = True,
    on: datetime.date | None = None,
) -> Rules:
    """Return the requirements of a rule set and an edition of GB 17167.

    Parameters
    ----------
    on : date, optional
        Only what describes this day: a table that begins later gives no row, no class and no threshold. By default the newest
        values, whatever the day. The rules of counting are this project's reading and always the newest.

    Raises
    ------
    EquippingError
        When there is no such rule set or edition.
    UnknownIdError, ValueMissingError
        When the rule pack lacks a table.
    """
    if rule_set not in RULE_SETS:
        raise EquippingError("metrology.equipping.rule_set", value=rule_set, known=", ".join(RULE_SETS))
    if edition not in EDITIONS:
        raise EquippingError("metrology.equipping.edition", value=edition, known=", ".join(EDITIONS))
    rates, energies = pack.table("cn.metering.rate"), pack.table("cn.metering.energy_rate")
    counting, parameters = pack.table("cn.metering.counting"), pack.table("cn.metering.parameter")
    threshold = f"cn.{rule_set}.fugitive.threshold"
    held = [(row, _required(pack, rates.cell(row, "key_unit" if key_unit else "other_unit"), on)) for row in rates.rows]
    return Rules(
        rule_set=rule_set,
        edition=edition,
        key_unit=key_unit,
        rows={row: required for row, required in held if required is not None},
        titles={row: {"zh": title.zh, "en": title.en} for row, title in rates.rows.items()},
        energies={row: {"zh": title.zh, "en": title.en} for row, title in energies.rows.items()},
        energy_rates=_energy_rates(pack, f"{ENERGY_DOCUMENT}{edition}", on),
        classes=_classes(pack, on),
        parameters={row: {"zh": title.zh, "en": title.en} for row, title in parameters.rows.items()},
        counting={row: basis_of(_newest(pack, counting.cell(row, "rule"))) for row in counting.rows},
        due_soon=_count(pack, counting.cell("due_soon", "amount")),
        decimals=_count(pack, counting.cell("rounding", "amount")),
        fugitive_tonnes=_threshold(pack, f"{threshold}.tonnes", "tCO2e", on),
        fugitive_share=_threshold(pack, f"{threshold}.share", "1", on),
    )


def _newest(pack: RulePack, identifier: str) -> Dated:
    values: tuple[Dated, ...] = pack.parameter(identifier).values
    return values[-1]


def _holding(pack: RulePack, identifier: str, on: datetime.date | None) -> Dated | None:
    """Return the value that describes a day, the newest without a day; None where none does."""
    if on is None:
        return _newest(pack, identifier)
    values: tuple[Dated, ...] = pack.parameter(identifier).values
    return next((value for value in reversed(values) if value.describes(on)), None)


def _count(pack: RulePack, identifier: str) -> int:
    value = _newest(pack, identifier)
    assert isinstance(value, ParameterValue)  # the column has a unit
    return int(value.value)


def _required(pack: RulePack, identifier: str, on: datetime.date | None) -> Required | None:
    value = _holding(pack, identifier, on)
    return Required(percent=value.value, basis=basis_of(value)) if isinstance(value, ParameterValue) else None


def _threshold(pack: RulePack, identifier: str, unit: str, on: datetime.date | None) -> Decimal | None:
    if identifier not in pack.parameters:
        return None
    value = _holding(pack, identifier, on)
    return convert(value.value, value.unit, unit) if isinstance(value, ParameterValue) else None


def _energy_rates(pack: RulePack, document: str, on: datetime.date | None) -> dict[tuple[str, Level], Required]:
    """Return the rates that one edition states: those values of the table whose source it is."""
    table = pack.table("cn.metering.energy_rate")
    found: dict[tuple[str, Level], Required] = {}
    for row in table.rows:
        for level, column in LEVELS.items():
            parameter = pack.parameters.get(table.cell(row, column))
            for value in parameter.values if parameter else ():
                if value.document == document and isinstance(value, ParameterValue) and (on is None or value.describes(on)):
                    found[row, level] = Required(percent=value.value, basis=basis_of(value))
    return found


def _classes(pack: RulePack, on: datetime.date | None) -> dict[tuple[str, str, str], Basis]:
    """Return the classes by parameter, kind and place; a row's key is the parameter and the kind joined."""
    table, kinds = pack.table("cn.metering.parameter_class"), pack.table("cn.metering.instrument_kind").rows
    parameters = pack.table("cn.metering.parameter").rows
    found: dict[tuple[str, str, str], Basis] = {}
    for row in table.rows:
        pair = next(
            ((name, row.removeprefix(f"{name}_")) for name in parameters if row.removeprefix(f"{name}_") in kinds), None
        )
        for column in ("general", "entry"):
            if pair is not None and table.cell(row, column) in pack.parameters:
                value = _holding(pack, table.cell(row, column), on)
                if value is not None:
                    found[*pair, column] = basis_of(value)
    return found
