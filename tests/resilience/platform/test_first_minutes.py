"""The first minutes with the demonstration: what the terminal says, the link and a new one, the end and a second start."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.resilience.platform.processes import tanheng

EXAMPLE = Path(__file__).parents[3] / "examples" / "hubei-5000tpd"


def new_link(data: Path) -> subprocess.CompletedProcess[str]:
    return tanheng("link", "--data", str(data))


def login_page(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=20) as answer:
        return str(answer.read(), "utf-8")


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.kill
def test_the_terminal_says_what_a_person_needs_and_the_rest_goes_into_a_file(served: Any) -> None:
    served.start("--demo", str(EXAMPLE))
    steps = [line for line in served.said if line.endswith("…")]
    assert steps == [
        "Starting the database …",
        "First start: making the tables (about half a minute) …",
        "Loading the example plant …",
        "Starting the pages and the background jobs …",
    ]
    block = served.said[len(steps) :]
    assert f"Tanheng is running at http://127.0.0.1:{served.port}" in block
    assert f"  http://127.0.0.1:{served.port}{served.link}" in block
    assert "Open the link in a browser, and have an authenticator app at hand (for the second factor)." in block
    assert f"Log: {served.data / 'serve.log'}" in block
    assert block[-1] == "Stop it with Ctrl-C."

    said = login_page(served.port)
    assert f"tanheng link --data {served.data}" in said
    assert served.ask("GET", served.link)[0] == 200

    fresh = new_link(served.data)
    assert fresh.returncode == 0, fresh.stderr
    address = fresh.stdout.split()[-1]
    assert address.startswith(f"http://127.0.0.1:{served.port}/join/")
    assert served.ask("GET", served.link)[0] == 404
    path = address.removeprefix(f"http://127.0.0.1:{served.port}")
    assert served.ask("GET", path)[0] == 200

    children = served.children()
    assert served.stop() == 0
    assert [name for name, child in children.items() if Path(f"/proc/{child}").exists()] == []
    assert (served.data.parent / "log").read_text(encoding="utf-8") == ""  # standard error
    kept = (served.data / "serve.log").read_text(encoding="utf-8")
    asked = [one["path"] for one in objects(kept) if one["event"] == "request"]
    assert "/accounts/login/" in asked
    assert "/join/<str:secret>" in asked
    assert served.link not in kept
    assert path not in kept

    served.start("--demo", str(EXAMPLE), "--log", "-")
    assert "First start" not in "\n".join(served.said)
    assert served.stop() == 0
    assert any(one["event"] == "request" for one in objects((served.data.parent / "log").read_text(encoding="utf-8")))
    assert (served.data / "serve.log").read_text(encoding="utf-8") == kept


@pytest.mark.kill
def test_a_service_says_no_more_than_before_and_logs_to_standard_error(served: Any) -> None:
    served.start()
    assert [line for line in served.said if line.endswith("…")] == []
    assert served.said[-1] == "Stop it with Ctrl-C."
    assert "tanheng link" not in login_page(served.port)
    assert served.stop() == 0
    assert not (served.data / "serve.log").exists()
    assert any(one["event"] == "making the tables" for one in objects((served.data.parent / "log").read_text(encoding="utf-8")))


def test_a_link_is_not_asked_of_a_folder_that_is_none(place: Path) -> None:
    done = new_link(place / "nowhere")
    assert done.returncode == 2
    assert "--data" in done.stderr
    assert not (place / "nowhere").exists()
