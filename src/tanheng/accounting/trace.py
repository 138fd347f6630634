"""An inventory as canonical JSON (``inventory/1``) and back: the whole trace, readable by anybody, for ever.

Decimals are strings. ``figures`` carry formula and arguments by id; ``inputs`` the cell of the plant's file and the entries a
correction replaced; ``parameters`` document, place, check state and the two dates. ``order`` is an order of calculation.
From such a file alone :func:`load` builds the graph again and :func:`tanheng.accounting.inventory.recalculate` repeats
every figure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tanheng.accounting.boundaries import Boundary
from tanheng.accounting.entries import Entry
from tanheng.accounting.graph import Absence, Argument, Node, Operand, Value, ratio, run
from tanheng.accounting.inventory import Figure, Input, Inventory
from tanheng.accounting.plant import Plant
from tanheng.accounting.source_streams import Classification
from tanheng.core import canonical
from tanheng.core.errors import CalculationError
from tanheng.core.numbers import calculating, stored, to_decimal
from tanheng.formulas import registry
from tanheng.formulas.declaration import Units
from tanheng.standards import Confirmation, ParameterValue

SCHEMA = "inventory/1"


def dumps(inventory: Inventory) -> bytes:
    """Return an inventory as canonical JSON, indented, the same bytes for the same inventory."""
    return canonical.pretty(document(inventory))


def document(inventory: Inventory) -> dict[str, Any]:
    """Return an inventory as nested dicts of strings, as it is written to ``inventory.json``."""
    book = inventory.book
    return {
        "schema": SCHEMA,
        "plant": _plant(inventory.plant),
        "rulebook": {
            "id": book.id,
            "document": book.document,
            "title": book.title,
            "digest": book.digest,
            "rounding": {"mode": book.rounding, "note": book.rounding_note},
            "notes": book.notes,
            "mandatory": book.mandatory,
            "totals": book.totals,
        },
        "rule_pack": inventory.pack_digest,
        "known": inventory.known,
        "inputs": {key: _input(value) for key, value in inventory.inputs.items()},
        "parameters": {key: _parameter(value) for key, value in inventory.parameters.items()},
        "constants": {key: {"value": value, "unit": unit} for key, (value, unit) in inventory.constants.items()},
        "figures": {node.id: _figure(inventory.figures[node.id], node) for node in inventory.nodes},
        "order": [node.id for node in inventory.nodes],
        "unverified": inventory.unverified,
        "gaps": inventory.gaps,
        "unused": inventory.unused,
        "boundaries": [_boundary(boundary) for boundary in inventory.boundaries],
        "source_streams": _classification(inventory.source_streams),
    }


def _boundary(boundary: Boundary) -> dict[str, Any]:
    return {
        "id": boundary.id,
        "title": boundary.title,
        "document": boundary.document,
        "place": boundary.place,
        "check": boundary.check,
        "systems": boundary.systems,
    }


def _classification(found: Classification | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "rules": found.rules,
        "reading": found.reading,
        "total": stored(found.total),
        "streams": [
            {
                "id": item.stream.id,
                "title": item.stream.title,
                "emission": stored(item.stream.emission),
                "share": stored(item.share),
                "by_tonnes": item.by_tonnes,
                "by_share": item.by_share,
                "class": item.grade,
                "other_reading": item.other,
            }
            for item in found.streams
        ],
    }


def _plant(plant: Plant) -> dict[str, Any]:
    return {
        "id": plant.id,
        "title": plant.title,
        "credit_code": plant.credit_code,
        "province": plant.province,
        "year": plant.year,
        "periods": plant.periods,
        "zone": plant.zone,
        "clinker_boundary": plant.clinker_boundary,
        "lines": plant.lines,
        "streams": plant.streams,
        "facilities": plant.facilities,
        "products": plant.products,
        "precursors": plant.precursors,
        "declared_none": plant.declared_none,
        "choices": plant.choices,
        "required_uncertainty": plant.required_uncertainty,
        "constructed": plant.constructed,
        "prepared": plant.prepared,
    }


def _input(given: Input) -> dict[str, Any]:
    return {
        **_entry(given.entry),
        "value": given.value,
        "unit": given.unit,
        "replaced": [_entry(entry) for entry in given.replaced],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "written": entry.value,
        "written_unit": entry.unit,
        "origin": entry.origin,
        "basis": entry.basis,
        "place": entry.place,
        "cell": entry.cell,
        "known": entry.known,
        "reason": entry.reason,
        "person": entry.person,
        "evidence": entry.evidence,
    }


def _parameter(value: ParameterValue) -> dict[str, Any]:
    return {
        "id": value.id,
        "title": _words(value.title),
        "value": value.value,
        "digits": value.digits,
        "unit": value.unit,
        "document": value.document,
        "place": _words(value.place),
        "note": _words(value.note),
        "check": value.check,
        "status": value.status,
        "layer": value.layer,
        "describes_from": value.describes_from,
        "describes_to": value.describes_to,
        "known_since": value.known_since,
        "confirmations": [_confirmation(item) for item in value.confirmations],
    }


def _words(text: Any) -> dict[str, str] | None:
    return None if text is None else {"zh": text["zh"], "en": text["en"]}


def _confirmation(item: Confirmation) -> dict[str, Any]:
    return {
        "document": item.document,
        "place": _words(item.place),
        "digits": item.digits,
        "date": item.date,
        "persons": item.persons,
    }


def _figure(figure: Figure, node: Node) -> dict[str, Any]:
    rules = {
        "zero_when": node.zero_when,
        "not_applicable_when_zero": node.not_applicable_when_zero,
        "refuse_negative": node.refuse_negative,
    }
    return {
        "title": figure.title,
        "value": figure.value,
        "rounded": figure.rounded,
        "absence": figure.absence,
        "unit": figure.unit,
        "decimals": figure.decimals,
        "state": figure.state,
        "formula": figure.formula,
        "equation": figure.equation,
        "document": figure.document,
        "clause": figure.clause,
        "check": figure.check,
        "arguments": {role: _argument(argument) for role, argument in figure.arguments.items()},
        "rules": {name: rule for name, rule in rules.items() if rule},
        "group": figure.group,
        "code": figure.code,
        "note": figure.note,
    }


def _argument(argument: Argument) -> Any:
    if isinstance(argument, Operand):
        return argument.id
    return [_argument(item) for item in argument]


def load(data: bytes) -> dict[str, Any]:
    """Return the document in ``data`` after seeing to it that it is an inventory of a version known here.

    Raises
    ------
    CalculationError
        When the bytes are no JSON, their schema is not known, or a part is missing.
    """
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CalculationError("accounting.trace.json", reason=str(error)) from error
    schema = found.get("schema") if isinstance(found, dict) else None
    if schema != SCHEMA:
        raise CalculationError("accounting.trace.schema", found=str(schema), known=SCHEMA)
    lacking = [part for part in ("rulebook", *_LEAVES, "figures", "order", "gaps") if part not in found]
    if lacking:
        raise CalculationError("accounting.trace.part", part=", ".join(lacking))
    return dict(found)


def repeat(found: Mapping[str, Any]) -> dict[str, Decimal | None]:
    """Return every figure of a loaded document, calculated again from its inputs and parameters alone.

    Raises
    ------
    CalculationError
        When the document names a formula or number that is not there.
    """
    try:
        units = {key: item["unit"] for part in _LEAVES for key, item in found[part].items()}
        units.update({key: item["unit"] for key, item in found["figures"].items()})
        nodes = [_node(key, found["figures"][key], units) for key in found["order"]]
        leaves: dict[str, Value] = dict.fromkeys(found["gaps"], Absence.GAP)
        leaves.update({key: _number(item["value"]) for part in _LEAVES for key, item in found[part].items()})
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError) as error:
        raise CalculationError("accounting.trace.part", part=str(error) or type(error).__name__) from error
    with calculating():
        try:
            values = run(nodes, leaves)
            return {key: None if isinstance(value, Absence) else stored(value) for key, value in values.items()}
        except ArithmeticError as error:
            raise CalculationError("accounting.trace.part", part=type(error).__name__) from error


def verify(found: Mapping[str, Any]) -> None:
    """Calculate every figure of a loaded document again and compare.

    Raises
    ------
    CalculationError
        Names the first figures whose value is not what their inputs, parameters and formulas give.
    """
    wrong = []
    for key, value in repeat(found).items():
        stated = found["figures"][key]["value"]
        if stated != (None if value is None else canonical.plain(value)):
            wrong.append(f"{key}: {stated} ≠ {'–' if value is None else canonical.plain(value)}")
    missing = sorted(found["figures"].keys() - set(found["order"]))
    wrong += [f"{key}: not in order" for key in missing]
    if wrong:
        raise CalculationError("accounting.trace.figures", count=len(wrong), figures="; ".join(wrong[:5]))


_LEAVES = ("inputs", "parameters", "constants")


def _number(text: str | None) -> Value:
    return Absence.GAP if text is None else to_decimal(text)


def _node(key: str, item: Mapping[str, Any], units: Mapping[str, str]) -> Node:
    formula = registry.get(item["formula"])
    given = {role: shape for role, argument in item["arguments"].items() if (shape := _shape(argument, units)) is not None}
    if item["arguments"].keys() != formula.arguments.keys():
        raise CalculationError("accounting.trace.part", part=f"{key}: {', '.join(item['arguments'])}")
    wanted = formula.fit(given)
    rules = item["rules"]
    return Node(
        id=key,
        formula=formula,
        arguments={role: _operand(argument, wanted[role], units) for role, argument in item["arguments"].items()},
        unit=item["unit"],
        title=item["title"],
        zero_when=rules.get("zero_when", ""),
        not_applicable_when_zero=rules.get("not_applicable_when_zero", ""),
        drop_zero_weights=formula.id == "arithmetic.weighted_mean",
    )


def _shape(argument: Any, units: Mapping[str, str]) -> Units | None:
    if isinstance(argument, str):
        return units[argument]
    if not argument:
        return None
    first = argument[0]
    return (units[first],) if isinstance(first, str) else tuple(units[name] for name in first)


def _operand(argument: Any, wanted: Units, units: Mapping[str, str]) -> Any:
    """Return an argument of a file as operands with the ratios that bring them into the formula's units."""
    if isinstance(argument, str):
        target = wanted if isinstance(wanted, str) else wanted[0]
        own = units[argument]
        return Operand(argument) if own == target else Operand(argument, *ratio(own, target))
    if argument and isinstance(argument[0], str):
        return tuple(_operand(name, wanted, units) for name in argument)
    return tuple(tuple(_operand(name, unit, units) for name, unit in zip(row, wanted, strict=True)) for row in argument)
