"""Tiles and entry bundles of C2SP tlog-tiles: where they lie, how wide they are, what they hold.

::

    tile      tile/<L>/<N>[.p/<W>]          W hashes of 32 bytes: the nodes of tree level 8·L, numbers N·256 …
    entries   tile/entries/<N>[.p/<W>]      W entries, each u16be length ‖ bytes
    <N>       groups of three digits, all but the last with x before it: 1234067 → x001/x234/067
    <W>       1 … 255; without it the file is full, 256 wide

A partial tile never feeds the level above. Width of the partial tile of level L in a tree of s leaves: (s >> 8·L) mod 256.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tanheng.trust.errors import TileError
from tanheng.trust.tree import HASH_SIZE

HEIGHT = 8
WIDTH = 1 << HEIGHT
MAX_ENTRY = 0xFFFF
MAX_LEVEL = 63 // HEIGHT
MAX_BUNDLE_BYTES = WIDTH * (2 + MAX_ENTRY)
ENTRIES = "entries"

_PATH = re.compile(r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """Address of a tile or of an entry bundle (``level`` −1)."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Path of the file, such as ``tile/0/x001/234.p/17``."""
        number = f"{self.index % 1000:03d}"
        rest = self.index // 1000
        while rest:
            number = f"x{rest % 1000:03d}/{number}"
            rest //= 1000
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{ENTRIES if self.level < 0 else self.level}/{number}{partial}"

    @property
    def full(self) -> Tile:
        """Address of the full file that takes the place of this one."""
        return Tile(self.level, self.index)


def bundle(index: int, width: int = WIDTH) -> Tile:
    """Return the address of an entry bundle."""
    return Tile(-1, index, width)


def parse_path(path: str) -> Tile:
    """Return the tile that a path names.

    Raises
    ------
    TileError
        When the path is not the one spelling of a tile's address.
    """
    match = _PATH.fullmatch(path)
    if match is None:
        raise TileError("trust.tile.path", path=path[:120])
    level = -1 if match[1] == ENTRIES else int(match[1])
    tile = Tile(level, int(re.sub(r"[x/]", "", match[2])), int(match[3]) if match[3] else WIDTH)
    if tile.path != path or not 0 < tile.width <= WIDTH:
        raise TileError("trust.tile.path", path=path[:120])
    return tile


def tile_at(level: int, index: int, size: int) -> Tile:
    """Return tile ``index`` of ``level`` as a tree of ``size`` leaves has it; level −1 is the entry bundle.

    Raises
    ------
    TileError
        When the tree has no such tile: a tile of width 0 does not exist.
    """
    nodes = size >> HEIGHT * max(level, 0)
    width = min(WIDTH, nodes - index * WIDTH)
    if level > MAX_LEVEL or index < 0 or width <= 0:
        raise TileError("trust.tile.absent", level=level, index=index, size=size)
    return Tile(level, index, width)


def tiles_of(size: int) -> Iterator[Tile]:
    """Yield every tile and entry bundle of a tree of ``size`` leaves, partial ones at the width of that size."""
    for level in range(-1, MAX_LEVEL + 1):
        nodes = size >> HEIGHT * max(level, 0)
        yield from (Tile(level, index, min(WIDTH, nodes - index * WIDTH)) for index in range(-(-nodes // WIDTH)))


def changed_tiles(old: int, new: int) -> Iterator[Tile]:
    """Yield the tiles and bundles a tree of ``new`` leaves has and one of ``old`` had not, or had narrower."""
    for level in range(-1, MAX_LEVEL + 1):
        shift = HEIGHT * max(level, 0)
        before, nodes = old >> shift, new >> shift
        if nodes > before:
            first, last = before // WIDTH, (nodes - 1) // WIDTH
            yield from (Tile(level, index, min(WIDTH, nodes - index * WIDTH)) for index in range(first, last + 1))


def split_hashes(data: bytes, tile: Tile) -> list[bytes]:
    """Return the hashes of a tile's bytes.

    Raises
    ------
    TileError
        When the bytes are not as many as the tile's width needs.
    """
    if len(data) != tile.width * HASH_SIZE:
        raise TileError("trust.tile.width", path=tile.path, found=len(data), wanted=tile.width * HASH_SIZE)
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]


def join_entries(entries: Sequence[bytes]) -> bytes:
    """Return entries as the bytes of a bundle.

    Raises
    ------
    TileError
        When an entry is longer than 65 535 bytes.
    """
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise TileError("trust.tile.entry_length", found=len(entry), largest=MAX_ENTRY)
    return b"".join([len(entry).to_bytes(2, "big") + entry for entry in entries])


def split_entries(data: bytes, tile: Tile) -> list[bytes]:
    """Return the entries of a bundle's bytes.

    Raises
    ------
    TileError
        When the bytes end early, or go on behind the last entry.
    """
    entries = []
    at = 0
    for number in range(tile.width):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        if start > len(data) or at > len(data):
            raise TileError("trust.tile.bundle_short", path=tile.path, entry=tile.index * WIDTH + number)
        entries.append(data[start:at])
    if at != len(data):
        raise TileError("trust.tile.bundle_long", path=tile.path, found=len(data) - at)
    return entries
