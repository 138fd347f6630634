"""Started as root, nothing that answers the network is root; started by anybody else, nothing changes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tanheng.platform.database.binaries import ServerUser
from tanheng.platform.folder import DataFolder
from tanheng.platform.operation import service_user


def owners(top: Path) -> dict[str, tuple[int, int]]:
    """Return owner and mode of everything around the data folder, which nobody may touch."""
    return {str(path): (path.stat().st_uid, path.stat().st_mode) for path in (top, *top.parents)}


def of_process(number: int) -> set[int]:
    """Return the real, effective, saved and file-system user of a process."""
    [line] = [one for one in Path(f"/proc/{number}/status").read_text().splitlines() if one.startswith("Uid:")]
    return {int(word) for word in line.split()[1:]}


def test_database_web_and_worker_are_the_service_user_when_root_starts_them(served: Any, place: Path) -> None:
    before = owners(place)
    served.start()
    database = ServerUser.current().uid
    # A program that only root can read, such as an interpreter in root's own folder, is run by root, and the log says so.
    others = database if service_user._may(ServerUser.current()) else os.geteuid()
    found = {name: of_process(number) for name, number in served.children().items()}
    assert found == {"database": {database}, "web": {others}, "worker": {others}}
    assert served.ask("GET", "/healthz")[0] == 200
    assert owners(place) == before
    assert served.stop() == 0


@pytest.fixture
def folder(place: Path) -> DataFolder:
    made = DataFolder(place / "data")
    made.prepare()
    for name in ("sessions", "database-app", "database-owner", "database-super"):
        made.secret(name)
    (made.tls / "ca.key").write_text("authority")
    (made.tls / "server.key").write_text("server")
    (made.files / "ab").mkdir()
    (made.files / "ab" / "abc").write_text("file")
    return made


def test_the_service_user_gets_what_it_needs_and_not_the_keys_of_others(folder: DataFolder, place: Path) -> None:
    user = ServerUser.current()
    outside = place / "elsewhere"
    outside.mkdir()
    folder.lake.rmdir()
    folder.lake.symlink_to(outside)
    before = owners(folder.root)
    service_user.hand_over(folder, user)
    needed = (
        folder.secrets / "sessions",
        folder.secrets / "database-app",
        folder.tls / "server.key",
        folder.files / "ab" / "abc",
    )
    assert {path.stat().st_uid for path in needed} == {user.uid}
    kept = (folder.secrets / "database-owner", folder.secrets / "database-super", folder.tls / "ca.key", outside)
    assert {path.stat().st_uid for path in kept} == {os.geteuid()}
    assert owners(folder.root) == before
    assert (folder.secrets.stat().st_mode & 0o777) == (0o710 if user.drop else 0o700)


def test_a_file_that_the_service_user_cannot_read_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = place / "passphrase"
    file.write_text("s")
    file.chmod(0o600)
    monkeypatch.setenv("TANHENG_KEY_PASSPHRASE_FILE", str(file))
    if os.geteuid() != 0:
        assert not service_user.chosen().drop
        return
    if not service_user._may(ServerUser.current()):
        assert not service_user.chosen().drop  # a program in root's own folder
        return
    with pytest.raises(Exception, match="passphrase"):
        service_user.chosen()


def test_the_plants_own_certificate_is_copied_to_where_it_can_be_read(folder: DataFolder, place: Path) -> None:
    from tanheng.platform.operation.certificates import ServerCertificate

    (place / "plant.crt").write_text("chain")
    (place / "plant.key").write_text("key")
    given = ServerCertificate(place / "plant.crt", place / "plant.key", "AA")
    user = ServerUser.current()
    found = service_user.readable(folder, given, user)
    service_user.hand_over(folder, user)
    assert found is not None
    if user.drop:
        assert found.key.parent == folder.tls
        assert found.key.stat().st_uid == user.uid
        assert found.key.stat().st_mode & 0o777 == 0o600
    assert found.key.read_text() == "key"
