"""What every catalogue keeps, whatever it is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tanheng.lake import Catalogue, CatalogueError, Change, DiskFiles, FileCatalogue, MemoryCatalogue, Retired, Segment, State

ONE = Segment("segments/a.parquet", 0, 9, 3, 100, "aa", 0, one_a_minute=True)
TWO = replace(ONE, path="segments/b.parquet", first=10, last=19)
MONTH = replace(ONE, path="sealed/m.parquet", last=19, rows=6, month="2026-10")

Opener = Callable[[], Catalogue]


@pytest.fixture(params=["memory", "file"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Gives the same catalogue, opened anew where that means something."""
    if request.param == "file":
        return lambda: FileCatalogue(DiskFiles(tmp_path), "catalogue/plant-1.json")
    kept = MemoryCatalogue()
    return lambda: kept


def test_a_new_catalogue_is_empty_and_has_settled_nothing(reopen: Opener) -> None:
    assert reopen().state() == State()


def test_a_change_is_there_for_the_next_who_opens_it(reopen: Opener) -> None:
    catalogue = reopen()
    catalogue.commit(Change(add=[TWO, ONE], settled=4, duplicates=2, conflicts=1, now=7), expected=catalogue.state())
    state = reopen().state()
    assert (state.segments, state.settled, state.duplicates, state.conflicts) == ((ONE, TWO), 4, 2, 1)


def test_sealing_puts_one_in_the_place_of_many_and_remembers_the_old_files(reopen: Opener) -> None:
    catalogue = reopen()
    state = catalogue.commit(Change(add=[ONE, TWO], now=7), expected=catalogue.state())
    catalogue.commit(Change(add=[MONTH], remove=[ONE.path, TWO.path], now=8), expected=state)
    state = reopen().state()
    assert (state.segments, state.retired) == ((MONTH,), (Retired(ONE.path, 8), Retired(TWO.path, 8)))


def test_a_file_that_is_gone_is_forgotten(reopen: Opener) -> None:
    catalogue = reopen()
    state = catalogue.commit(Change(add=[ONE], now=7), expected=catalogue.state())
    state = catalogue.commit(Change(remove=[ONE.path], now=8), expected=state)
    assert catalogue.commit(Change(forget=[ONE.path], now=9), expected=state).retired == ()


def test_a_second_writer_is_told_that_he_is_one(reopen: Opener) -> None:
    seen = reopen().state()
    reopen().commit(Change(add=[ONE], now=7), expected=seen)
    with pytest.raises(CatalogueError, match="Another writer"):
        reopen().commit(Change(add=[TWO], now=7), expected=seen)
    assert reopen().state().segments == (ONE,)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change(add=[ONE], now=1), "already"),
        (Change(remove=["segments/none.parquet"], now=1), "no segment"),
        (Change(settled=3, now=1), "cannot go back"),
    ],
)
def test_a_change_that_does_not_fit_changes_nothing(reopen: Opener, change: Change, words: str) -> None:
    catalogue = reopen()
    state = catalogue.commit(Change(add=[ONE], settled=4, now=0), expected=catalogue.state())
    with pytest.raises(CatalogueError, match=words):
        catalogue.commit(change, expected=state)
    assert reopen().state() == state


def test_segments_are_found_by_the_instants_they_hold() -> None:
    state = State(segments=(ONE, TWO))
    assert state.overlapping(9, 10) == [ONE]
    assert state.overlapping(9, 11) == [ONE, TWO]
    assert state.overlapping(20, 30) == []


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"v": 2}', b'{"v": 1, "segments": [{}], "retired": []}', b"\xff"])
def test_a_catalogue_file_that_is_none_is_refused_and_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "plant-1.json").write_bytes(content)
    with pytest.raises(CatalogueError):
        FileCatalogue(DiskFiles(tmp_path), "plant-1.json").state()


@pytest.mark.parametrize("text", ["", "[]", "7", '{"v": 1}', '{"v": 1, "segments": [1], "retired": []}', "\udcff"])
def test_a_file_that_is_no_catalogue_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "plant-1.json").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(CatalogueError, match=r"plant-1\.json"):
        FileCatalogue(DiskFiles(tmp_path), "plant-1.json").state()
