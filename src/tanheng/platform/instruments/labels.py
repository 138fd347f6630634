"""Labels of instruments to print and stick on: number, name, class, last day, colour mark, and a QR code to its page.

Typst makes the sheet from a template of three by eight labels on A4; the fonts are those of the reports. The same instruments
on the same day under the same address give the same bytes.
"""

from __future__ import annotations

import datetime
import io
import json
import tempfile
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

import segno
import typst

from tanheng.accounting.plant import Words
from tanheng.platform.instruments import words
from tanheng.platform.instruments.lines import MARKS, Line, Mark, mark
from tanheng.reports.errors import ReportError
from tanheng.reports.pdf import FONTS

COLOURS = {
    Mark.QUALIFIED: ("#1b7f3b", "#ffffff"),
    Mark.RESTRICTED: ("#f2c200", "#1a1a1a"),
    Mark.STOPPED: ("#b3261e", "#ffffff"),
}
"""Green, yellow and red, each with the ink that is read on it."""

_HEADS: dict[str, Words] = {
    "number": {"zh": "管理编号", "en": "Number"},
    "class": {"zh": "准确度等级", "en": "Class"},
    "valid": {"zh": "有效期至", "en": "Valid to"},
    "person": {"zh": "责任人", "en": "Person"},
    "place": {"zh": "地点", "en": "Place"},
}


def sheet(lines: Iterable[Line], *, address: str, plant: str, made_on: datetime.date, language: str) -> bytes:
    """Return the labels as PDF.

    Parameters
    ----------
    address : str
        Absolute address of an instrument's page with ``{subject}`` in the place of its subject.
    made_on : date
        The day of the data; it becomes the date of the file.

    Raises
    ------
    ReportError
        The fonts are not in the package, or the template does not compile.
    """
    labels = [_label(line, address, language) for line in lines]
    data = {
        "heads": {name: words.said(head, language) for name, head in _HEADS.items()},
        "plant": plant,
        "lang": language,
        "labels": labels,
    }
    fonts_from = resources.files("tanheng.reports").joinpath("fonts")
    template = resources.files(__package__).joinpath("typst/labels.typ")
    with resources.as_file(fonts_from) as fonts, tempfile.TemporaryDirectory() as folder:
        missing = [name for name in FONTS if not (fonts / name).is_file()]
        if missing:
            raise ReportError("reports.fonts.missing", fonts=", ".join(missing))
        work = Path(folder)
        (work / "labels.typ").write_bytes(template.read_bytes())
        (work / "data.json").write_text(json.dumps(data, ensure_ascii=False, sort_keys=True), encoding="utf-8")
        for number, label in enumerate(labels):
            (work / f"{number}.svg").write_bytes(qr(label["address"]))
        try:
            made = typst.compile(
                str(work / "labels.typ"),
                root=str(work),
                font_paths=[str(fonts)],
                ignore_system_fonts=True,
                pdf_standards="a-2b",
                timestamp=datetime.datetime(made_on.year, made_on.month, made_on.day, tzinfo=datetime.UTC),
            )
        except RuntimeError as error:
            raise ReportError("reports.template", reason=str(error)) from error
    return bytes(made)


def _label(line: Line, address: str, language: str) -> dict[str, str]:
    row, found = line.row, mark(line.standing)
    certificate = line.certificate
    return {
        "address": address.replace("{subject}", str(row.subject)),
        "code": row.code,
        "name": row.name_zh if language == "zh" or not row.name_en else row.name_en,
        "class": line.standing.accuracy_class or "—",
        "valid": certificate.valid_to.isoformat() if certificate is not None and certificate.valid_to is not None else "—",
        "person": row.person or "—",
        "place": row.place or "—",
        "mark": words.said(MARKS[found], language),
        "colour": COLOURS[found][0],
        "ink": COLOURS[found][1],
    }


def qr(text: str) -> bytes:
    """Return a QR code as SVG, with the quiet zone of four modules without which a camera does not find it (ISO/IEC 18004)."""
    target = io.BytesIO()
    segno.make(text, error="m", micro=False).save(target, kind="svg", border=4, xmldecl=False, svgns=True, nl=False)
    return target.getvalue()
