"""A command line that cannot be run is refused in both languages: thing, value, rule and cure, and exit code 2."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

import pytest
import typer

from tanheng.cli import root

ZH, EN = "zh_CN.UTF-8", "en_US.UTF-8"

CASES = [
    ("nope", ZH, ["tanheng 没有命令“nope”；tanheng --help 列出全部命令。"]),
    ("nope", EN, ["tanheng: no command “nope”; tanheng --help lists them."]),
    ("edge chek", ZH, ["tanheng edge", "“chek”", "enrol、check、run、status", "tanheng edge --help"]),
    ("edge chek", EN, ["tanheng edge", "“chek”", "enrol, check, run, status", "tanheng edge --help"]),
    ("log epoch shw", ZH, ["tanheng log epoch", "“shw”", "show、begin"]),
    ("log epoch shw", EN, ["tanheng log epoch", "“shw”", "show, begin"]),
    ("edge --nope", ZH, ["tanheng edge 没有选项 --nope", "可用：--help"]),
    ("demo --nope", ZH, ["tanheng demo 没有选项 --nope", "--examples、--lang、--help", "tanheng demo --help"]),
    ("demo --nope", EN, ["tanheng demo has no option --nope", "--examples, --lang, --help", "tanheng demo --help"]),
    ("log verify /tmp", ZH, ["tanheng log verify 缺少选项 --key", "请补上", "日志的验证密钥；由 tanheng key show 打印。"]),
    ("log verify /tmp", EN, ["tanheng log verify lacks the option --key", "add it", "tanheng key show prints it."]),
    ("log proof a", ZH, ["tanheng log proof 缺少参数 index", "记录的序号。"]),
    ("log proof a", EN, ["tanheng log proof lacks the argument index", "Index of the entry."]),
    ("account", ZH, ["tanheng account 缺少参数 DIR", "用法：tanheng account [OPTIONS] {DIR}"]),
    ("account", EN, ["tanheng account lacks the argument DIR", "Usage: tanheng account [OPTIONS] {DIR}"]),
    ("simulate --speed x", ZH, ["选项 --speed 不能是“x”；须为整数。", "工厂时间的倍速，1 至 300。"]),
    ("simulate --speed x", EN, ["option --speed", "cannot be “x”; it must be a whole number.", "1 to 300."]),
    ("worker --concurrency 65", ZH, ["选项 --concurrency 不能是“65”；须为整数，1 至 64。"]),
    ("worker --concurrency 65", EN, ["cannot be “65”; it must be a whole number from 1 to 64."]),
    ("log proof a -- -1", ZH, ["参数 index 不能是“-1”；须为整数，不小于 0。"]),
    ("log proof a -- -1", EN, ["argument index", "cannot be “-1”; it must be a whole number of at least 0."]),
    ("edge check /dev/null --patience 8s", ZH, ["不能是“8s”；须为数。", "每台设备最多用时（秒）。"]),
    ("edge check /dev/null --patience 8s", EN, ["cannot be “8s”; it must be a number.", "Seconds each device may take."]),
    ("account x --form doc", ZH, ["选项 --form 不能是“doc”；须为以下之一：xlsx、csv。"]),
    ("account x --form doc", EN, ["cannot be “doc”; it must be one of xlsx, csv."]),
    ("edge run /no/such.yaml", ZH, ["参数 CONFIG 不能是“/no/such.yaml”；须为可以读取的已有文件。", "终端的 YAML 配置文件。"]),
    ("edge run /no/such.yaml", EN, ["argument CONFIG", "“/no/such.yaml”", "an existing file that can be read."]),
    ("edge run /tmp", ZH, ["不能是“/tmp”；须为可以读取的已有文件。"]),
    ("demo --lang", ZH, ["用法：tanheng demo [OPTIONS]", "tanheng demo 的选项 --lang 之后没有值；请写上。"]),
    ("demo --lang", EN, ["Usage: tanheng demo [OPTIONS]", "No value follows the option --lang of tanheng demo; write one."]),
    (
        "log epoch show --data",
        ZH,
        ["用法：tanheng log epoch show [OPTIONS]", "tanheng log epoch show 的选项 --data 之后没有值"],
    ),
    ("account x --json=1", ZH, ["tanheng account 的选项 --json 不带值；请只写 --json。"]),
    ("account x --json=1", EN, ["The option --json of tanheng account takes no value; write --json alone."]),
    ("demo a (b c)", ZH, ["tanheng demo 用不到“a (b c)”；请去掉。"]),
    ("demo a (b c)", EN, ["tanheng demo has no use for “a (b c)”; leave it out."]),
    ("log fsck", ZH, ["tanheng log fsck 不知道检查什么", "--key", "--data"]),
    ("log fsck", EN, ["tanheng log fsck was not told what to check", "--key", "--data"]),
    ("log fsck data/log", ZH, ["检查日志 data/log 须有它的验证密钥；请写 tanheng log fsck data/log --key VKEY"]),
    ("log fsck data/log", EN, ["To check the log data/log its verifier key is needed"]),
    ("backup", ZH, ["须有要写的文件 ARCHIVE 或 --daily 之一"]),
    ("backup a.tar --daily", EN, ["either the file to write or --daily"]),
]


@pytest.mark.parametrize(("line", "lang", "parts"), CASES, ids=[f"{line} {lang[:2]}" for line, lang, _ in CASES])
def test_a_refusal_names_the_thing_the_value_the_rule_and_the_cure(
    line: str, lang: str, parts: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", lang)
    with pytest.raises(SystemExit) as ended:
        root.run(line.split())
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert [part for part in parts if part not in said.err] == []
    if lang == EN:
        assert "。" not in said.err
    else:
        assert "Usage" not in said.err


def stopped() -> None:
    raise typer.Abort


def ended(code: int) -> None:
    raise typer.Exit(code)


@pytest.mark.parametrize(("lang", "word"), [(ZH, "已中止。"), (EN, "Aborted.")])
def test_what_a_person_stops_at_a_question_ends_with_one(
    lang: str, word: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", lang)
    assert root.call(stopped, "stopped", []) == 1
    assert capsys.readouterr().err == word + "\n"


@pytest.mark.parametrize("code", [0, 1, 3])
def test_the_code_a_command_ends_with_is_kept(code: int) -> None:
    assert root.call(ended, "ended", [str(code)]) == code


def dated(day: Annotated[datetime, typer.Argument(help="The day.")]) -> None:
    assert day


def test_a_rule_that_only_typer_knows_is_told_in_its_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", ZH)
    assert root.call(dated, "dated", ["never"]) == 2
    assert re.search(r"tanheng dated 的参数 day 不能是“never”（.*date.*）；请改正。day：The day\.", capsys.readouterr().err)


def test_typer_calls_a_usage_error_the_class_above_its_bad_parameter() -> None:
    above = typer.BadParameter.__base__
    assert above is not None
    assert above.__name__ == "UsageError"
    assert not issubclass(typer.Abort, above)
