"""``tanheng restore --drill``: an archive proved beside the platform's data, thrown away, and written down either way."""

from __future__ import annotations

from pathlib import Path

import psycopg

from tanheng.platform.database.access import reachable
from tanheng.platform.database.configuration import Login, address
from tanheng.platform.folder import DataFolder
from tests.resilience.platform.processes import tanheng


def noted(data: Path) -> list[tuple[str, str]]:
    folder = DataFolder(data)
    with reachable(folder), psycopg.connect(**address(folder, Login.OWNER).psycopg()) as owner:
        found = owner.execute("SELECT action, result FROM record_audit_event ORDER BY id").fetchall()
    return [(str(action), str(result)) for action, result in found]


def test_a_drill_leaves_the_data_alone_and_its_result_behind(place: Path) -> None:
    data, archive = place / "data", place / "backup.tar"
    assert tanheng("migrate", "--data", str(data)).returncode == 0
    assert tanheng("backup", str(archive), "--data", str(data)).returncode == 0
    before = sorted(path.name for path in data.iterdir())
    good = tanheng("restore", str(archive), "--drill", "--data", str(data))
    assert good.returncode == 0, good.stderr
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)
    bad = tanheng("restore", str(archive), "--drill", "--data", str(data))
    assert bad.returncode == 1
    assert "backup.tar" in bad.stdout
    assert sorted(path.name for path in data.iterdir()) == before
    assert noted(data) == [("operation.backup", "done"), ("operation.drill", "done"), ("operation.drill", "failed")]
