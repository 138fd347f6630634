"""What an account lacks: quantities not declared, or declared at a place or on a basis that a step cannot use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tanheng.accounting.errors import RuleBookError
from tanheng.accounting.loops import Turn, turns
from tanheng.accounting.planning.declared import Declared
from tanheng.accounting.planning.placeholders import fill
from tanheng.accounting.plant import Plant, Words
from tanheng.accounting.rulebook import All, Constant, Each, Expression, First, Months, Param, Ref, Samples, Step
from tanheng.core.errors import InputError, QuantityError, TanhengError
from tanheng.core.quantities import BASIS_WORDS, PLACE_WORDS


class Lacking:
    """Collects the faults of an account, each lack once."""

    def __init__(self, plant: Plant, declared: Declared) -> None:
        self.plant, self.declared = plant, declared
        self.faults: list[TanhengError] = []
        self._lacking: set[str] = set()

    def note(self, step: Step, expression: Expression, turn: Turn, period: str) -> None:
        """Note what a step lacks: a quantity at another place or basis, or one not declared.

        A step that lacks a figure whose own lack is noted already adds nothing: the plant is asked for each thing once.
        """
        figure = fill(step.figure, turn)
        self._lacking.add(figure)
        wanted = list(self._references(expression, turn))
        if any(reference.template in self._lacking for reference in wanted):
            return
        for reference in wanted:
            fault = self._misplaced(reference)
            if fault is not None:
                self._lacking.add(reference.template)
                self.faults.append(fault)
                return
        asked = [reference.template for reference in wanted] + [fill(template, turn) for template in _parameters(expression)]
        if not asked:
            raise RuleBookError("accounting.rulebook.expression", figure=step.figure, value=repr(expression))
        quantities = " / ".join(dict.fromkeys(asked))
        self.faults.append(
            InputError(
                "accounting.quantity.missing",
                findings=(),
                figure=figure,
                period=period or "–",
                quantities=quantities,
                **self._rows(asked),
            )
        )

    def _rows(self, asked: Iterable[str]) -> dict[str, str]:
        """Return the rows that would answer, in the words of both languages; nothing for what stands in no row."""
        from tanheng.accounting.folder.naming import row_words

        rows = [words for words in (row_words(self.plant, name) for name in dict.fromkeys(asked)) if words is not None]
        joined = {
            "zh": "；或 ".join(row["zh"] for row in rows),
            "en": "; or ".join(row["en"] for row in rows),
        }
        return {
            "rows_zh": f"，如“{joined['zh']}”（范围 | 类别 | 源流 | 信息项 | 单位 → 文件）" if rows else "",
            "rows_en": f", such as “{joined['en']}” (scope | group | stream | item | unit → file)" if rows else "",
        }

    def _misplaced(self, reference: Ref) -> QuantityError | None:
        name = reference.template
        if not self.declared.there(name):
            return None
        basis, place = self.declared.basis(name), self.declared.place(name)
        if reference.place and place and place != reference.place:
            return QuantityError("core.quantity.place", quantity=name, found=_words(place), wanted=_words(reference.place))
        if reference.basis and basis and basis != reference.basis:
            return QuantityError("core.quantity.basis", quantity=name, found=_words(basis), wanted=_words(reference.basis))
        return None

    def _references(self, expression: Expression, turn: Turn) -> Iterator[Ref]:
        """Yield every reference of an expression with its placeholders filled; of a loop, those of all its turns."""
        match expression:
            case Ref(template, basis, place):
                yield Ref(fill(template, turn), basis, fill(place, turn))
            case First(parts) | All(parts) | Months(parts):
                for part in parts:
                    yield from self._references(part, turn)
            case Each(loops, take):
                for inner in turns(self.plant, loops, turn):
                    for part in take:
                        yield from self._references(part, inner)
            case Samples(template):
                yield Ref(fill(template, turn))
            case Param() | Constant():
                return


def _words(state: str) -> Words | str:
    """Return what a person reads for a place or a basis."""
    return next((words for one, words in (*PLACE_WORDS.items(), *BASIS_WORDS.items()) if one.value == state), state)


def _parameters(expression: Expression) -> Iterator[str]:
    """Yield the parameters an expression could take, outside loops."""
    match expression:
        case Param(template):
            yield template
        case First(parts) | All(parts):
            for part in parts:
                yield from _parameters(part)
        case _:
            return
