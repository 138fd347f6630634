"""Builds the independent recalculation of the constructed plant-year: a workbook of live formulas.

It knows nothing of the package. The formulas stand in ``independent.yaml``, written from the text of the standard; the
inputs are copied from the CSV files of ``examples/hubei-5000tpd`` digit by digit. XlsxWriter sets the formulas into cells,
LibreOffice calculates them and stores the values::

    .venv/bin/python tests/reference/accounting/make_independent.py
"""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlsxwriter
import yaml
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

PLANT = Path(__file__).resolve().parents[3] / "examples" / "hubei-5000tpd"
FORMULAS = Path(__file__).with_name("independent.yaml")
MATRICES = ("activity", "stocktakes", "electricity_heat", "alternative_fuels")
HEADER = 3  # row of the column titles, counted from 1; the data follow
FIRST_MONTH = 6  # column G, counted from 0; the same on every sheet of months
MONTHS = [chr(ord("A") + FIRST_MONTH + month) for month in range(12)]
YEAR = "S"
TITLE_FILL = "#E7EEF3"
# LibreOffice must calculate what it opens and not trust stored values.
ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"><value>0</value></prop></item>
</oor:items>
"""


@dataclass
class Book:
    """The workbook being written, its styles, and the sheet and row in which each name stands."""

    file: xlsxwriter.Workbook
    places: dict[str, tuple[str, int]] = field(default_factory=dict)

    def style(self, **properties: object) -> Format:
        return self.file.add_format({"font_name": "Noto Sans CJK SC", "font_size": 10, **properties})

    def sheet(self, name: str, title: str, columns: Mapping[str, int]) -> Worksheet:
        """A sheet with a title and these columns, each with its width."""
        sheet = self.file.add_worksheet(name)
        sheet.write_string(0, 0, title, self.style(bold=True, font_size=14))
        for at, (text, width) in enumerate(columns.items()):
            sheet.set_column(at, at, width)
            sheet.write_string(HEADER - 1, at, text, self.style(bold=True, bottom=1, bg_color=TITLE_FILL))
        sheet.freeze_panes(HEADER, 0)
        return sheet

    def month_sheet(self, name: str, title: str, columns: Mapping[str, int], last: str, frozen: int) -> Worksheet:
        """A sheet whose columns G to R are the months: the title is the number of the month, shown as year and month."""
        sheet = self.sheet(name, title, columns)
        months = self.style(bold=True, bottom=1, bg_color=TITLE_FILL, num_format='"2025-"00', align="right")
        for month in range(12):
            sheet.write_number(HEADER - 1, FIRST_MONTH + month, month + 1, months)
        sheet.set_column(FIRST_MONTH, FIRST_MONTH + 11, 15)
        sheet.set_column(FIRST_MONTH + 12, FIRST_MONTH + 12, 20)
        sheet.write_string(HEADER - 1, FIRST_MONTH + 12, last, months)
        sheet.freeze_panes(HEADER, frozen)
        sheet.set_landscape()
        sheet.set_paper(8)  # A3
        sheet.fit_to_pages(1, 0)
        return sheet

    def texts(self, sheet: Worksheet, row: int, texts: list[str]) -> None:
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, self.style())

    def number(self, sheet: Worksheet, row: int, column: int, text: str) -> None:
        """An input, shown with the digits it was given with."""
        decimals = len(text.partition(".")[2])
        digits = "0." + "0" * decimals if decimals else "0"
        sheet.write_number(row, column, float(text), self.style(num_format=digits, font_color="#1F4E9E"))

    def names(self, sheet: str, rows: int, columns: Mapping[str, str]) -> None:
        """Names the columns of a sheet with this many rows of data."""
        for name, column in columns.items():
            self.file.define_name(name, f"={sheet}!${column}${HEADER + 1}:${column}${HEADER + rows}")

    def formula(self, text: str, home: str, column: str) -> str:
        """The formula on the sheet `home` with every ``[name]`` replaced by its cell in this column."""

        def cell(found: re.Match[str]) -> str:
            name, _, months = found[1].partition(":")
            sheet, row = self.places[name]
            cells = f"{MONTHS[0]}{row}:{MONTHS[-1]}{row}" if months else f"{column}{row}"
            return cells if sheet == home else f"'{sheet}'!{cells}"

        return "=" + re.sub(r"\[([^\]]+)\]", cell, text)


def read(name: str) -> list[dict[str, str]]:
    lines = (PLANT / f"{name}.csv").read_text(encoding="utf-8-sig").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def write_about(book: Book, texts: list[str]) -> None:
    sheet = book.file.add_worksheet("about")
    sheet.set_column(0, 0, 120)
    for row, text in enumerate(texts):
        sheet.write_string(row, 0, text, book.style(bold=row == 0, text_wrap=True))


def write_inputs(book: Book) -> None:
    columns = {"文件 file": 22, "范围 scope": 12, "类别 kind": 12, "源流 stream": 14, "信息项 item": 22, "单位 unit": 12}
    title = "输入数据，原样取自 CSV（构造） Inputs as in the CSV files (constructed)"
    sheet = book.month_sheet("inputs", title, columns, "数据来源 data source", frozen=FIRST_MONTH)
    book.places["month"] = ("inputs", HEADER)
    records = [(name, record) for name in MATRICES for record in read(name)]
    for row, (name, record) in enumerate(records, HEADER):
        scope, kind, stream, item = (record[column] for column in ("范围", "类别", "源流", "信息项"))
        book.texts(sheet, row, [f"{name}.csv", scope, kind, stream, item, record["单位"]])
        for month in range(12):
            book.number(sheet, row, FIRST_MONTH + month, record[f"2025-{month + 1:02d}"])
        sheet.write_string(row, FIRST_MONTH + 12, record["数据来源"], book.style())
        book.places[f"{scope}|{stream or kind}|{item}"] = ("inputs", row + 1)


def write_samples(book: Book) -> None:
    columns = {"样品编号 sample": 16, "采样日期 taken": 16, "信息项 item": 16, "单位 unit": 10, "基准 basis": 12}
    columns |= {"数值 value": 12, "代表量 mass, t": 16, "月份 month": 14, "数值 × 代表量 value × mass": 28}
    sheet = book.sheet("samples", "化验结果，原样取自 CSV（构造） Laboratory results (constructed)", columns)
    records = read("laboratory")
    for row, record in enumerate(records, HEADER):
        book.texts(sheet, row, [record[name] for name in ("样品编号", "采样日期", "信息项", "单位", "基准")])
        book.number(sheet, row, 5, record["数值"])
        book.number(sheet, row, 6, record["代表量(t)"])
        sheet.write_formula(row, 7, f"=VALUE(MID(B{row + 1},6,2))", book.style(num_format='"2025-"00'))
        sheet.write_formula(row, 8, f"=F{row + 1}*G{row + 1}", book.style(num_format="#,##0.0000"))
    names = {"sample_item": "C", "sample_mass": "G", "sample_month": "H", "sample_product": "I"}
    book.names("samples", len(records), names)


def write_corrections(book: Book) -> None:
    columns = {
        "数据项编号 id": 44,
        "月份 month": 14,
        "单位 unit": 10,
        "更正理由 reason": 50,
        "数值 value": 14,
        "月 number of month": 20,
    }
    sheet = book.sheet("corrections", "更正，原样取自 CSV（构造） Corrections (constructed)", columns)
    records = read("corrections")
    for row, record in enumerate(records, HEADER):
        book.texts(sheet, row, [record[name] for name in ("数据项编号", "月份", "单位", "更正理由")])
        book.number(sheet, row, 4, record["数值"])
        sheet.write_formula(row, 5, f"=VALUE(RIGHT(B{row + 1},2))", book.style())
    book.names("corrections", len(records), {"corrected_item": "A", "corrected_value": "E", "corrected_month": "F"})


def write_parameters(book: Book, parameters: list[dict[str, str]]) -> None:
    columns = {"名称 name": 20, "编号 id": 54, "含义": 34, "meaning": 46, "单位 unit": 14, "数值 value": 14}
    sheet = book.sheet("parameters", "参数 Parameters", columns)
    for row, parameter in enumerate(parameters, HEADER):
        book.texts(sheet, row, [parameter[name] for name in ("name", "id", "zh", "en", "unit")])
        book.number(sheet, row, 5, parameter["value"])
        book.file.define_name(parameter["name"], f"=parameters!$F${row + 1}")


def write_table(book: Book, name: str, title: str, rows: list[dict[str, Any]]) -> None:
    """A sheet of calculated rows."""
    columns = {"编号 id": 46, "项目": 30, "Item": 40, "单位 unit": 10, "算法 rule": 54, "依据 source": 16}
    sheet = book.month_sheet(name, title, columns, "全年 year", frozen=2)
    for at, row in enumerate(rows, HEADER):
        if "heading" in row:
            sheet.write_string(at, 0, row["heading"], book.style(bold=True))
            continue
        book.places[row["id"]] = (name, at + 1)
        book.texts(sheet, at, [row["id"], *row["words"]])
        formulas = dict.fromkeys(MONTHS, row["month"])
        if row.get("year") != "none":
            formulas[YEAR] = row.get("year", f"SUM([{row['id']}:months])")
        digits = "#,##0.000000" if row["words"][2] in ("tCO2/t", "GJ/t") else "#,##0.0000"
        for column, formula in formulas.items():
            style = book.style(num_format=digits, bold=column == YEAR)
            sheet.write_formula(f"{column}{at + 1}", book.formula(formula, name, column), style)


def filled(value: Any, line: str) -> Any:  # Any: what YAML holds
    """The rows of a line's sheet with its number in the place of ``{line}``."""
    match value:
        case str():
            return value.replace("{line}", line)
        case list():
            return [filled(item, line) for item in value if not isinstance(item, dict) or item.get("line", line) == line]
        case dict():
            return {name: filled(item, line) for name, item in value.items()}
        case _:
            return value


def build(path: Path) -> None:
    """Writes the workbook with formulas and without values."""
    content = yaml.safe_load(FORMULAS.read_text(encoding="utf-8"))
    with xlsxwriter.Workbook(path) as file:
        book = Book(file)
        write_about(book, content["about"])
        write_inputs(book)
        write_samples(book)
        write_corrections(book)
        write_parameters(book, content["parameters"])
        for template in content["sheets"]:
            for line in template.get("lines", [""]):
                sheet = filled(template, line)
                write_table(book, sheet["name"], sheet["title"], sheet["rows"])


def main() -> int:
    soffice = shutil.which("soffice")
    if soffice is None:
        sys.stderr.write("LibreOffice calculates the workbook; install it (Debian: apt-get install libreoffice-calc).\n")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        settings = work / "profile" / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True)
        settings.write_text(ALWAYS_RECALCULATE, encoding="utf-8")
        build(work / "independent.xlsx")
        command = [soffice, f"-env:UserInstallation={(work / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx"]
        subprocess.run([*command, "--outdir", str(work / "out"), str(work / "independent.xlsx")], check=True, timeout=180)
        shutil.copy(work / "out" / "independent.xlsx", PLANT / "check" / "independent.xlsx")
    return 0


if __name__ == "__main__":
    sys.exit(main())
