"""The wheel that is released: built here, unpacked elsewhere, and asked to do what an installation does at its first start."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.integration.platform.beside import LIMIT

ROOT = Path(__file__).parents[3]
SOURCE = ROOT / "src" / "tanheng"

FIRST_START = """
import os, sys
from pathlib import Path
import tanheng
assert Path(tanheng.__file__).is_relative_to(sys.argv[1]), tanheng.__file__
from tanheng.platform.operation import setup
from tanheng.platform.database.configuration import Login
folder = setup.folder_of(Path(sys.argv[2]))
setup.prepare_django(Login.APP)
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.template.loader import get_template
from django.utils import translation
from tanheng.platform.notice import holidays
from tanheng.platform.notice.duties import rules
call_command("collectstatic", interactive=False, verbosity=0)
static = {path.name for path in (folder.static / "ui").rglob("*")}
assert {"ui.css", "ui.js", "charts.js", "theme.js", "mark.svg"} <= static, static
assert any(name.endswith(".woff2") for name in static), static
with translation.override("zh-hans"):
    assert translation.gettext("Log in") == "登录"
for config in apps.get_app_configs():
    if config.name.startswith("tanheng."):
        for path in Path(config.path).glob("templates/**/*.html"):
            get_template(str(path.relative_to(Path(config.path) / "templates")))
assert MigrationLoader(None).disk_migrations
assert rules() and holidays.calendar(2026) is not None
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=2 * LIMIT)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(unpacked: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python with the unpacked wheel instead of the working copy."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TANHENG", "DJANGO"))}
    environment = {**kept, "PYTHONPATH": str(unpacked), "LC_ALL": "en_US.UTF-8"}
    command, limit = [sys.executable, *words], 2 * LIMIT
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=unpacked, timeout=limit)


def test_it_holds_every_file_of_the_package_and_nothing_else(unpacked: Path) -> None:
    ours = {path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    package = unpacked / "tanheng"
    found = {path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file()}
    assert ours - found == set()
    assert found - ours == set()
    assert {path.name.partition("-")[0] for path in unpacked.iterdir()} == {"tanheng"}
    assert {"platform/locale/zh_Hans/LC_MESSAGES/django.mo", "reports/fonts/NotoSansSC-Regular.ttf"} <= found


def test_licence_and_notice_are_in_it(unpacked: Path) -> None:
    names = {path.name for path in unpacked.glob("*.dist-info/licenses/*")}
    assert {"LICENSE", "NOTICE"} <= names


def test_an_installation_of_it_starts_with_pages_translations_and_data(unpacked: Path, tmp_path: Path) -> None:
    done = run(unpacked, "-c", FIRST_START, str(unpacked), str(tmp_path / "data"))
    assert done.returncode == 0, done.stderr[-2000:]


def test_its_rule_pack_is_whole(unpacked: Path) -> None:
    done = run(unpacked, "-m", "tanheng", "standards", "check")
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-1000:]
