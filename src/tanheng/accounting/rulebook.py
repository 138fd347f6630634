"""A rule book: the steps of one accounting method, as data.

A step makes one figure for each thing it runs over (line, fuel, clinker …) and each period, and the figure of the whole
account from these. Its YAML form::

    - figure: line.{line}.fuel.{stream}.emission     # id; placeholders are bound by `over`
      title: {zh: "{stream_title}燃烧排放", en: "Combustion of {stream_title}"}
      over: [line, fuel]
      when: {declared: line.{line}.fuel.{stream}.consumption}
      formula: cn.cets.combustion
      arguments:
        consumption: line.{line}.fuel.{stream}.consumption
        net_calorific_value: {first: [{ref: …, basis: ar, place: stream}, {parameter: cn.cets.fuel.{item}.net_calorific_value}]}
      zero_when: consumption        # nothing burnt: 0, whatever else is blank
      annual: sum                   # sum | formula | none | {weighted_by: id}
      decimals: 2

Expressions: a string names a figure or an entry of the same period; ``{parameter: id}`` a value of the rule pack that
describes the period, ``{latest: id}`` the newest one that was published for it or an earlier time; ``{first: […]}`` the first
that is there; ``{each: [loop], take: expression | [expressions]}`` a sequence over a loop, ``{all: […]}`` several joined;
``{samples: quantity}`` the laboratory samples of a quantity as (mass, value) pairs; ``{months: expression | [expressions]}``
a sequence over the periods, in figures of the whole account; ``{number: "1"}`` a constant. ``{use: name}`` stands for a
fragment of the book, in arguments that several steps share.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tanheng.accounting.errors import RuleBookError
from tanheng.accounting.plant import Words
from tanheng.core import canonical
from tanheng.core.errors import NumberError, UnitError
from tanheng.core.numbers import to_decimal
from tanheng.core.rounding import Mode
from tanheng.core.units import unit as unit_named
from tanheng.standards import RulePack


@dataclass(frozen=True, slots=True)
class Ref:
    """A figure or entry of the same period; with a basis or place, only an entry that has it."""

    template: str
    basis: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Param:
    """A value of the rule pack; ``words`` binds further placeholders to words of the pack, such as a fuel's phase."""

    template: str
    latest: bool = False
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Constant:
    """A number written in the rule book itself, such as the 1 of a share not given."""

    value: Decimal
    unit: str = "1"


@dataclass(frozen=True, slots=True)
class First:
    """The first of several expressions that is there."""

    options: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Each:
    """A sequence over loops; tuples when several expressions are taken."""

    loops: tuple[str, ...]
    take: tuple[Expression, ...]
    when: Condition


@dataclass(frozen=True, slots=True)
class Samples:
    """The laboratory samples of a quantity in the period, as pairs of the mass represented and the value."""

    template: str


@dataclass(frozen=True, slots=True)
class Months:
    """A sequence over the periods of the account."""

    take: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Several expressions joined to one sequence; those that are not there are left out when ``optional``."""

    parts: tuple[Expression, ...]


Expression = Ref | Param | Constant | First | Each | Samples | Months | All


@dataclass(frozen=True, slots=True)
class Condition:
    """What must be true of the plant for a step to run; every given part has to hold.

    ``declared`` and ``absent`` list quantities or figures; ``basis`` and ``place`` say what an entry's must be, ``place`` with
    a leading ``!`` what it must not be; ``choice`` compares an option of the plant; ``sampled`` asks for laboratory samples.
    """

    declared: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    basis: Mapping[str, str] = field(default_factory=dict)
    place: Mapping[str, str] = field(default_factory=dict)
    choice: Mapping[str, str] = field(default_factory=dict)
    sampled: tuple[str, ...] = ()
    binding: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a rule book; see the head of this module."""

    figure: str
    title: Words
    formula: str
    arguments: Mapping[str, Expression]
    over: tuple[str, ...] = ()
    when: Condition = field(default_factory=Condition)
    zero_when: str = ""
    not_applicable_when_zero: str = ""
    refuse_negative: bool = False
    annual: str = "sum"
    weighted_by: str = ""
    periods: bool = True
    decimals: int = 2
    unit: str = ""
    clause: str = ""
    code: str = ""
    note: Words = field(default_factory=dict)
    group: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """An option that the rule book leaves to the plant."""

    default: str
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The steps of one method and how its results are rounded and totalled.

    ``mandatory`` lists the figures without which an account is not complete; ``totals`` those that are shown as totals and
    never added to each other. ``boundaries`` names the definitions of the clinker boundary that a result is set beside,
    ``source_streams`` the table of limits its source streams are classed by; both are empty for a method that has none.
    """

    id: str
    document: str
    title: Words
    digest: str
    steps: tuple[Step, ...]
    mandatory: tuple[str, ...]
    totals: tuple[str, ...]
    rounding: Mode = Mode.HALF_EVEN
    rounding_note: Words = field(default_factory=dict)
    notes: tuple[Words, ...] = ()
    choices: Mapping[str, Choice] = field(default_factory=dict)
    boundaries: tuple[str, ...] = ()
    source_streams: str = ""


def read(pack: RulePack, identifier: str) -> RuleBook:
    """Return a rule book of the pack; the steps of the books it extends come first.

    The digest covers all of them.
    """
    own = pack.rulebook(identifier)
    extended = [read(pack, other) for other in own.content.get("extends", ())]
    book = parse(own.content, digest=own.digest)
    if not extended:
        return book
    joined = canonical.digest(canonical.dumps([other.digest for other in extended] + [own.digest]))
    steps = tuple(step for other in extended for step in other.steps) + book.steps
    return dataclasses.replace(book, steps=steps, digest=joined)


def parse(raw: Mapping[str, Any], *, digest: str) -> RuleBook:
    """Return the rule book written in ``raw``, the content of a ``rulebook.yaml``.

    Raises
    ------
    RuleBookError
        Names the step and the key that is wrong.
    """
    name = str(raw.get("id", "?"))
    unknown = set(raw) - _BOOK_KEYS
    if unknown:
        raise RuleBookError("accounting.rulebook.book_key", book=name, key=", ".join(sorted(unknown)))
    for key in ("id", "document", "title", "steps"):
        if key not in raw:
            raise RuleBookError("accounting.rulebook.book_missing", book=name, key=key)
    return RuleBook(
        id=raw["id"],
        document=raw["document"],
        title=dict(raw["title"]),
        digest=digest,
        steps=tuple(_step(step, raw.get("fragments", {})) for step in raw["steps"]),
        mandatory=tuple(raw.get("mandatory", ())),
        totals=tuple(raw.get("totals", ())),
        rounding=_mode(raw.get("rounding", {}).get("mode", "half-even"), name),
        rounding_note=dict(raw.get("rounding", {}).get("note", {})),
        notes=tuple(dict(note) for note in raw.get("notes", ())),
        choices={name: Choice(item["default"], tuple(item["allowed"])) for name, item in raw.get("choices", {}).items()},
        boundaries=tuple(raw.get("boundaries", ())),
        source_streams=raw.get("source_streams", ""),
    )


_BOOK_KEYS = {
    "id", "document", "title", "extends", "rounding", "notes", "choices", "mandatory", "totals", "boundaries",
    "source_streams", "fragments", "steps",
}  # fmt: skip


def _mode(text: str, book: str) -> Mode:
    if text not in list(Mode):
        raise RuleBookError("accounting.rulebook.book_key", book=book, key=f"rounding: {text}")
    return Mode(text)


_STEP_KEYS = {
    "figure", "title", "formula", "arguments", "over", "when", "zero_when", "not_applicable_when_zero", "refuse_negative",
    "annual", "periods", "decimals", "unit", "clause", "code", "note", "group",
}  # fmt: skip


def _used(raw: Any, fragments: Mapping[str, Any], *, figure: str) -> Any:
    """Return ``raw`` with every ``{use: name}`` replaced by the fragment of that name."""
    if isinstance(raw, Mapping):
        if set(raw) == {"use"}:
            if raw["use"] not in fragments:
                raise RuleBookError("accounting.rulebook.key", figure=figure, key=f"use: {raw['use']}")
            return _used(fragments[raw["use"]], fragments, figure=figure)
        return {key: _used(item, fragments, figure=figure) for key, item in raw.items()}
    if isinstance(raw, Sequence) and not isinstance(raw, str):
        return [_used(item, fragments, figure=figure) for item in raw]
    return raw


def _step(written: Mapping[str, Any], fragments: Mapping[str, Any]) -> Step:
    raw = _used(written, fragments, figure=str(written.get("figure", "?")))
    name = str(raw.get("figure", "?"))
    unknown = set(raw) - _STEP_KEYS
    if unknown:
        raise RuleBookError("accounting.rulebook.key", figure=name, key=", ".join(sorted(unknown)))
    for key in ("figure", "title", "formula", "arguments"):
        if key not in raw:
            raise RuleBookError("accounting.rulebook.missing_key", figure=name, key=key)
    annual = raw.get("annual", "sum")
    weighted = annual.get("weighted_by", "") if isinstance(annual, Mapping) else ""
    if not weighted and annual not in ("sum", "formula", "none"):
        raise RuleBookError("accounting.rulebook.key", figure=name, key=f"annual: {annual}")
    for key in ("zero_when", "not_applicable_when_zero"):
        if raw.get(key, "") not in ("", *raw["arguments"]):
            raise RuleBookError("accounting.rulebook.key", figure=name, key=f"{key}: {raw[key]}")
    return Step(
        figure=name,
        title=dict(raw["title"]),
        formula=raw["formula"],
        arguments={role: expression(item, figure=name) for role, item in raw["arguments"].items()},
        over=tuple(raw.get("over", ())),
        when=_condition(raw.get("when", {}), figure=name),
        zero_when=raw.get("zero_when", ""),
        not_applicable_when_zero=raw.get("not_applicable_when_zero", ""),
        refuse_negative=bool(raw.get("refuse_negative", False)),
        annual="weighted" if weighted else annual,
        weighted_by=weighted,
        periods=bool(raw.get("periods", True)),
        decimals=int(raw.get("decimals", 2)),
        unit=raw.get("unit", ""),
        clause=raw.get("clause", ""),
        code=raw.get("code", ""),
        note=dict(raw.get("note", {})),
        group=raw.get("group", ""),
    )


def _condition(raw: Mapping[str, Any], *, figure: str) -> Condition:
    unknown = set(raw) - {"declared", "absent", "basis", "place", "choice", "sampled", "binding"}
    if unknown:
        raise RuleBookError("accounting.rulebook.key", figure=figure, key="when: " + ", ".join(sorted(unknown)))
    return Condition(
        declared=_strings(raw.get("declared", ())),
        absent=_strings(raw.get("absent", ())),
        basis=dict(raw.get("basis", {})),
        place=dict(raw.get("place", {})),
        choice=dict(raw.get("choice", {})),
        sampled=_strings(raw.get("sampled", ())),
        binding=dict(raw.get("binding", {})),
    )


def _strings(raw: str | Sequence[str]) -> tuple[str, ...]:
    return (raw,) if isinstance(raw, str) else tuple(raw)


def expression(raw: Any, *, figure: str) -> Expression:
    """Return the expression written in ``raw``; ``figure`` names the step in an error."""
    if isinstance(raw, str):
        return Ref(raw)
    if not isinstance(raw, Mapping):
        raise RuleBookError("accounting.rulebook.expression", figure=figure, value=repr(raw))

    def several(items: Any) -> tuple[Expression, ...]:
        listed = items if isinstance(items, Sequence) and not isinstance(items, str) else [items]
        return tuple(expression(item, figure=figure) for item in listed)

    match set(raw):
        case keys if "ref" in keys and keys <= {"ref", "basis", "place"}:
            return Ref(raw["ref"], raw.get("basis", ""), raw.get("place", ""))
        case keys if "parameter" in keys and keys <= {"parameter", "words"}:
            return Param(raw["parameter"], words=tuple(raw.get("words", {}).items()))
        case keys if keys == {"latest"}:
            return Param(raw["latest"], latest=True)
        case keys if "number" in keys and keys <= {"number", "unit"}:
            return _constant(raw, figure)
        case keys if keys == {"first"}:
            return First(several(raw["first"]))
        case keys if keys == {"all"}:
            return All(several(raw["all"]))
        case keys if keys == {"samples"}:
            return Samples(raw["samples"])
        case keys if keys == {"months"}:
            return Months(several(raw["months"]))
        case keys if {"each", "take"} <= keys <= {"each", "take", "when"}:
            return Each(tuple(raw["each"]), several(raw["take"]), _condition(raw.get("when", {}), figure=figure))
    raise RuleBookError("accounting.rulebook.expression", figure=figure, value=repr(dict(raw)))


def _constant(raw: Mapping[str, Any], figure: str) -> Constant:
    try:
        return Constant(to_decimal(raw["number"]), unit_named(raw.get("unit", "1")).name)
    except (NumberError, UnitError) as error:
        raise RuleBookError("accounting.rulebook.expression", figure=figure, value=repr(dict(raw))) from error
