"""Where the log goes: a file for machines, and on the terminal only what somebody must know."""

from __future__ import annotations

import ast
import json
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tanheng.core import messages
from tanheng.platform.errors import ServingError
from tanheng.platform.operation import logs, terminal


@pytest.fixture(autouse=True)
def root_logger(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave logging, and the environment that tells it where to go, as they were."""
    monkeypatch.setenv(logs.VARIABLE, "")
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers[:] = []
    yield
    for made in root.handlers:
        made.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


def test_what_is_usual_goes_into_the_file_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "serve.log"
    logs.go_to(file)
    logging.getLogger("tanheng.requests").info("request", extra={"status": 200})
    [line] = file.read_text(encoding="utf-8").splitlines()
    assert (json.loads(line)["event"], json.loads(line)["status"]) == ("request", 200)
    assert capsys.readouterr().err == ""
    assert file.stat().st_mode & 0o007 == 0


ENDED = "process ended, starting it again"


@pytest.fixture(params=["", "zh_CN.UTF-8", "C.UTF-8"])
def chinese(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the language of a newcomer: none, Chinese, or that of a bare container."""
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", request.param)


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(("level", "word"), [("warning", "警告"), ("error", "错误")])
def test_warnings_and_errors_are_also_said_in_chinese(
    level: str, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.go_to(tmp_path / "serve.log")
    fields = {"child": "web", "exit_code": -9, "pause": 0.2}
    getattr(logging.getLogger("tanheng.platform.operation.supervision"), level)(ENDED, extra=fields)
    said = capsys.readouterr().err
    assert said.endswith(f" {word} 网页进程意外结束（退出码 -9），0.2 秒后自动重新启动。\n")
    kept = json.loads((tmp_path / "serve.log").read_text(encoding="utf-8"))
    assert (kept["event"], kept["level"], kept["child"]) == (ENDED, level, "web")


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(
    ("event", "fields", "line"),
    [
        (
            "process not started, trying again",
            {"child": "web", "reason": "[Errno 12] Cannot allocate memory", "pause": 0.2},
            "网页进程未能启动（[Errno 12] Cannot allocate memory），0.2 秒后重试。",
        ),
        (
            "database not started, trying again",
            {"reason": "[Errno 28] No space left on device", "pause": 0.4},
            "数据库未能启动（[Errno 28] No space left on device），0.4 秒后重试。",
        ),
        ("plant not sequenced", {"plant": "hb-5000"}, "厂 hb-5000 的存证日志未能定序，已发出报警。"),
        (
            "checkpoint not cosigned",
            {"plant": "hb-5000", "reason": "timed out"},
            "厂 hb-5000 的检查点未获见证人联署：timed out",
        ),
    ],
)
def test_what_could_not_be_done_is_said_with_its_reason_and_the_plant_by_its_code(
    event: str, fields: dict[str, object], line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.go_to(tmp_path / "serve.log")
    logging.getLogger("tanheng.platform").warning(event, extra=fields)
    assert capsys.readouterr().err.endswith(f" 警告 {line}\n")


def test_on_an_english_terminal_they_are_said_in_english(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    logs.go_to(tmp_path / "serve.log")
    logging.getLogger("tanheng").warning(ENDED, extra={"child": "worker", "exit_code": 1, "pause": 0.4})
    assert capsys.readouterr().err.endswith(" warning The worker process ended (exit code 1) and is started again in 0.4 s.\n")


@pytest.mark.usefixtures("chinese")
def test_the_trace_of_an_error_stands_in_the_log_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "serve.log"
    logs.go_to(file)
    try:
        raise ValueError("inner workings")
    except ValueError:
        logging.getLogger("tanheng.platform.jobs").exception("job failed", extra={"task": "watch"})
    said = capsys.readouterr().err
    assert said.endswith(f" 错误 后台任务“watch”失败。 详见日志 {file}\n")
    assert len(said.splitlines()) == 1
    assert "inner workings" in json.loads(file.read_text(encoding="utf-8"))["exception"]


@pytest.mark.usefixtures("chinese")
def test_what_libraries_say_stands_in_the_log_and_the_terminal_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "serve.log"
    logs.go_to(file)
    logging.getLogger("django.security.csrf").warning("Forbidden (CSRF cookie not set.): /x")
    assert capsys.readouterr().err == ""
    logging.getLogger("tanhengish").warning("not ours")
    assert capsys.readouterr().err == ""
    logging.getLogger("django.security.DisallowedHost").error("Invalid HTTP_HOST header: 'x'")
    said = capsys.readouterr().err
    assert said.endswith(f" 错误 所用的程序库（django.security.DisallowedHost）报告了一个错误。 详见日志 {file}\n")
    events = [json.loads(line)["event"] for line in file.read_text(encoding="utf-8").splitlines()]
    assert events == ["Forbidden (CSRF cookie not set.): /x", "not ours", "Invalid HTTP_HOST header: 'x'"]


def test_a_warning_of_python_stands_in_the_log_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "serve.log"
    logs.go_to(file)
    warnings.showwarning("naive datetime", RuntimeWarning, "x.py", 1)
    assert capsys.readouterr().err == ""
    assert "naive datetime" in json.loads(file.read_text(encoding="utf-8"))["event"]


def _warned_of() -> set[str]:
    """Return every event that the platform logs as a warning or worse."""
    found = set()
    for path in Path(terminal.__file__).parents[1].rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "_log":
                said = node.args[1 if node.func.attr == "log" else 0]
                if node.func.attr in ("warning", "error", "exception", "critical", "log"):
                    assert isinstance(said, ast.Constant), f"{path}:{node.lineno}: an event is a fixed text"
                    found.add(str(said.value))
    return found


def test_every_event_that_the_platform_warns_of_has_its_words_for_persons() -> None:
    assert _warned_of() == set(terminal.TEXTS)


@pytest.mark.parametrize("code", sorted(terminal.TEXTS.values()))
@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_the_words_for_persons_name_only_what_the_event_carries(code: str, lang: str) -> None:
    carried = dict.fromkeys(
        ("child", "process", "exit_code", "pause", "user", "path", "reason", "again_after", "plant", "task"), "x"
    )
    assert "{" not in messages.render(code, lang, carried)


def test_a_second_start_writes_behind_the_first(tmp_path: Path) -> None:
    file = tmp_path / "serve.log"
    for _start in range(2):
        logs.go_to(file)
        logging.getLogger("tanheng").info("started")
    assert len(file.read_text(encoding="utf-8").splitlines()) == 2


def test_without_a_file_every_record_is_an_object_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    logs.go_to(None)
    logging.getLogger("tanheng").info("started")
    assert json.loads(capsys.readouterr().err)["event"] == "started"


def test_a_file_that_cannot_be_written_is_named_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(ServingError) as caught:
        logs.go_to(tmp_path)
    assert str(tmp_path) in caught.value.text("en")
    assert "--log -" in caught.value.text("zh")
