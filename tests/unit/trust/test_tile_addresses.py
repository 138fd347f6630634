"""Tiles and bundles: addresses and widths as C2SP tlog-tiles prints them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.trust.errors import TileError
from tanheng.trust.tiles import (
    Tile,
    bundle,
    changed_tiles,
    join_entries,
    parse_path,
    split_entries,
    split_hashes,
    tile_at,
    tiles_of,
)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1_234_067), "tile/0/x001/x234/067"),  # the example of the specification
        (Tile(0, 0), "tile/0/000"),
        (Tile(1, 999, 17), "tile/1/999.p/17"),
        (Tile(5, 1000), "tile/5/x001/000"),
        (bundle(273, 112), "tile/entries/273.p/112"),
    ],
)
def test_a_tile_has_one_path(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert parse_path(path) == tile


@given(st.integers(-1, 7), st.integers(0, 1 << 55), st.integers(1, 256))
def test_every_path_comes_back(level: int, index: int, width: int) -> None:
    assert parse_path(Tile(level, index, width).path) == Tile(level, index, width)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/",
        "tile/0/0",
        "tile/0/000/",
        "/tile/0/000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x01/000",
        "tile/data/000",
        "tile/0/" + "x001/" * 1500 + "000",  # more digits than Python makes a number of
        "tile/0/٠٠٠",
        "tile/0/000.p/1\n",
        "tile/entries/../../etc",
    ],
)
def test_what_is_no_path_of_a_tile_is_refused(path: str) -> None:
    with pytest.raises(TileError, match="is no path of a tile"):
        parse_path(path)


def test_the_tiles_of_70_000_entries_are_those_of_the_specification() -> None:
    widths: dict[int, list[int]] = {}
    for tile in tiles_of(70_000):
        widths.setdefault(tile.level, []).append(tile.width)
    assert widths[0] == widths[-1] == [256] * 273 + [112]
    assert widths[1] == [256, 17]
    assert widths[2] == [1]
    assert 3 not in widths


def test_256_entries_are_one_full_tile_and_a_partial_one_above() -> None:
    assert sorted(tiles_of(256)) == [bundle(0), Tile(0, 0), Tile(1, 0, 1)]


def test_an_empty_log_has_no_tile() -> None:
    assert list(tiles_of(0)) == []
    with pytest.raises(TileError, match="has no tile 0 at level 0"):
        tile_at(0, 0, 0)


@given(st.integers(0, 70_000), st.integers(0, 2000))
def test_the_changed_tiles_are_the_difference_of_two_sizes(old: int, more: int) -> None:
    assert set(changed_tiles(old, old + more)) == set(tiles_of(old + more)) - set(tiles_of(old))


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_entries_come_back_from_their_bundle(entries: list[bytes]) -> None:
    assert split_entries(join_entries(entries), bundle(0, len(entries))) == entries


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "ends within entry 512"),
        (b"\x00", "ends within entry 512"),
        (b"\x00\x05abc", "ends within entry 512"),
        (b"\x00\x01a", "ends within entry 513"),
        (b"\x00\x01a\x00\x01bc", "has 1 bytes behind its last entry"),
    ],
)
def test_a_bundle_of_another_length_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(TileError, match=message):
        split_entries(data, bundle(2, 2))


def test_a_tile_of_another_width_is_refused() -> None:
    with pytest.raises(TileError, match="has 64 bytes, 96 are needed"):
        split_hashes(bytes(64), Tile(0, 0, 3))


def test_an_entry_beyond_65535_bytes_is_refused() -> None:
    assert len(join_entries([bytes(65_535)])) == 65_537
    with pytest.raises(TileError, match="above the limit 65535"):
        join_entries([bytes(65_536)])
