"""A drawing as PDF: Typst sets the SVG of :mod:`tanheng.metrology.network.drawing` on a page, with the shipped fonts.

The page is A3 landscape or, where the smallest letters would be under five points, the next larger format that keeps them
readable. A character that the font lacks is set as 〓. The date in the file is the drawing's own, and no font of the machine is
used: the same drawing gives the same bytes.
"""

from __future__ import annotations

import datetime
import json
import re
import tempfile
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from tanheng.reports.errors import ReportError
from tanheng.reports.pdf import FONTS

_VIEW = re.compile(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')
_FORMATS = (("a3", 420.0, 297.0), ("a2", 594.0, 420.0), ("a1", 841.0, 594.0), ("a0", 1189.0, 841.0))
_MARGIN = 10.0  # mm
_POINTS_PER_MM = 72 / 25.4
_LETTERS = 9.5  # px, the smallest that a drawing has
_READABLE = 5.0  # pt
_GETA = "〓"  # what typesetters put where they lack a character
_STRANGE = re.compile(r'the text `"(.+?)"` could not be displayed')
_MOST_STRANGE = 20  # different characters that the font may lack


def diagram_pdf(drawings: Sequence[str], *, title: str, lang: str, on: datetime.date) -> bytes:
    """Return drawings as one PDF/A-2b, a page each.

    Parameters
    ----------
    drawings : sequence of str
        SVG as the drawing functions return it; at least one.
    title : str
        Of the document, such as the kind of the drawing and the plant.
    on : date
        The day whose state is shown; it dates the file.

    Raises
    ------
    ReportError
        When there is no drawing, or one is no SVG of ours, the fonts are not in the package, or the template does not compile.
    """
    import typst  # a compiler of 40 MB: loaded only when a drawing is printed

    pages = [_page(drawing) for drawing in drawings]
    if not pages:
        raise ReportError("reports.diagram.none", title=title)
    data = {"title": title, "lang": "zh" if lang == "zh" else "en", "date": [on.year, on.month, on.day], "pages": pages}
    given = [*drawings, json.dumps(data, ensure_ascii=False, sort_keys=True)]
    for _ in range(_MOST_STRANGE):
        try:
            return _compiled(given, on)
        except typst.TypstError as error:
            strange = _STRANGE.search(str(error))
            if strange is None:
                raise ReportError("reports.template", reason=str(error)) from error
            given = [text.replace(strange[1], _GETA) for text in given]
    raise ReportError("reports.diagram.strange", title=title)


def _compiled(given: Sequence[str], on: datetime.date) -> bytes:
    """Return the PDF of some drawings; the last text is the data of the template."""
    import typst

    root = resources.files(__package__)
    with resources.as_file(root.joinpath("fonts")) as fonts, tempfile.TemporaryDirectory() as folder:
        missing = [name for name in FONTS if not (fonts / name).is_file()]
        if missing:
            raise ReportError("reports.fonts.missing", fonts=", ".join(missing))
        work = Path(folder)
        (work / "diagram.typ").write_bytes(root.joinpath("templates/diagram.typ").read_bytes())
        for index, drawing in enumerate(given[:-1]):
            (work / f"{index}.svg").write_text(drawing, encoding="utf-8")
        (work / "data.json").write_text(given[-1], encoding="utf-8")
        made = typst.compile(
            str(work / "diagram.typ"),
            root=str(work),
            font_paths=[str(fonts)],
            ignore_system_fonts=True,
            pdf_standards="a-2b",
            timestamp=datetime.datetime(on.year, on.month, on.day, tzinfo=datetime.UTC),
        )
    return bytes(made)


def _page(drawing: str) -> dict[str, object]:
    """Return the format of a page, and whether the drawing fills its width or its height."""
    found = _VIEW.search(drawing)
    if found is None:
        raise ReportError("reports.diagram.svg")
    wide, high = float(found[1]), float(found[2])
    paper, width, height = next((one for one in _FORMATS if _scale(one, wide, high) * _LETTERS >= _READABLE), _FORMATS[-1])
    return {"paper": paper, "fills": "width" if wide / high >= (width - 2 * _MARGIN) / (height - 2 * _MARGIN) else "height"}


def _scale(paper: tuple[str, float, float], wide: float, high: float) -> float:
    """Return how many points a pixel has where the drawing fills the paper."""
    _, width, height = paper
    return min((width - 2 * _MARGIN) / wide, (height - 2 * _MARGIN) / high) * _POINTS_PER_MM
