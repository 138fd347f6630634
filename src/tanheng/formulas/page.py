"""The reference page of formulas, rendered from the register.

``python -m tanheng.formulas.page zh > docs/reference/formulas.md``
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tanheng.core.states import word
from tanheng.formulas import registry
from tanheng.formulas.declaration import Formula, shown


@dataclass(frozen=True, slots=True)
class _Words:
    """What the page says around the formulas, in one language."""

    head: str
    columns: str
    result: str
    document: str
    state: str
    arithmetic: str
    colon: str
    families: Mapping[str, str]


_WORDS = {
    "zh": _Words(
        head="""# 公式

本页由公式登记册生成，请勿手工修改：`python -m tanheng.formulas.page zh > docs/reference/formulas.md`。

每个公式是一个纯函数，只用 `+ - * /` 与整数，因此同一行代码可用于 `Decimal`（正式数值）、NumPy 数组与 GTC 不确定数。
“状态”说明我们对“该文件如此规定”有多大把握；“未核实”的公式照常计算，但在每份报告中列出。
单位中的 `|` 分隔可选单位，各参数按位置对应；`U`、`V` 表示任意单位，同一字母同一单位；`[…]` 表示一列数。
""",
        columns="| 参数 | 符号 | 单位 |",
        result="结果单位",
        document="依据",
        state="状态",
        arithmetic="算术，无需依据文件",
        colon="：",
        families={
            "arithmetic": "算术",
            "cets": "全国碳市场：熟料生产",
            "clinker": "熟料产量与生料侧",
            "basis": "煤的基准与水分",
            "gbt32151": "GB/T 32151.8",
            "electricity": "电力",
            "heat": "热力",
            "cems": "烟气直测（CEMS）",
            "allocation": "配额",
            "energy": "能耗",
            "eu": "欧盟碳边境调节机制",
        },
    ),
    "en": _Words(
        head="""# Formulas

Rendered from the register, not written by hand: `python -m tanheng.formulas.page en > docs/reference/formulas.en.md`.

Each formula is a pure function of `+ - * /` and whole numbers, so the same line serves `Decimal` (the official figure),
NumPy arrays and GTC uncertain numbers. The state says how sure we are that the document says this; an unverified formula
calculates, and is listed in every report that used it. Alternative units stand apart by `|` and go together by position;
`U` and `V` are any unit, the same letter the same unit; `[…]` is a sequence.
""",
        columns="| argument | symbol | unit |",
        result="Unit of the result",
        document="Source",
        state="State",
        arithmetic="arithmetic, needs no document",
        colon=": ",
        families={
            "arithmetic": "Arithmetic",
            "cets": "National ETS: clinker production",
            "clinker": "Clinker output and the kiln-feed side",
            "basis": "Coal between bases and moistures",
            "gbt32151": "GB/T 32151.8",
            "electricity": "Electricity",
            "heat": "Heat",
            "cems": "Stack measurement (CEMS)",
            "allocation": "Allowances",
            "energy": "Energy consumption",
            "eu": "EU border adjustment",
        },
    ),
}


def render(language: str) -> str:
    """Return the page in Markdown, ``language`` being ``"zh"`` or ``"en"``."""
    words = _WORDS[language]
    lines = [words.head]
    for family, formulas in itertools.groupby(registry.all(), key=_family):
        lines += [f"## {words.families[family]}", ""]
        for formula in formulas:
            lines += _entry(formula, language, words)
    return "\n".join(lines).rstrip() + "\n"


def _entry(formula: Formula, language: str, words: _Words) -> Iterator[str]:
    yield from (f"### `{formula.id}`", "", f"**{formula.title[language]}**", "", f"> {formula.equation}", "")
    yield from (words.columns, "| --- | --- | --- |")
    for role, units in formula.arguments.items():
        yield f"| `{role}` | {formula.symbols[role]} | {_units(units)} |"
    yield ""
    yield " · ".join([f"{words.result}{words.colon}`{formula.unit}`", *_source(formula, language, words)])
    yield ""


def _source(formula: Formula, language: str, words: _Words) -> Iterator[str]:
    if formula.document == "arithmetic":
        yield words.arithmetic
        return
    place = f"{formula.document}, {formula.clause}" if formula.clause else formula.document
    yield f"{words.document}{words.colon}{place}"
    yield f"{words.state}{words.colon}{word(formula.check, language)}"


def _family(formula: Formula) -> str:
    return formula.function.__module__.split(".")[2]


def _units(units: str | tuple[str, ...]) -> str:
    """Return units as a cell of a table, in which a bare ``|`` would end the cell."""
    if isinstance(units, tuple):
        return f"`[{units[0] if len(units) == 1 else shown(units)}]`"
    return " \\| ".join(f"`{unit}`" for unit in units.split(" | "))


if __name__ == "__main__":
    sys.stdout.buffer.write(render(sys.argv[1]).encode())
