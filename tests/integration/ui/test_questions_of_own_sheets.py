"""What a stranger's sheet leaves open is asked once, what was guessed is shown, and what was answered can be changed."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import lxml.html  # type: ignore[import-untyped]  # it has none
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tanheng.platform.accounts.roles import Role
from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.instruments.models import Certificate, Instrument
from tanheng.platform.plant.models import Line
from tanheng.platform.record.models import Plant
from tanheng.platform.ui.models import SheetMapping
from tests.integration.ui.test_own_sheets import Importing, form_of, texts
from tests.integration.ui.test_words_and_faults_of_own_sheets import HEADS, answered, asked, book, line, rows_of

Login = Callable[..., Client]
LEDGER = ("管理编号", "器具名称", "溯源方式", "使用情况", "出厂日期")
BINDER = ("器具编号", "证书号", "检定单位", "证书类别", "检定日期", "检定结果", "备注")


@pytest.fixture
def lines(login: Login) -> Importing:
    return Importing(login(Role.STATISTICIAN, language="zh-hans"))


@pytest.fixture
def instruments(login: Login) -> Importing:
    return Importing(login(Role.METROLOGIST, language="zh-hans"), "instruments")


def laid_out(who: Importing, rows: Sequence[Sequence[str]], heads: Sequence[str] = LEDGER, **said: list[str]) -> str:
    """Hand a ledger of instruments in, and say what the page asks for: kinds from names, the day on which the ledger begins."""
    data = form_of(who.hand_in(book({"台账": rows}, heads, "台账.xlsx")))
    return who.send({**data, "from-kind": ["1"], "fixed-taken_over_on": ["2026-01-01"], **said})


def part(page: str, name: str) -> Any:  # Any: an element
    (found,) = lxml.html.fromstring(page).xpath(f'//*[@id="{name}"]')
    return found


def chosen(element: Any, name: str) -> list[str]:  # Any: as above
    """Return what is chosen in each list of a name; nothing chosen is empty."""
    return [(one.xpath(".//option[@selected]/@value") or [""])[0] for one in element.xpath(f'.//select[@name="{name}"]')]


def seen_again(who: Importing, page: str) -> str:
    """Return the page of columns to which the result of a check leads."""
    who.address = str(lxml.html.fromstring(page).xpath('//main//a[contains(@href, "mapping=")]/@href')[0])
    return who.client.get(who.address).content.decode()


def stored(plant: Plant) -> dict[str, Any]:  # Any: as above
    with scope(all_plants()):
        return {row.code: row for row in Instrument.objects.filter(plant=plant).latest_versions()}


def test_an_answer_is_shown_later_and_can_be_changed(lines: Importing, plant: Plant) -> None:
    done = lines.send(answered(lines.send(form_of(lines.hand_in(book({"甲": [line("1", word="甲类料")]}))))))
    page = seen_again(lines, done)
    before = part(page, "before")
    assert "甲类料" in before.text_content()
    assert chosen(before, "meaning") == ["portland"]
    done = lines.send({**form_of(page), "meaning": ["white"]})
    lines.confirm(done)
    with scope(all_plants()):
        assert Line.objects.get(plant=plant).clinker == "white"
        assert SheetMapping.objects.get(plant=plant).layout["words"] == {"clinker": {"甲类料": "white"}}


def test_an_answer_that_is_taken_back_is_asked_for_again(lines: Importing) -> None:
    file = book({"甲": [line("1", word="甲类料")]})
    done = lines.send(answered(lines.send(form_of(lines.hand_in(file)))))
    page = lines.send({**form_of(seen_again(lines, done)), "meaning": [""]})
    assert "“甲类料”不在可选词内" in rows_of(page)[0][-1]
    assert asked(lines.hand_in(book({"甲": [line("1", word="甲类料")]}))) == ["甲类料"]


def test_a_word_for_several_kinds_is_not_preset_and_lists_them_first(instruments: Importing) -> None:
    rows = [("A-1", "流量计", "检定", "在用", ""), ("A-2", "冷却水流量计", "检定", "在用", "")]
    page = laid_out(instruments, rows)
    assert asked(page) == ["流量计", "冷却水流量计"]
    words = part(page, "words")
    assert chosen(words, "meaning") == ["", ""]
    first = words.xpath("(.//select)[1]/optgroup[1]/option/@value")
    assert first == [
        "electromagnetic_flow", "ultrasonic_flow", "vortex_flow", "differential_flow", "turbine_flow", "mass_flow",
    ]  # fmt: skip


def test_what_was_read_as_a_word_of_ours_is_announced_and_can_be_changed(instruments: Importing, plant: Plant) -> None:
    rows = [
        ("A-1", "电子皮带秤", "检定", "正常", ""),
        ("A-2", "皮带秤", "检定", "在用", ""),
        ("A-3", "电子皮带秤", "检定", "在用", ""),
    ]
    page = laid_out(instruments, rows)
    said = [" ".join(one.text_content().split()) for one in part(page, "meanings").xpath(".//li")]
    assert "2 行：器具类别 皮带秤 ← 电子皮带秤" in said
    assert "1 行：接管时状态 在用 ← 正常" in said
    data = form_of(seen_again(instruments, page))
    place = data["guess-said"].index("电子皮带秤")
    data["guess-meaning"][place] = "batch_scale"
    instruments.confirm(instruments.send(data))
    assert [stored(plant)[code].kind for code in ("A-1", "A-2", "A-3")] == ["batch_scale", "belt_scale", "batch_scale"]


def test_the_day_on_which_the_ledger_begins_is_asked_for_once_before_any_row(instruments: Importing, plant: Plant) -> None:
    rows = [(f"A-{number}", "皮带秤", "检定", "在用", "") for number in range(30)]
    data = form_of(instruments.hand_in(book({"台账": rows}, LEDGER)))
    data["from-kind"] = ["1"]
    page = instruments.send(data, status=400)
    assert "“建账日（此前已在厂内）”须先说明一次" in texts(page)
    page = instruments.send({**data, "none-taken_over_on": ["on"]}, status=400)
    assert "离不开它" in texts(page)
    assert "D 使用情况" in texts(page)
    instruments.confirm(instruments.send({**data, "fixed-taken_over_on": ["2026-01-01"]}))
    assert {str(row.taken_over_on) for row in stored(plant).values()} == {"2026-01-01"}


def test_that_no_instrument_was_there_before_can_be_said(instruments: Importing, plant: Plant) -> None:
    rows = [("A-1", "皮带秤", "检定")]
    data = form_of(instruments.hand_in(book({"台账": rows}, LEDGER[:3])))
    page = instruments.send({**data, "from-kind": ["1"], "none-taken_over_on": ["on"]})
    instruments.confirm(page)
    assert stored(plant)["A-1"].taken_over_on is None
    again = instruments.hand_in(book({"台账": [*rows, ("A-2", "皮带秤", "检定")]}, LEDGER[:3]))
    assert "新增 1" in texts(again)  # it is not asked again


def test_the_method_of_traceability_is_never_chosen_by_itself(instruments: Importing, plant: Plant) -> None:
    data = form_of(instruments.hand_in(book({"台账": [("A-1", "皮带秤")]}, LEDGER[:2])))
    assert data["fixed-traceability"] == [""]
    data |= {"from-kind": ["1"], "fixed-taken_over_on": ["2026-01-01"]}
    assert "必填字段没有对应的列：溯源方式" in texts(instruments.send(data, status=400))
    page = instruments.send({**data, "fixed-traceability": ["calibration"]})
    assert "对所有行相同: " in texts(page)
    assert "溯源方式 校准" in texts(page)


def test_a_blank_is_no_value_and_its_meaning_is_asked_for_once(instruments: Importing, plant: Plant) -> None:
    rows = [("A-1", "皮带秤", "检定", "在用", ""), ("A-2", "皮带秤", "", "在用", ""), ("A-3", "皮带秤", "", "在用", "")]
    page = laid_out(instruments, rows)
    assert asked(page) == [""]
    assert [cell.text_content() for cell in part(page, "words").xpath(".//tbody/tr/td")[:3]] == ["溯源方式", "(空)", "2"]
    page = instruments.send({**form_of(page), "meaning": ["none"]})
    instruments.confirm(page)
    assert [stored(plant)[code].traceability for code in ("A-1", "A-2", "A-3")] == ["verification", "none", "none"]


@pytest.mark.parametrize(("answer", "day"), [("first", "2019-05-01"), ("last", "2019-05-31")])
def test_a_month_for_a_day_is_asked_about_once(instruments: Importing, plant: Plant, answer: str, day: str) -> None:
    rows = [("A-1", "皮带秤", "检定", "在用", "2019年5月"), ("A-2", "皮带秤", "检定", "在用", "２０１９．５．７")]
    page = laid_out(instruments, rows)
    assert "1 行: “出厂日期”只有年月或只有年" in texts(page)
    page = instruments.send({**form_of(page), "answer-short-made_on": [answer]})
    instruments.confirm(page)
    assert [str(stored(plant)[code].made_on) for code in ("A-1", "A-2")] == [day, "2019-05-07"]


def test_a_month_for_a_day_that_nobody_settles_is_a_fault(instruments: Importing) -> None:
    page = laid_out(instruments, [("A-1", "皮带秤", "检定", "在用", "2019年5月")])
    page = instruments.send({**form_of(page), "answer-short-made_on": [""]})
    assert rows_of(page)[0][-1] == "只有年月，请补上日，例如 2019-05-15"


@pytest.fixture
def binder(login: Login, instruments: Importing) -> Importing:
    """Enter three instruments, and return who enters their certificates."""
    instruments.confirm(laid_out(instruments, [(f"A-{number}", "皮带秤", "检定", "在用", "") for number in range(1, 4)]))
    return Importing(instruments.client, "certificates")


OWN = [
    ("A-1", "/", "自校", "自校", "2026-01-02", "合格", "标准砝码"),
    ("A-2", "/", "自校", "自校", "2026-01-02", "合格", ""),
    ("A-3", "Z-3", "市所", "检定证书", "2026-01-02", "合格", ""),
]


def certificates(plant: Plant) -> dict[str, tuple[str, str, str]]:
    with scope(all_plants()):
        rows = Certificate.objects.filter(plant=plant)
        return {row.instrument: (row.kind, row.result, row.remark) for row in rows}


def test_own_calibrations_that_say_qualified_are_asked_about_once(binder: Importing, plant: Plant) -> None:
    page = binder.send(form_of(binder.hand_in(book({"证书": OWN}, BINDER))))
    question = " ".join(part(page, "question-calibration-concludes").text_content().split())
    assert question.startswith("2 行: 校准证书写着“合格”，但校准不作合格与否的结论")
    page = binder.send({**form_of(page), "answer-calibration-concludes": ["none"]})
    assert "新增 3" in texts(page)
    binder.confirm(page)
    assert certificates(plant) == {
        "A-1": ("calibration", "none", "标准砝码；原表结论：合格"),
        "A-2": ("calibration", "none", "原表结论：合格"),
        "A-3": ("verification", "qualified", ""),
    }
    assert "未变 3" in texts(binder.hand_in(book({"证书": OWN}, BINDER)))  # asked no more, and nothing is another


def test_calibrations_may_turn_out_to_be_verifications(binder: Importing, plant: Plant) -> None:
    rows = [(code, f"Z-{code}", "市所", "校准", *rest) for code, _number, _issuer, _kind, *rest in OWN]
    page = binder.send(form_of(binder.hand_in(book({"证书": rows}, BINDER))))
    binder.confirm(binder.send({**form_of(page), "answer-calibration-concludes": ["verification"]}))
    assert {said[:2] for said in certificates(plant).values()} == {("verification", "qualified")}


def test_left_open_it_is_one_fault_of_all_its_rows_with_the_cure(binder: Importing, plant: Plant) -> None:
    page = binder.send(form_of(binder.hand_in(book({"证书": OWN}, BINDER))))
    (fault,) = rows_of(binder.send({**form_of(page), "answer-calibration-concludes": [""]}))
    assert fault[1] == "2 行: 2–3"
    assert "校准（含自校、内校）选“不作结论（校准）”" in fault[-1]
    assert certificates(plant) == {}


def test_the_column_that_names_known_instruments_is_proposed_for_them(binder: Importing) -> None:
    heads = ("器具名称", "出厂号", "证书号")
    page = binder.hand_in(book({"证书": [("皮带秤", "A-1", "Z-1"), ("皮带秤", "A-2", "Z-2")]}, heads))
    assert form_of(page)["column"] == ["", "instrument", "number"]


def test_a_day_of_verification_is_no_cycle(instruments: Importing) -> None:
    heads = ("管理编号", "器具名称", "检定日期", "检定周期")
    page = instruments.hand_in(book({"台账": [("A-1", "皮带秤", "2026.1.1", "12")]}, heads))
    assert form_of(page)["column"] == ["code", "name_zh", "", "cycle_months"]


def test_a_sheet_with_the_same_headings_elsewhere_and_one_more_column_is_read(lines: Importing, plant: Plant) -> None:
    more = ("序号", "编号", "厂里叫法", "名称", *HEADS[3:])
    row = ("2", "2", "老线", "二线", "2500", "硅酸盐水泥熟料", "2005.3.1", "A")
    file = book({"甲": [HEADS, line("1")], "乙": [("填表单位：机动部",), more, row]}, ("某厂生产线",))
    page = lines.send({**form_of(lines.hand_in(file)), "every_sheet": ["on"]})
    said = texts(page)
    assert "新增 2" in said
    assert "乙: 厂里叫法 (所选工作表没有的列，未读取)" in said
    lines.confirm(page)
    with scope(all_plants()):
        assert {one.code: one.name_zh for one in Line.objects.filter(plant=plant)} == {"1": "某线", "2": "二线"}


def test_a_sheet_left_out_says_why(lines: Importing) -> None:
    other: dict[str, Sequence[Sequence[str]]] = {"甲": [line("1")], "乙": [line("2")], "丙": [("x",)]}
    data = form_of(lines.hand_in(book(other)))
    data.pop("every_sheet", None)
    said = texts(lines.send(data))
    assert "(整个工作表：表头相同，但只读取所选的工作表)" in said.split("乙: ")[1]
    assert "新增 1" in said


def test_a_sheet_with_other_headings_says_the_first_that_differs(lines: Importing) -> None:
    other = book({"甲": [line("1")], "乙": [line("2")]})
    made = openpyxl.load_workbook(io.BytesIO(other.read()))
    made["乙"]["D1"].value = "产能"
    target = io.BytesIO()
    made.save(target)
    page = lines.send(form_of(lines.hand_in(SimpleUploadedFile("生产线.xlsx", target.getvalue()))))
    assert "整个工作表：表头不同: 单元格 D1 是“产能”，不是“设计能力（t/d）”" in texts(page)


def test_one_sort_of_fault_in_many_contents_is_one_line(lines: Importing) -> None:
    rows = [line(str(number), power=f"约{number}") for number in range(1, 151)]
    page = lines.send(form_of(lines.hand_in(book({"甲": rows}))))
    faults = rows_of(page)
    assert len(faults) == 1
    assert faults[0][1] == "150 行: 2–151"
    assert "同样的错误，共 150 种内容" in faults[0][-1]


def marked_file(page: str, who: Importing) -> bytes:
    address = lxml.html.fromstring(page).xpath('//main//a[contains(@href, "faults.xlsx")]/@href')[0]
    return who.client.get(address).content


def test_a_file_with_faults_comes_back_marked_and_is_recognised_when_it_is_corrected(lines: Importing, plant: Plant) -> None:
    file = book({"甲": [line("1"), line("2", power="约五千")]})
    page = lines.send(form_of(lines.hand_in(file)))
    made = openpyxl.load_workbook(io.BytesIO(marked_file(page, lines)))
    sheet = made["甲"]
    assert sheet["D3"].value == "约五千"
    assert sheet["H3"].value.endswith(sheet["D3"].comment.text)
    assert sheet["H1"].value == "错误（导入时不读）"
    assert sheet["H3"].value.startswith("D 设计能力（t/d）: ")
    assert sheet["H2"].value is None
    sheet["D3"].value = "2500"
    target = io.BytesIO()
    made.save(target)
    page = lines.hand_in(SimpleUploadedFile("改好.xlsx", target.getvalue()))
    assert "新增 2" in texts(page)
    lines.confirm(page)
    with scope(all_plants()):
        assert Line.objects.filter(plant=plant).count() == 2


def test_our_own_sheet_comes_back_marked_too(lines: Importing) -> None:
    heads = "编号,名称,英文名称,厂区,熟料,设计产能 (t/d),窑径 (m),窑长 (m),预热器级数,余热发电装机 (MW),替代燃料,投产日期"
    rows = f"{heads}\n1,,,,硅酸盐水泥熟料,5000,4.8,72,5,9,否,2009.6.18\n"
    page = lines.hand_in(SimpleUploadedFile("lines.csv", rows.encode()))
    data = marked_file(page, lines)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert sheet["B2"].comment is not None
    assert sheet["M1"].value == "错误（导入时不读）"
    again = lines.hand_in(SimpleUploadedFile("again.xlsx", data))
    assert [fault[:2] for fault in rows_of(again)] == [["2", "名称"]]


def test_a_marked_file_is_for_who_handed_it_in(lines: Importing, login: Login) -> None:
    page = lines.send(form_of(lines.hand_in(book({"甲": [line("1", power="x")]}))))
    address = lxml.html.fromstring(page).xpath('//main//a[contains(@href, "faults.xlsx")]/@href')[0]
    assert login(Role.STATISTICIAN).get(address).status_code == 404
    assert login(Role.VERIFIER).get(address).status_code == 403
    assert Client().get(address).status_code == 302


def test_columns_that_mean_nothing_here_are_listed_with_where_they_may_go(lines: Importing) -> None:
    said = texts(lines.send(form_of(lines.hand_in(book({"甲": [line("1")]})))))
    assert "未导入的列: A 序号、G 管理类别" in said


def test_two_rows_of_headings_are_found_though_the_lower_names_nothing_of_ours(instruments: Importing) -> None:
    above = ("管理编号", "器具名称", "检定信息", "检定信息")
    below = ("管理编号", "器具名称", "甲", "乙")
    target = io.BytesIO()
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    for row in (above, below, ("A-1", "皮带秤", "x", "y")):
        sheet.append(row)
    for cells in ("A1:A2", "B1:B2", "C1:D1"):
        sheet.merge_cells(cells)
    made.save(target)
    data = form_of(instruments.hand_in(SimpleUploadedFile("台账.xlsx", target.getvalue())))
    assert (data["first"], data["last"]) == (["1"], ["2"])
