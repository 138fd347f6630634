"""The loops of a rule book: what each runs over, and the placeholders it binds.

A placeholder such as ``{stream}`` is filled into ids, ``{stream_title}`` into titles of one language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tanheng.accounting.errors import RuleBookError
from tanheng.accounting.plant import Line, Plant, Stream, StreamKind, Words

Bindings = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the loops: what ids are filled with, and the words titles are filled with."""

    bindings: Bindings
    words: Mapping[str, Words]

    def with_(self, bindings: Bindings, words: Mapping[str, Words]) -> Turn:
        """Return a turn with more placeholders bound."""
        return Turn({**self.bindings, **bindings}, {**self.words, **words})


def turns(plant: Plant, loops: Sequence[str], start: Turn | None = None) -> Iterator[Turn]:
    """Yield the turns of nested loops, the first loop outermost.

    Raises
    ------
    RuleBookError
        When a rule book names a loop that does not exist, or one outside the loop it belongs into.
    """
    turn = start or Turn({"plant": plant.id, "province": plant.province}, {})
    if not loops:
        yield turn
        return
    try:
        loop = _LOOPS[loops[0]]
    except KeyError:
        raise RuleBookError("accounting.rulebook.loop", loop=loops[0], known=", ".join(sorted(_LOOPS))) from None
    try:
        found = list(loop(plant, turn.bindings))
    except KeyError as error:
        raise RuleBookError("accounting.rulebook.loop_outside", loop=loops[0], outer=error.args[0]) from error
    for bindings, words in found:
        yield from turns(plant, loops[1:], turn.with_(bindings, words))


def title(words: Words, turn: Turn) -> dict[str, str]:
    """Return a title in both languages with its placeholders filled."""
    filled = {}
    for language, text in words.items():
        known = {**turn.bindings, **{f"{key}_title": word[language] for key, word in turn.words.items()}}
        try:
            filled[language] = text.format_map(known)
        except (KeyError, ValueError, IndexError, AttributeError) as error:
            raise RuleBookError("accounting.rulebook.placeholder", template=text, known=", ".join(known)) from error
    return filled


_Turns = Iterable[tuple[dict[str, str], dict[str, Words]]]
_Loop = Callable[[Plant, Bindings], _Turns]


def _line_of(plant: Plant, bindings: Bindings) -> Line:
    return next(line for line in plant.lines if line.id == bindings["line"])


def _lines(plant: Plant, _: Bindings) -> _Turns:
    for line in plant.lines:
        yield {"line": line.id}, {"line": line.title}


def _sharing_lines(plant: Plant, bindings: Bindings) -> _Turns:
    wanted = bindings["stream"]
    sharing = {line for stream in plant.streams if stream.scope == "site" and stream.id == wanted for line in stream.shared_by}
    for line in plant.lines:
        if line.id in sharing:
            yield {"line": line.id}, {"line": line.title}


def _stream_turns(streams: Iterable[Stream], kind: str) -> _Turns:
    for stream in sorted(streams, key=lambda item: item.id):
        yield (
            {
                "stream": stream.id,
                "item": stream.item,
                "device": stream.device or "any",
                "place": stream.place.value,
                "home": stream.scope,
            },
            {"stream": stream.title, kind: stream.title},
        )


def _of_line(kind: StreamKind) -> _Loop:
    def loop(plant: Plant, bindings: Bindings) -> _Turns:
        line = bindings["line"]
        found = [
            stream
            for stream in plant.streams
            if stream.kind == kind and (stream.scope == f"line.{line}" or (stream.scope == "site" and line in stream.shared_by))
        ]
        return _stream_turns(found, kind.value)

    return loop


def _in_scope(scope: str, kind: StreamKind) -> _Loop:
    def loop(plant: Plant, _: Bindings) -> _Turns:
        return _stream_turns(plant.streams_of(scope, kind), kind.value)

    return loop


def _anywhere(kind: StreamKind) -> _Loop:
    def loop(plant: Plant, _: Bindings) -> _Turns:
        for scope in sorted({stream.scope for stream in plant.streams}):
            yield from _stream_turns(plant.streams_of(scope, kind), kind.value)

    return loop


def _facility_fuels(plant: Plant, bindings: Bindings) -> _Turns:
    return _stream_turns(plant.streams_of(f"facility.{bindings['facility']}", StreamKind.FUEL), "fuel")


def _facilities(plant: Plant, _: Bindings) -> _Turns:
    for facility in plant.facilities:
        yield {"facility": facility.id}, {"facility": facility.title}


def _clinkers(plant: Plant, bindings: Bindings) -> _Turns:
    for clinker in _line_of(plant, bindings).clinkers:
        yield {"clinker": clinker.id, "kind": clinker.kind}, {"clinker": clinker.title}


def _site_clinkers(plant: Plant, _: Bindings) -> _Turns:
    seen: set[str] = set()
    for line in plant.lines:
        for clinker in line.clinkers:
            if clinker.id not in seen:
                seen.add(clinker.id)
                yield {"clinker": clinker.id, "kind": clinker.kind}, {"clinker": clinker.title}


def _clinker_lines(plant: Plant, bindings: Bindings) -> _Turns:
    for line in plant.lines:
        if any(clinker.id == bindings["clinker"] for clinker in line.clinkers):
            yield {"line": line.id}, {"line": line.title}


def _products(plant: Plant, _: Bindings) -> _Turns:
    for product in plant.products:
        yield {"product": product.id}, {"product": product.title}


def _precursors(plant: Plant, _: Bindings) -> _Turns:
    for precursor in plant.precursors:
        yield {"precursor": precursor.id}, {"precursor": precursor.title}


_LOOPS: Mapping[str, _Loop] = {
    "line": _lines,
    "sharing_line": _sharing_lines,
    "fuel": _of_line(StreamKind.FUEL),
    "alternative_fuel": _of_line(StreamKind.ALTERNATIVE_FUEL),
    "material": _of_line(StreamKind.MATERIAL),
    "any_fuel": _anywhere(StreamKind.FUEL),
    "any_alternative_fuel": _anywhere(StreamKind.ALTERNATIVE_FUEL),
    "any_material": _anywhere(StreamKind.MATERIAL),
    "clinker": _clinkers,
    "site_fuel": _in_scope("site", StreamKind.FUEL),
    "site_clinker": _site_clinkers,
    "clinker_line": _clinker_lines,
    "enterprise_fuel": _in_scope("enterprise", StreamKind.FUEL),
    "facility": _facilities,
    "facility_fuel": _facility_fuels,
    "product": _products,
    "precursor": _precursors,
}
