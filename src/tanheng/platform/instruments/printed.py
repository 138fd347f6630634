"""The ledger as printed forms: JJF 1356-2012 Table B.3 with its split tables, Table B.1, and counts by kind of emission.

Each is a file of the list: it has the rows that the page's filter leaves, and says on its last sheet what it leaves out.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence

from django.urls import reverse

from tanheng.accounting.plant import Words
from tanheng.metrology.network.model import Level, Method, Point, Role
from tanheng.platform.instruments import overview, selectors, words
from tanheng.platform.instruments.labels import sheet as label_sheet
from tanheng.platform.instruments.lines import (
    MARKS,
    Line,
    Lines,
    interval_text,
    lines,
    mark,
    place_text,
    range_text,
    uncertainty_text,
)
from tanheng.platform.instruments.models import Instrument
from tanheng.platform.instruments.schemas.instrument_1 import Collecting, Traceability
from tanheng.platform.plant.words import GRADES, PARAMETERS, ROLES, SYSTEMS
from tanheng.platform.record.models import Version
from tanheng.platform.ui.filters import day_of
from tanheng.platform.ui.language import language
from tanheng.platform.ui.listing import LedgerPage, own_query
from tanheng.platform.ui.sheets import Sheet, workbook


def _both(zh: str, en: str) -> Words:
    return {"zh": zh, "en": en}


B3: tuple[Words, ...] = (
    _both("序号", "No."),
    _both("计量器具名称", "Instrument"),
    _both("型号规格", "Model"),
    _both("准确度等级", "Accuracy class"),
    _both("测量范围", "Range"),
    _both("生产厂家", "Maker"),
    _both("出厂编号", "Serial number"),
    _both("管理编号", "Instrument number"),
    _both("安装使用地点及用途", "Place and use"),
    _both("检定周期/校准间隔", "Cycle or interval"),
    _both("状态（合格/准用/停用）", "State (qualified, restricted, stopped)"),
)
"""Columns of JJF 1356-2012 Table B.3 (``verified``); the class is that of the certificate in force, not the nameplate's."""

B1_MORE: tuple[Words, ...] = (
    _both("碳源流", "Source stream"),
    _both("源流类别", "Class of the stream"),
    _both("参量", "Parameter"),
    _both("计量方式", "Method"),
    _both("核算边界", "Boundary"),
    _both("生产系统", "Production system"),
    _both("计量点", "Metering point"),
    _both("上级计量点", "Parent point"),
    _both("溯源方式", "Traceability"),
    _both("证书编号", "Certificate"),
    _both("溯源机构", "Issuer"),
    _both("有效期至", "Valid to"),
    _both("不确定度/MPE", "Uncertainty or error"),
    _both("采集方式与频次", "Collecting"),
    _both("责任人", "Person in charge"),
    _both("铅封号", "Seals"),
)
"""What Table B.1 has beside them (``unverified``: the form exists under clause 6.3.2, its columns were not seen)."""

_METHODS: Mapping[Method, Words] = {Method.MEASURED: _both("实测", "measured"), Method.CALCULATED: _both("计算", "calculated")}

SPLIT: tuple[tuple[Words, Callable[[Line], bool]], ...] = (
    (_both("表B.4 进出用能单位", "B.4 entry and exit"), lambda line: line.level in (Level.ENTITY, Level.ENTRY)),
    (_both("表B.5 主要次级用能单位", "B.5 secondary units"), lambda line: line.level is Level.SYSTEM),
    (_both("表B.6 主要用能设备", "B.6 equipment"), lambda line: line.level is Level.EQUIPMENT),
    (_both("表B.7 其他", "B.7 other"), lambda line: line.level is None),
)


def b3(page: LedgerPage, rows: list[Version]) -> bytes:
    """Return Table B.3 with the split tables B.4 to B.7."""
    ledger = _lines(page, rows)
    kept, scrapped = ledger.without_scrapped()
    heads = [words.said(head) for head in B3]
    sheets = [_sheet(_both("表B.3 计量器具一览表", "B.3 instruments"), heads, (_b3_row(line) for line in kept))]
    for title, belongs in SPLIT:
        sheets.append(_sheet(title, heads, (_b3_row(line) for line in kept if belongs(line))))
    return workbook([*sheets, about(page, ledger, rows, scrapped)], created=_created(page, rows))


def b1(page: LedgerPage, rows: list[Version]) -> bytes:
    """Return Table B.1: one row for each instrument and point at which it stands."""
    ledger = _lines(page, rows)
    kept, scrapped = ledger.without_scrapped()
    heads = [words.said(head) for head in (*B3, *B1_MORE)]
    made = ([*_b3_row(line), *_b1_more(line, point, ledger)] for line in kept for point in (line.points or (None,)))
    table = _sheet(_both("表B.1 碳计量器具一览表", "B.1 carbon instruments"), heads, made)
    return workbook([table, about(page, ledger, rows, scrapped)], created=_created(page, rows))


def by_emission(page: LedgerPage, rows: list[Version]) -> bytes:
    """Return how many instruments serve each kind of emission, and how they stand; one may serve several."""
    ledger = _lines(page, rows)
    kept, scrapped = ledger.without_scrapped()
    served = overview.emissions(page.plant, on=ledger.on, register=ledger.register)
    heads = [
        _both("排放种类", "Kind of emission"),
        _both("器具数", "Instruments"),
        _both("在用", "In use"),
        _both("证书有效", "Certificate valid"),
        _both("超期或不合格", "Overdue or failed"),
        _both("管理编号", "Instrument numbers"),
    ]
    table = []
    groups: list[tuple[str, Words]] = [
        *words.EMISSION.items(),
        ("", _both("未安装于碳源流计量点", "at no point of a source stream")),
    ]
    for key, name in groups:
        found = [line for line in kept if (key in served.get(line.row.code, ()) if key else not served.get(line.row.code))]
        table.append(
            [
                words.said(name),
                len(found),
                sum(line.standing.use.in_use for line in found),
                sum(line.standing.trace.counts for line in found),
                sum(line.standing.trace.value in ("overdue", "failed") for line in found),
                ", ".join(line.row.code for line in found),
            ]
        )
    sheet = Sheet(
        name=words.said(_both("按排放种类", "By kind of emission")), heads=[words.said(head) for head in heads], rows=table
    )
    return workbook([sheet, about(page, ledger, rows, scrapped)], created=_created(page, rows))


def _sheet(title: Words, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Sheet:
    """Return a sheet whose first column counts its rows."""
    numbered = [[number, *row] for number, row in enumerate(rows, start=1)]
    return Sheet(name=words.said(title)[:31], heads=heads, rows=numbered)


def _b3_row(line: Line) -> list[object]:
    """Return the cells of Table B.3 after the number."""
    row = line.row
    return [
        words.said(_both(row.name_zh, row.name_en or row.name_zh)),
        row.model,
        line.standing.accuracy_class,
        range_text(row),
        row.maker,
        row.serial,
        row.code,
        place_text(row),
        interval_text(row),
        words.said(MARKS[mark(line.standing)]),
    ]


def _b1_more(line: Line, point: Point | None, ledger: Lines) -> list[object]:
    row, certificate = line.row, line.certificate
    collecting = words.said(words.COLLECTING[Collecting(row.collecting)]) if row.collecting else ""
    return [
        *_of_point(point, ledger),
        words.said(words.TRACEABILITY[Traceability(row.traceability)]),
        certificate.number if certificate is not None else "",
        certificate.issuer if certificate is not None else "",
        certificate.valid_to if certificate is not None else "",
        uncertainty_text(certificate),
        "；".join(text for text in (collecting, row.frequency) if text),
        row.person,
        ", ".join(line.seals),
    ]


def _of_point(point: Point | None, ledger: Lines) -> list[object]:
    if point is None:
        return [""] * 8
    network = ledger.network
    stream = network.stream_of.get(point.stream)
    edge = network.edge_of.get(point.place)
    node = network.node_of.get(point.place) or (network.node_of.get(edge.end) if edge is not None else None)
    inside = _both("熟料生产", "clinker") if node is not None and node.in_clinker else _both("企业", "enterprise")
    return [
        words.said(stream.title) if stream is not None else "",
        str(GRADES[stream.grade.value]) if stream is not None and stream.grade is not None else "",
        str(PARAMETERS[point.parameter]) if point.parameter in PARAMETERS else point.parameter,
        method_text(point),
        words.said(inside),
        str(SYSTEMS[node.system]) if node is not None and node.system in SYSTEMS else "",
        point.code,
        point.parent,
    ]


def method_text(point: Point) -> str:
    """Return 实测, 计算-AD or 计算-EF; of a point that is for something else its role beside it."""
    method = words.said(_METHODS[point.method])
    match point.role:
        case Role.ACTIVITY if point.method is Method.CALCULATED:
            return f"{method}-AD"
        case Role.FACTOR if point.method is Method.CALCULATED:
            return f"{method}-EF"
        case Role.STACK | Role.ACTIVITY | Role.FACTOR:
            return method
        case role:
            return f"{method}；{ROLES[role.value]}"


def labels(page: LedgerPage, rows: list[Version]) -> bytes:
    """Return the labels of the rows as PDF; what is scrapped bears none."""
    ledger = _lines(page, rows)
    kept, _scrapped = ledger.without_scrapped()
    subject = "00000000-0000-0000-0000-000000000000"
    address = page.request.build_absolute_uri(reverse("instruments:detail", kwargs={"subject": subject}))
    return label_sheet(
        kept,
        address=f"{address.replace(subject, '{subject}')}?plant={page.plant.code}&tab=standing",
        plant=page.plant.name_zh if language() == "zh" else page.plant.name_en or page.plant.name_zh,
        made_on=ledger.on,
        language=language(),
    )


def _lines(page: LedgerPage, rows: list[Version]) -> Lines:
    on = day_of(page.request.GET) or selectors.today(page.plant)
    return lines(page.actor, page.plant, on=on, rows=[row for row in rows if isinstance(row, Instrument)])


def _created(page: LedgerPage, rows: list[Version]) -> datetime.datetime:
    return max((row.known_from for row in rows), default=page.plant.founded_at)


def about(page: LedgerPage, ledger: Lines, rows: list[Version], scrapped: Sequence[str]) -> Sheet:
    """Return the sheet that says of which day and which rows a file is, and what it leaves out."""
    left_out = [
        (_both("已报废的器具", "scrapped instruments"), ", ".join(scrapped)),
        (_both("已注销的记录", "retired records"), ", ".join(_retired(page, ledger))),
    ]
    said = [
        (_both("企业", "Plant"), page.plant.name_zh),
        (_both("日期", "Day"), ledger.on),
        (_both("筛选", "Filter"), own_query(page.request.GET)),
        (_both("行数", "Rows"), len(ledger.lines) - len(scrapped)),
        (_both("最新日志序号", "Newest log index"), max((row.log_index for row in rows), default="")),
        (
            _both("准确度等级", "Accuracy class"),
            words.said(_both("以有效证书为准，非铭牌等级", "that of the certificate in force, not the nameplate's")),
        ),
        *((_both(f"未列出：{title['zh']}", f"Left out: {title['en']}"), text) for title, text in left_out),
    ]
    if page.plant.demonstration:
        said.append(
            (_both("演示", "Demonstration"), words.said(_both("数据不属于任何真实工厂", "these data belong to no real plant")))
        )
    heads = [words.said(head) for head in (_both("项目", "Item"), _both("内容", "Content"))]
    return Sheet(name=words.said(_both("说明", "About")), heads=heads, rows=[[words.said(title), text] for title, text in said])


def _retired(page: LedgerPage, ledger: Lines) -> list[str]:
    """Return the numbers of the retired records; a number that was given again is in the ledger."""
    held = {one.code for one in ledger.register.instruments}
    retired = Instrument.objects.filter(plant=page.plant, retired=True).order_by("code").values_list("code", flat=True)
    return [code for code in dict.fromkeys(retired) if code not in held]
