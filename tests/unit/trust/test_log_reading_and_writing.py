"""The tile log: what was appended is there, and what is not as it should be is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanheng.trust.checkpoint import Checkpoint
from tanheng.trust.cosignature import Cosigner
from tanheng.trust.errors import LogError, NoteError, ProofError, StorageError, TileError, TrustError
from tanheng.trust.files import Files, FolderFiles, MemoryFiles, write_new
from tanheng.trust.keys import Algorithm, signer
from tanheng.trust.log import Log, open_or_create, repair
from tanheng.trust.log_reader import LogReader
from tanheng.trust.note import NoteSigner, open_note
from tanheng.trust.tiles import tiles_of
from tanheng.trust.tree import MemoryTree

SIGNER = NoteSigner("plant.example/log/1", signer(Algorithm.ED25519, bytes([1] * 32)))
ENTRIES = [f"entry {at}".encode() * (at % 4) for at in range(700)]


@pytest.fixture(params=["memory", "folder"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    return MemoryFiles() if request.param == "memory" else FolderFiles(tmp_path / "log")


def filled(files: Files, *steps: int) -> Log:
    log = Log.create(files, SIGNER)
    for step in steps:
        log.append(ENTRIES[log.size : log.size + step])
    return log


def test_what_was_appended_is_there_after_opening_again(files: Files) -> None:
    log = filled(files, 3, 300, 1, 212)
    again = Log.open(files, SIGNER)
    assert again.checkpoint == log.checkpoint
    assert list(again.reader().entries()) == ENTRIES[:516]
    assert again.reader().entry(300) == ENTRIES[300]


def test_the_root_is_that_of_the_tree_over_the_entries(files: Files) -> None:
    tree = MemoryTree()
    tree.extend(ENTRIES[:516])
    assert filled(files, 256, 260).checkpoint.root == tree.root()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 300), max_size=5))
def test_every_way_of_growing_verifies(steps: list[int]) -> None:
    files = MemoryFiles()
    log = Log.create(files, SIGNER)
    notes = [log.note]
    for step in steps:
        log.append(ENTRIES[log.size : log.size + step])
        notes.append(log.note)
        log = Log.open(files, SIGNER)
    report = log.reader().verify(notes)
    assert report.size == min(sum(steps), 700) == log.size
    assert report.tiles >= sum(tile.level >= 0 for tile in tiles_of(log.size))


def test_partial_tiles_of_every_published_size_are_served(files: Files) -> None:
    log = Log.create(files, SIGNER)
    for size in (1, 5, 300):
        published = log.append(ENTRIES[log.size : size]).note
        old = LogReader(files.read, SIGNER.verifier_key, checkpoint=published)
        assert list(old.entries()) == ENTRIES[:size]
        old.verify()


def test_after_pruning_old_sizes_read_the_full_tile(files: Files) -> None:
    log = filled(files, 5)
    old = log.note
    log.append(ENTRIES[5:300])
    assert log.prune() == 2
    reader = LogReader(files.read, SIGNER.verifier_key, checkpoint=old)
    assert list(reader.entries()) == ENTRIES[:5]
    assert reader.verify().size == 5


def test_a_pair_of_checkpoints_has_its_proof(files: Files) -> None:
    log = filled(files, 700)
    older = log.reader().root(300)
    log.reader().require_extends(Checkpoint(SIGNER.name, 300, older))
    with pytest.raises(ProofError, match="history was rewritten"):
        log.reader().require_extends(Checkpoint(SIGNER.name, 300, bytes(32)))


def test_a_log_restored_from_an_old_copy_is_refused(files: Files) -> None:
    log = filled(files, 10)
    ahead = Checkpoint(SIGNER.name, 11, bytes(32))
    with pytest.raises(LogError, match="restored from an old copy"):
        Log.open(files, SIGNER, at_least=ahead)
    assert Log.open(files, SIGNER, at_least=log.checkpoint).size == 10


def test_an_empty_append_changes_nothing(files: Files) -> None:
    log = filled(files, 2)
    assert log.append([]).checkpoint.size == 2


def test_cosignatures_are_published_with_the_checkpoint(files: Files) -> None:
    log = filled(files, 2)
    cosigner = Cosigner("witness.example", signer(Algorithm.ED25519, bytes([2] * 32)))
    log.add_cosignatures([cosigner.sign(log.checkpoint.text, seconds=1_790_000_000)])
    published = files.read("checkpoint") or b""
    assert open_note(published, [cosigner.verifier_key]).verified[0].name == "witness.example"
    assert Log.open(files, SIGNER).size == 2


def test_an_entry_that_is_too_long_is_refused_and_nothing_written(files: Files) -> None:
    log = filled(files, 2)
    with pytest.raises(TileError, match="above the limit 65535"):
        log.append([b"a", bytes(70_000)])
    assert log.append([b"good"]).first == 2


def test_no_log_is_begun_over_another(files: Files) -> None:
    filled(files, 2)
    with pytest.raises(LogError, match="cannot be begun"):
        Log.create(files, SIGNER)
    assert open_or_create(files, SIGNER).size == 2


def test_a_log_whose_checkpoint_is_gone_is_not_begun_anew(files: Files) -> None:
    filled(files, 2)
    files.remove("checkpoint")
    with pytest.raises(LogError, match="checkpoint is missing"):
        open_or_create(files, SIGNER)


def test_an_empty_folder_is_no_log(files: Files) -> None:
    with pytest.raises(LogError, match="no log here"):
        Log.open(files, SIGNER)
    assert open_or_create(files, SIGNER).size == 0


def test_another_key_does_not_open_the_log(files: Files) -> None:
    filled(files, 2)
    other = NoteSigner(SIGNER.name, signer(Algorithm.ED25519, bytes([9] * 32)))
    with pytest.raises(NoteError, match="no signature of a trusted key"):
        Log.open(files, other)


@pytest.mark.parametrize("path", ["tile/0/002.p/188", "tile/1/000.p/2", "tile/entries/002.p/188"])
def test_a_damaged_edge_is_refused_at_opening(files: Files, path: str) -> None:
    filled(files, 700)
    data = bytearray(files.read(path) or b"")
    data[40] ^= 1
    files.write(path, bytes(data))
    with pytest.raises(TrustError):
        Log.open(files, SIGNER)


@pytest.mark.parametrize(
    "path", ["tile/0/001", "tile/entries/000", "tile/1/000.p/2", "tile/0/002.p/188", "tile/entries/002.p/188"]
)
def test_a_missing_file_is_named(files: Files, path: str) -> None:
    log = filled(files, 700)
    files.remove(path)
    with pytest.raises(LogError, match=f"lacks the file {path}"):
        log.reader().verify()


@pytest.mark.parametrize("path", ["tile/0/001", "tile/1/000.p/2"])
def test_repair_writes_damaged_tiles_again_from_the_entries(files: Files, path: str) -> None:
    log = filled(files, 700)
    files.write(path, b"torn")
    assert repair(files, SIGNER.verifier_key) == [path]
    assert log.reader().verify().size == 700


def test_repair_never_signs_off_damaged_entries(files: Files) -> None:
    filled(files, 700)
    files.write("tile/entries/000", (files.read("tile/entries/001")) or b"")
    with pytest.raises(LogError, match="an entry, a tile or the checkpoint was changed"):
        repair(files, SIGNER.verifier_key)


def test_two_checkpoints_of_one_size_are_a_split(files: Files) -> None:
    log = filled(files, 3)
    other = Checkpoint(SIGNER.name, 3, bytes(32)).sign([SIGNER])
    with pytest.raises(LogError, match="two roots at size 3"):
        log.reader().verify([other])


def test_a_checkpoint_beyond_the_log_is_refused(files: Files) -> None:
    log = filled(files, 3)
    ahead = Checkpoint(SIGNER.name, 9, bytes(32)).sign([SIGNER])
    with pytest.raises(LogError, match="has size 3, a known checkpoint has 9"):
        log.reader().verify([ahead])


def test_an_older_checkpoint_with_another_root_is_refused(files: Files) -> None:
    log = filled(files, 700)
    lie = Checkpoint(SIGNER.name, 290, bytes(32)).sign([SIGNER])
    with pytest.raises(LogError, match="root of size 290"):
        log.reader().verify([lie])


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 1), (0, 4)])
def test_entries_outside_the_log_are_refused(files: Files, start: int, end: int) -> None:
    with pytest.raises(LogError, match="are not in a log of size 3"):
        list(filled(files, 3).reader().entries(start, end))


def test_an_oversized_tile_is_refused_before_it_is_read_on() -> None:
    files = MemoryFiles()
    log = filled(files, 700)
    files.write("tile/0/000", bytes(1 << 20))
    with pytest.raises(TileError, match="has 1048576 bytes"):
        log.reader().inclusion_proof(3)


def test_progress_is_told(files: Files) -> None:
    seen: list[int] = []
    filled(files, 700).reader().verify(progress=seen.append)
    assert seen == [256, 512, 700]


def test_a_second_writer_is_kept_away(files: Files) -> None:
    with files.lock("lock"), pytest.raises(StorageError, match="is in use by another process"), files.lock("lock"):
        pass
    with files.lock("lock"):
        pass


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../up", "a/../b", "a//b", "a/./b", "a\x00", "ä"])
def test_a_path_outside_the_folder_is_refused(files: Files, path: str) -> None:
    with pytest.raises(StorageError, match="is not allowed"):
        files.write(path, b"x")


def test_both_kinds_of_files_behave_alike(files: Files) -> None:
    assert files.read("a/b") is None
    assert files.size("a/b") is None
    assert files.list("a") == []
    files.write("a/b", b"0123456789")
    files.append("a/c", b"x")
    files.append("a/c", b"y")
    files.write("top", b"")
    files.sync("a/b")
    files.sync_folder("a")
    assert files.read("a/b", start=2, length=3) == b"234"
    assert files.list("") == ["a/", "top"]
    assert files.list("a") == ["b", "c"]
    files.rename("a/b", "a/c")
    files.truncate("a/c", 4)
    assert files.read("a/c") == b"0123"
    files.remove("a/c")
    files.remove("a/c")
    assert files.size("a/c") is None
    with pytest.raises(StorageError, match="could not be read or written"):
        files.rename("a/none", "a/other")


def test_a_log_whose_key_has_another_name_is_read_when_its_origin_is_given() -> None:
    files = MemoryFiles()
    named = NoteSigner("plant.example/key", SIGNER.key)
    head = Checkpoint(SIGNER.name, 0, filled(files).checkpoint.root)
    files.write("checkpoint", head.sign([named]))
    assert LogReader(files.read, named.verifier_key, origin=SIGNER.name).verify().origin == SIGNER.name
    with pytest.raises(NoteError, match="is of log"):
        LogReader(files.read, named.verifier_key)


def test_an_error_of_the_system_becomes_one_that_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    inside = FolderFiles(tmp_path / "file")
    with pytest.raises(StorageError, match="could not be read or written"):
        inside.write("a", b"")
    with pytest.raises(StorageError, match="could not be read or written"):
        inside.truncate("a", 0)
    with pytest.raises(StorageError, match="could not be read or written"):
        inside.sync("a")
    with pytest.raises(StorageError, match="could not be read or written"), inside.lock("lock"):
        pass


def test_a_new_file_replaces_nothing(tmp_path: Path) -> None:
    write_new(tmp_path / "a", b"first", mode=0o600)
    with pytest.raises(StorageError, match="exists already; choose another file"):
        write_new(tmp_path / "a", b"second")
    with pytest.raises(StorageError, match="could not be read or written"):
        write_new(tmp_path / "none/a", b"")
    assert (tmp_path / "a").read_bytes() == b"first"


@pytest.mark.parametrize("path", ["tile/0/001", "tile/1/000.p/2"])
def test_a_changed_tile_is_named_with_the_hash_that_differs(files: Files, path: str) -> None:
    log = filled(files, 700)
    data = bytearray(files.read(path) or b"")
    data[32] ^= 1
    files.write(path, bytes(data))
    with pytest.raises(LogError, match=f"Hash 1 of the tile {path} is"):
        log.reader().verify()
