"""Where the log goes: a file for machines, and on the terminal only what somebody must know."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tanheng.platform.errors import ServingError
from tanheng.platform.operation import logs


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


def test_what_is_usual_goes_into_the_file_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "serve.log"
    logs.go_to(file)
    logging.getLogger("tanheng.requests").info("request", extra={"status": 200})
    [line] = file.read_text(encoding="utf-8").splitlines()
    assert (json.loads(line)["event"], json.loads(line)["status"]) == ("request", 200)
    assert capsys.readouterr().err == ""
    assert file.stat().st_mode & 0o007 == 0


@pytest.mark.parametrize("level", ["warning", "error"])
def test_warnings_and_errors_are_also_said_in_words(level: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logs.go_to(tmp_path / "serve.log")
    getattr(logging.getLogger("tanheng"), level)("process ended", extra={"child": "web"})
    said = capsys.readouterr().err
    assert f"{level:7} process ended child=web" in said
    assert "{" not in said
    assert json.loads((tmp_path / "serve.log").read_text(encoding="utf-8"))["child"] == "web"


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
