"""Which requirement tables are in force on a day, from when until when, and whether that day was read anywhere.

A table describes days: from the day it came into force, as far as that is recorded. Where a document does not record it (JJF
2309-2025, Chongqing's drafts), the rule pack dates the table from the year of its number and says so; a draft is in force
nowhere and is dated like the text that it implements.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tanheng.core.states import CheckState
from tanheng.metrology.equipping.rules import EDITIONS, ENERGY_DOCUMENT, Rules, rules
from tanheng.standards import Dated, RulePack, RuleStatus

RATE, CLASSES, ENERGY = "cn.metering.rate", "cn.metering.parameter_class", "cn.metering.energy_rate"
_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A table that asks something on a day.

    Attributes
    ----------
    table : str
        Id in the rule pack.
    document : str
        Id of the document.
    since, until : date
        First and last day; ``until`` is None while it runs on.
    is_dated : bool
        Whether the document records the day it came into force; else ``since`` is a reading of the rule pack.
    is_draft : bool
        Whether it is a draft, which is in force nowhere.
    is_held : bool
        Whether its content is in the rule pack; an edition that is in force and not held requires nothing here.
    """

    table: str
    document: str
    since: datetime.date
    until: datetime.date | None
    is_dated: bool
    is_draft: bool
    is_held: bool
    check: CheckState


def edition_on(pack: RulePack, on: datetime.date) -> str:
    """Return the edition of GB 17167 in force on a day; before the first of them, the first."""
    begun = [edition for edition in EDITIONS if (pack.document(_document(edition)).in_force or on) <= on]
    return begun[-1] if begun else EDITIONS[0]


def rules_on(pack: RulePack, on: datetime.date, *, rule_set: str = "jjf2309", key_unit: bool = True) -> Rules:
    """Return the requirements in force on a day, with the edition of GB 17167 of that day.

    Raises
    ------
    EquippingError, UnknownIdError, ValueMissingError
    """
    return rules(pack, rule_set=rule_set, edition=edition_on(pack, on), key_unit=key_unit, on=on)


def tables_on(pack: RulePack, on: datetime.date) -> tuple[Held, ...]:
    """Return the tables that ask something on a day: rates, classes, and the rates of energy."""
    found = [_held(pack, table, value) for table in (RATE, CLASSES) if (value := _any(pack, table, on)) is not None]
    edition = _document(edition_on(pack, on))
    value = next((one for one in _values(pack, ENERGY) if one.document == edition and one.describes(on)), None)
    if value is not None:
        return (*found, _held(pack, ENERGY, value))
    document = pack.document(edition)
    if document.in_force is None or document.in_force > on:
        return tuple(found)
    lacking = Held(
        table=ENERGY,
        document=edition,
        since=document.in_force,
        until=None,
        is_dated=True,
        is_draft=False,
        is_held=False,
        check=document.check,
    )
    return (*found, lacking)


def turning_days(pack: RulePack, *, rule_set: str = "jjf2309") -> tuple[datetime.date, ...]:
    """Return the days from which another requirement holds, in order."""
    threshold = (pack.parameters.get(f"cn.{rule_set}.fugitive.threshold.{unit}") for unit in ("tonnes", "share"))
    limits = (value for parameter in threshold if parameter is not None for value in parameter.values)
    tables = (value for table in (RATE, CLASSES, ENERGY) for value in _values(pack, table))
    documents = (pack.document(_document(edition)).in_force for edition in EDITIONS)
    return tuple(sorted({*_ends(limits), *_ends(tables), *(day for day in documents if day is not None)}))


def _ends(values: Iterable[Dated]) -> Iterator[datetime.date]:
    for value in values:
        yield value.describes_from
        if value.describes_to is not None:
            yield value.describes_to + _DAY


def _values(pack: RulePack, table: str) -> Iterator[Dated]:
    found = pack.table(table)
    for row in found.rows:
        for column in found.columns:
            parameter = pack.parameters.get(found.cell(row, column))
            yield from parameter.values if parameter is not None else ()


def _any(pack: RulePack, table: str, on: datetime.date) -> Dated | None:
    return next((value for value in _values(pack, table) if value.describes(on)), None)


def _held(pack: RulePack, table: str, value: Dated) -> Held:
    document = pack.document(value.document)
    return Held(
        table=table,
        document=value.document,
        since=value.describes_from,
        until=value.describes_to,
        is_dated=document.in_force is not None,
        is_draft=value.status is RuleStatus.DRAFT,
        is_held=True,
        check=value.check,
    )


def _document(edition: str) -> str:
    return f"{ENERGY_DOCUMENT}{edition}"
