"""``tanheng edge``: enrol, check, run and status, as a person at the cabinet uses them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tanheng.trust.keys import KeyRecord, Purpose


async def tanheng(*arguments: object, language: str = "en_US.UTF-8") -> tuple[int, str, str]:
    """Run the command; return exit code, output and error."""
    command = [sys.executable, "-m", "tanheng", "edge", *map(str, arguments)]
    environment = {**os.environ, "LANG": language, "LC_ALL": language, "COLUMNS": "200"}
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, env=environment, timeout=60)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def config(rig: Any, tmp_path: Path) -> Path:
    path = tmp_path / "terminal.yaml"
    path.write_text(json.dumps({**rig.content, "page": {"port": 0}}), encoding="utf-8")
    return path


async def test_enrol_makes_a_key_once_and_a_record_for_the_platform(config: Path, tmp_path: Path) -> None:
    code, out, _ = await tanheng("enrol", config)
    data = tmp_path / "terminal-data"
    record = KeyRecord.decode((data / "t-1.key-record.cbor").read_bytes())
    assert (code, record.subject, record.purpose) == (0, "t-1", Purpose.DEVICE)
    assert record.key_id in out
    assert "unprotected" in out
    assert (data / "keys" / "device.key").stat().st_mode & 0o077 == 0
    again, _, error = await tanheng("enrol", config)
    assert again == 1
    assert "device" in error


async def test_check_tries_each_device_and_each_route(config: Path, rig: Any) -> None:
    code, out, _ = await tanheng("check", config)
    assert code == 0
    assert "✓ host" in out
    assert "✓ lan" in out
    found = json.loads((await tanheng("check", config, "--json"))[1])
    assert found["devices"][0]["ok"] is True
    assert found["routes"] == {"lan": ""}


async def test_check_names_the_device_that_does_not_answer(rig: Any, tmp_path: Path) -> None:
    path = tmp_path / "terminal.yaml"
    device = {"id": "scale-7", "driver": "modbus-tcp", "host": "127.0.0.1", "port": 1}
    channel = {"id": "x", "device": "scale-7", "unit": "t", "kind": "gauge", "decimals": 0, "address": {"register": 0}}
    content = {**rig.content, "devices": [*rig.content["devices"], device], "channels": [*rig.content["channels"], channel]}
    path.write_text(json.dumps(content), encoding="utf-8")
    code, out, error = await tanheng("check", path)
    assert code == 1
    assert "✗ scale-7" in out
    assert "1 of 2" in error


@pytest.mark.parametrize("text", ["", "terminal: [", "terminal: t-1\ndevices: []\nchannels: []\n"])
async def test_check_refuses_a_wrong_configuration_in_the_persons_language(text: str, tmp_path: Path) -> None:
    path = tmp_path / "terminal.yaml"
    path.write_text(text, encoding="utf-8")
    code, _, error = await tanheng("check", path, language="zh_CN.UTF-8")
    assert code == 2
    assert any(word in error for word in ("YAML", "配置"))


async def test_run_delivers_until_it_is_told_to_stop_and_status_says_how_it_is(config: Path, rig: Any, wait: Any) -> None:
    code, _, error = await tanheng("run", config)
    assert code == 1
    assert "device" in error  # not enrolled yet
    await tanheng("enrol", config)
    record = KeyRecord.decode((config.parent / "terminal-data" / "t-1.key-record.cbor").read_bytes())
    rig.receiver._record = record.in_state(rig.record.state)
    process = subprocess.Popen([sys.executable, "-m", "tanheng", "edge", "run", str(config)])
    try:
        await wait(lambda: len(rig.receiver.stored) >= 5, seconds=30)
        await rig.whole(folder=config.parent / "terminal-data")
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 20) == 0
    finally:
        process.kill()  # one that is still there would hold the pipes of the run open
        process.wait(60)
    code, out, _ = await tanheng("status", config)
    assert code == 0
    assert out.startswith("t-1")
    content = json.loads((await tanheng("status", config, "--json"))[1])
    assert content["buffer"]["last_sequence"] >= 5


async def test_status_without_a_terminal_says_so(config: Path) -> None:
    code, _, error = await tanheng("status", config)
    assert code == 1
    assert "tanheng edge run" in error
