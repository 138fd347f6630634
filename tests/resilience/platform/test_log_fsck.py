"""``tanheng log fsck`` over the data folder of a platform: what was changed behind its back is named, what is not there too."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tanheng.platform.database.access import reachable
from tanheng.platform.database.configuration import Login, address
from tanheng.platform.folder import DataFolder
from tests.resilience.platform.processes import LIMIT, environment, finished

EXAMPLE = Path(__file__).parents[3] / "examples" / "hubei-5000tpd"

PREPARE = """
import sys
from pathlib import Path
from tanheng.platform.database.access import reachable
from tanheng.platform.database.configuration import Login
from tanheng.platform.operation import setup
folder = setup.folder_of(None)
with reachable(folder):
    setup.prepare_django(Login.OWNER)
    from django.db import connections
    from tanheng.platform.database import schema
    from tanheng.platform.database.scope import all_plants, scope
    from tanheng.platform.operation import demonstration
    from tanheng.platform.record import attachments, sequencer
    from tanheng.platform.record.actor import Actor
    schema.migrate()
    demonstration.load(Path(sys.argv[1]))
    [plant] = all_plants()
    with scope([plant]):
        kept = attachments.store([b"a,b\\n1,2\\n"], plant=plant, name="scale.csv", actor=Actor.system("tests"))
    sequencer.sequence(plant)
    print(attachments.path_of(kept.sha256).relative_to(folder.root))
    connections.close_all()
"""


def run(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return finished([sys.executable, *words], env=environment(TANHENG_DATA=str(data)))


def fsck(data: Path) -> subprocess.CompletedProcess[str]:
    return run(data, "-m", "tanheng", "log", "fsck", "--data", str(data))


def behind_its_back(data: Path, *statements: str) -> None:
    """Change the database as the owner of its tables can, who is held back by triggers alone."""
    folder = DataFolder(data)
    with reachable(folder), psycopg.connect(**address(folder, Login.OWNER).psycopg(), autocommit=True) as owner:
        for statement in statements:
            owner.execute(statement.encode())


@pytest.fixture(scope="module")
def filled() -> Iterator[tuple[Path, str]]:
    """Yield the data folder of a platform that does not run, and where in it the file of an attachment lies."""
    with tempfile.TemporaryDirectory(prefix="tanheng-fsck-") as name:
        Path(name).chmod(0o711)
        data = Path(name) / "data"
        made = run(data, "-c", PREPARE, str(EXAMPLE))
        assert made.returncode == 0, made.stderr
        yield data, made.stdout.strip()


@pytest.fixture
def kept(filled: tuple[Path, str], place: Path) -> tuple[Path, Path]:
    """Return a copy of the filled folder, and the attachment's file in it."""
    data, file = filled
    subprocess.run(["cp", "-a", str(data), str(place / "data")], check=True, timeout=LIMIT)
    return place / "data", place / "data" / file


def test_it_says_what_it_read_and_what_it_had_not(kept: tuple[Path, Path]) -> None:
    done = fsck(kept[0])
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["records", "log", "Not"]
    assert lines[0].endswith(": 0 findings.")
    assert lines[2] == "Not checked: payloads, lake."


def test_a_changed_column_and_a_flipped_byte_are_named(kept: tuple[Path, Path]) -> None:
    data, file = kept
    behind_its_back(
        data,
        "ALTER TABLE plant_line DISABLE TRIGGER never_rewritten",
        "UPDATE plant_line SET design_capacity = 9999",
        "ALTER TABLE plant_line ENABLE TRIGGER never_rewritten",
    )
    content = bytearray(file.read_bytes())
    content[3] ^= 1
    file.write_bytes(content)
    done = fsck(data)
    assert done.returncode == 1
    said = [line for line in done.stdout.splitlines() if "design_capacity" in line]
    assert "plant_line" in said[0]
    assert "(line/" in said[0]
    assert "9999" in said[0]
    assert any("scale.csv" in line and file.name in line for line in done.stdout.splitlines())


def test_a_damaged_file_of_the_log_is_named(kept: tuple[Path, Path]) -> None:
    data, _ = kept
    [entries] = (data / "log").rglob("tile/entries/000.p/*")
    content = bytearray(entries.read_bytes())
    content[-1] ^= 1
    entries.write_bytes(content)
    done = fsck(data)
    assert done.returncode == 1
    assert "log " in done.stdout
    assert "tile/" in done.stdout


def test_a_folder_without_a_platform_is_refused_and_stays_as_it_is(place: Path) -> None:
    done = fsck(place / "data")
    assert done.returncode == 1
    assert "tanheng serve" in done.stderr
    assert not (place / "data").exists()
