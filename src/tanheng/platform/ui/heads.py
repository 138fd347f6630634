"""The headings of a plant's own sheets: where they stand, which unit they name, and which of our fields they may mean."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import override

from tanheng.core import units
from tanheng.platform.ui.ledger import heading
from tanheng.platform.ui.resources import DAYS, LANGUAGES, LedgerResource
from tanheng.platform.ui.sheets import Grid

SEPARATOR = " / "
LIKE = 0.55  # from here on a field is proposed for a heading
_NOT_OURS = frozenset(
    {"管理类别", "管理级别", "管理分类", "分类管理", "abc类别", "abc分类", "abc管理"}
)  # how closely it is watched
_DEEPEST = 3  # rows of headings
_MANY = 2  # fields that one heading may mean equally well; of three, such as both ends and the unit of a range, none is meant
LOWEST = 15  # row in which headings begin at the latest
_UNIT = re.compile(r"[(（\[【]\s*([^()（）\[\]【】]+?)\s*[)）\]】]\s*$")
_DATE = "日期"
_WORD = re.compile(r"[\u4e00-\u9fff]{2}")  # what stands in brackets behind a heading is a second name, or a unit
_NOISE = re.compile(r"[\s*＊:：、，,。.·_\-/]+")
_UNITS = {
    "吨": "t", "千克": "kg", "公斤": "kg", "万吨": "10^4t", "米": "m", "兆瓦": "MW", "千瓦": "kW", "千瓦时": "kWh", "度": "kWh",
    "兆瓦时": "MWh", "万千瓦时": "10^4kWh", "万度": "10^4kWh", "小时": "h", "天": "d", "月": "month", "个月": "month",
    "年": "a",
    "吨/天": "t/d", "吨/日": "t/d", "吨/时": "t/h", "吨/小时": "t/h", "℃": "degC", "°c": "degC", "立方米": "m3", "m³": "m3",
    "％": "%", "千帕": "kPa", "帕": "Pa", "升": "L", "吉焦": "GJ", "兆焦": "MJ",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guess:
    """A field that a heading may mean, and how alike the two are, from 0 to 1."""

    field: str
    likeness: float


def heads_of(grid: Grid, first: int, last: int) -> tuple[str, ...]:
    """Return the heading of each column: what stands in the rows ``first`` to ``last``, from the top down."""
    return tuple(
        SEPARATOR.join(
            dict.fromkeys(" ".join(text.split()) for row in range(first, last + 1) if (text := grid.text(row, column)))
        )
        for column in range(grid.width)
    )


def unit_in(text: str) -> str:
    """Return the unit that a heading names in brackets at its end, as the kernel writes it; empty without one."""
    found = _UNIT.search(text)
    if found is None:
        return ""
    said = found[1].strip()
    known = _UNITS.get(said.casefold(), said)
    return known if known in units.UNITS else ""


def plain(text: str) -> str:
    """Return what of a heading tells it from others: without unit, signs and spaces."""
    return _NOISE.sub("", _UNIT.sub("", text)).casefold().replace("时间", "日期")


@functools.lru_cache(maxsize=50_000)
def likeness(one: str, other: str) -> float:
    """Return how alike two plain texts are: 1 for the same, 0 for nothing in common.

    Examples
    --------
    >>> [likeness("器具编号", other) for other in ("器具编号", "编号", "器具名称", "厂家")]
    [1.0, 0.8, 0.4, 0.0]
    """
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    short, long = sorted((one, other), key=len)
    if len(short) > 1 and short in long:
        return round(0.6 + 0.4 * len(short) / len(long), 3)
    pairs = _shared(one, other, 2)
    return round(pairs if long.isascii() else max(pairs, 0.8 * _shared(one, other, 1)), 3)  # one Chinese sign says a word


def _shared(one: str, other: str, size: int) -> float:
    left, right = _pieces(one, size), _pieces(other, size)
    return 2 * len(left & right) / (len(left) + len(right) or 1)


@functools.lru_cache(maxsize=20_000)
def _pieces(text: str, size: int) -> frozenset[str]:
    return frozenset(text[start : start + size] for start in range(len(text) - size + 1))


def names_of(resource: type[LedgerResource]) -> dict[str, list[str]]:
    """Return what each field of a ledger is called, in both languages and by its aliases."""
    names: dict[str, list[str]] = {field: [plain(field)] for field in (*resource.fields(), "valid_from", "valid_to")}
    for language in LANGUAGES:
        with override(language):
            for field, known in names.items():
                known.append(plain(heading(resource.form.model, field)))
    for field, others in resource.aliases.items():
        names[field].extend(plain(other) for other in others)
    return names


def guesses(heads: Sequence[str], names: Mapping[str, Sequence[str]]) -> dict[int, Guess]:
    """Return for each column the field that it most likely means; no field twice, the most alike first."""
    scored = sorted(
        ((score, -column, column, field) for column, head in enumerate(heads) for score, field in _proposals(head, names)),
        reverse=True,
    )
    found: dict[int, Guess] = {}
    taken: set[str] = set()
    for score, _order, column, field in scored:
        if column not in found and field not in taken:
            found[column] = Guess(field, score)
            taken.add(field)
    return found


def _proposals(head: str, names: Mapping[str, Sequence[str]]) -> list[tuple[float, str]]:
    """Return the fields that a heading may mean: those called so, else those called alike, none if many are equally so."""
    if not head:
        return []
    scored = [(_best(head, tuple(known)), field) for field, known in names.items()]
    exact = [(score, field) for score, field in scored if score == 1]
    if exact or any(plain(part) in _NOT_OURS for part in head.split(SEPARATOR)):
        return exact
    alike = [(score, field) for score, field in scored if score >= LIKE and field not in DAYS]  # a certificate's end is none
    if _DATE in plain(head.split(SEPARATOR)[-1]):  # 检定日期 is like 检定周期, and is none
        alike = [(score, field) for score, field in alike if any(_DATE in name for name in names[field])]
    best = max(alike, default=(0.0, ""))[0]
    return alike if sum(score == best for score, _field in alike) <= _MANY else []


@functools.lru_cache(maxsize=20_000)  # the same texts are looked at for each guess where the headings stand
def _best(head: str, known: tuple[str, ...]) -> float:
    """Return how alike a heading and a field are; the lowest row says most, the others a little less."""
    parts = head.split(SEPARATOR)
    said = [(plain(parts[-1]), 1.0), (plain("".join(parts)), 1.0), *((plain(part), 0.9) for part in parts[:-1])]
    said += [(plain(second[1]), 1.0) for second in _UNIT.finditer(parts[-1]) if _WORD.search(second[1])]  # 统一编号（管理编号）
    return max(weight * likeness(text, name) for text, weight in said for name in known)


def head_rows(grid: Grid, names: Mapping[str, Sequence[str]]) -> tuple[int, int]:
    """Return the first and the last row of the headings: where most columns mean a field of ours."""
    best, found = 0.0, (1, 1)
    for first in range(1, min(LOWEST, len(grid.rows)) + 1):
        if _figures(grid, first, first) > 2:  # the data have begun
            continue
        for last in range(first, min(first + _DEEPEST, len(grid.rows) + 1)):
            heads = heads_of(grid, first, last)
            texts = [head for head in heads if head]
            if len(set(texts)) < 2:  # a title merged over the sheet
                continue
            said = guesses(heads, names).values()
            score = sum(one.likeness for one in said) - 0.05 * (last - first) - 0.3 * _figures(grid, first, last)
            if score > best + 1e-9:
                best, found = score, (first, last)
    first, last = found
    while first > 1 and last - first + 1 < _DEEPEST and _is_head(grid, first - 1):  # headings above others tell them apart
        first -= 1
    while last - first + 1 < _DEEPEST and _goes_on(grid, last + 1):
        last += 1
    return first, last


def _goes_on(grid: Grid, row: int) -> bool:
    """Tell whether a row belongs to the headings above it: cells are merged with those above, and it holds no figures."""
    merged = {text for column in range(grid.width) if (text := grid.text(row, column)) and text == grid.text(row - 1, column)}
    return len(merged) > 1 and not _figures(grid, row, row)


def _is_head(grid: Grid, row: int) -> bool:
    """Tell whether a row may be one of headings: several texts, and no title merged over the sheet."""
    return len({grid.text(row, column) for column in range(grid.width)} - {""}) > 1 and not _figures(grid, row, row)


def _figures(grid: Grid, first: int, last: int) -> int:
    """Return how many cells of the rows hold figures or days, which headings do not."""
    cells = (grid.text(row, column) for row in range(first, last + 1) for column in range(grid.width))
    return sum(bool(re.fullmatch(r"[-+]?[\d.,/年月日%-]+", cell)) for cell in cells)
