"""A port that cannot be opened is refused before anything is started, in words and with the cure."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tanheng.platform.errors import ServingError
from tanheng.platform.folder import DataFolder
from tanheng.platform.operation import serving
from tanheng.platform.operation.ending import Ending


def refusal(folder: Path, port: int, host: str = "127.0.0.1") -> ServingError:
    """Return why the platform does not start there."""
    how = serving.Serving(host=host, port=port, plain=True)
    with pytest.raises(ServingError) as caught, serving.running(DataFolder(folder), how, ending=Ending()):
        pass
    assert list(folder.iterdir()) == []
    return caught.value


def test_a_port_that_another_program_has_is_said_so_without_words_of_the_system(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        error = refusal(tmp_path, port)
    assert error.code == "platform.serving.port_taken"
    assert error.text("zh") == f"端口 {port} 已被另一程序占用，可能是仍在运行的碳衡；请先停止它，或用 --port 换一个。"
    assert "--port" in error.text("en")


def test_an_impossible_port_says_why(tmp_path: Path) -> None:
    assert refusal(tmp_path, 70000).code == "platform.serving.port"
