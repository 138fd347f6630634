"""The register: every formula by its id. The modules are loaded when the first formula is asked for."""

from __future__ import annotations

import functools
import importlib
import types
from collections.abc import Callable, Mapping, Sequence

from tanheng.core.numbers import Number
from tanheng.formulas.declaration import Formula, formula, record_of
from tanheng.formulas.errors import FormulaError

__all__ = ["MODULES", "Formula", "all", "collect", "formula", "get", "of"]

# The modules that hold formulas, in the order in which a reader meets them.
MODULES = (
    "arithmetic.sums",
    "arithmetic.ratios",
    "arithmetic.products",
    "cets.combustion",
    "cets.process",
    "clinker.stock",
    "clinker.kiln_feed",
    "clinker.split",
    "basis.moisture",
    "basis.heat_value",
    "gbt32151.combustion",
    "gbt32151.calcination",
    "gbt32151.purchased",
    "electricity.balance",
    "electricity.emissions",
    "heat.purchased",
    "cems.flow",
    "cems.concentration",
    "cems.mass",
    "allocation.line",
    "allocation.issuance",
    "energy.coal_equivalent",
    "energy.per_tonne",
    "energy.limits",
    "eu.emissions",
    "eu.embedded",
    "eu.certificates",
)


def collect(modules: Sequence[str]) -> Mapping[str, Formula]:
    """Return the formulas that the modules of this package hold, by id and in their order.

    Raises
    ------
    FormulaError
        When an id is used twice.
    """
    found: dict[str, Formula] = {}
    for name in modules:
        module = importlib.import_module(f"tanheng.formulas.{name}")
        for record in map(record_of, vars(module).values()):
            if record is None:
                continue
            if record.id in found:
                raise FormulaError("formulas.twice", id=record.id)
            found[record.id] = record
    return types.MappingProxyType(found)


@functools.cache
def _register() -> Mapping[str, Formula]:
    return collect(MODULES)


def get(id: str) -> Formula:  # noqa: A002  # the word of the field, and of the files
    """Return the formula with this id.

    Raises
    ------
    FormulaError
        When there is none; the message lists the ids of the same family.
    """
    register = _register()
    if id in register:
        return register[id]
    family = [known for known in register if known.startswith(id.rpartition(".")[0] + ".")]
    raise FormulaError("formulas.unknown", id=id, known=", ".join(family or register))


def of(function: Callable[..., Number]) -> Formula:
    """Return the record of a function declared with ``formula``."""
    record = record_of(function)
    if record is None:
        raise FormulaError("formulas.unknown", id=getattr(function, "__name__", repr(function)), known="–")
    return record


def all() -> Sequence[Formula]:  # noqa: A001  # read as registry.all()
    """Return every formula, family by family."""
    return tuple(_register().values())
