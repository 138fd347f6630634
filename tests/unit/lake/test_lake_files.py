"""The folders of a lake are on the disk before what lies in them is called stored."""

from __future__ import annotations

from pathlib import Path

from tanheng.lake import DiskFiles
from tanheng.lake.files import make_folder, publish


def test_a_folder_that_is_made_is_named_in_the_one_above_and_so_on_up(tmp_path: Path) -> None:
    synced: list[Path] = []
    make_folder(tmp_path / "a" / "b" / "c", sync=synced.append)
    assert synced == [tmp_path / "a" / "b", tmp_path / "a", tmp_path]
    make_folder(tmp_path / "a" / "b" / "d", sync=synced.append)
    assert synced[3:] == [tmp_path / "a" / "b"]
    make_folder(tmp_path / "a" / "b", sync=synced.append)
    assert synced[4:] == []


class Recorded(DiskFiles):
    """Files that remember which folders were synced."""

    def __init__(self, root: Path) -> None:
        self.synced: list[str] = []
        super().__init__(root)

    def sync_folder(self, path: str) -> None:
        self.synced.append(Path(path).parent.as_posix())
        super().sync_folder(path)


def test_a_folder_that_somebody_else_made_is_synced_before_the_first_file_in_it(tmp_path: Path) -> None:
    """As the catalogue's, which is made for its lock."""
    files = Recorded(tmp_path)
    (tmp_path / "catalogue" / "deep").mkdir(parents=True)
    publish(files, "catalogue/deep/plant-1.json", b"{}")
    assert files.synced == ["catalogue", ".", "catalogue/deep"]
    publish(files, "catalogue/deep/plant-1.json", b"{}")
    assert files.synced[3:] == ["catalogue/deep"]
