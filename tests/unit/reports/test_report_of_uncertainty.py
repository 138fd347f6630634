"""The uncertainty of an inventory as a report shows it, on the constructed plant in Hubei."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tanheng.accounting.account import account
from tanheng.accounting.evaluation import Evaluation, evaluate_inventory, requirements
from tanheng.accounting.folder import read_folder
from tanheng.accounting.inventory import Inventory
from tanheng.accounting.stated import evidence
from tanheng.reports import pdf, uncertainty, workbook
from tanheng.reports.words import Words
from tanheng.standards import load_pack

EXAMPLE = Path(__file__).parents[3] / "examples" / "hubei-5000tpd"


@pytest.fixture(scope="module")
def evaluated() -> tuple[Inventory, Evaluation]:
    year = read_folder(EXAMPLE)
    pack = load_pack()
    inventory = account(year.plant, year.ledger, pack)
    given = evidence(year.instruments, year.components)
    return inventory, evaluate_inventory(inventory, given, trials=5000, required=requirements(inventory, pack))


def test_every_row_has_a_value_a_half_width_and_a_verdict(evaluated: tuple[Inventory, Evaluation]) -> None:
    inventory, evaluation = evaluated
    rows = uncertainty.table(inventory, evaluation, Words("zh"))
    assert [row[1] for row in rows] == list(evaluation.figures)
    assert all(row[3].startswith("± ") and len(row) == len(uncertainty.HEADS) for row in rows)


def test_a_total_with_values_nobody_gave_evidence_for_is_called_a_lower_bound(evaluated: tuple[Inventory, Evaluation]) -> None:
    inventory, evaluation = evaluated
    row = next(row for row in uncertainty.table(inventory, evaluation, Words("en")) if row[1] == "ets.direct")
    assert row[uncertainty.HEADS.index("budget")].startswith("incomplete (lower bound)")
    assert row[-1].endswith("incomplete, cannot be said to be met")


def test_contributions_shown_and_the_rest_add_up_to_all(evaluated: tuple[Inventory, Evaluation]) -> None:
    _, evaluation = evaluated
    shown = uncertainty.contributions(evaluation, "ets.direct", Words("en"))
    # each is printed with one decimal: thirteen rows round to half a tenth each
    assert sum(float(item["share"].removesuffix(" %")) for item in shown) == pytest.approx(100, abs=13 * 0.05)


def test_the_workbook_holds_the_rows_of_the_table(evaluated: tuple[Inventory, Evaluation]) -> None:
    inventory, evaluation = evaluated
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook.render(inventory, lang="zh", evaluation=evaluation)))
    cells = book.get_sheet_by_name("测量不确定度").to_python()
    assert [row[1] for row in cells[1 : len(evaluation.figures) + 1]] == list(evaluation.figures)


def test_the_printed_report_with_uncertainty_is_the_same_twice(evaluated: tuple[Inventory, Evaluation]) -> None:
    inventory, evaluation = evaluated
    first = pdf.render(inventory, lang="zh", evaluation=evaluation)
    assert first == pdf.render(inventory, lang="zh", evaluation=evaluation)
    assert first != pdf.render(inventory, lang="zh")
