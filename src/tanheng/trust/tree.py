"""The Merkle tree of RFC 6962 §2: hashes, roots and proofs, over any store of its complete nodes.

::

    leaf(d)        = SHA-256(00 ‖ d)
    node(l, r)     = SHA-256(01 ‖ l ‖ r)
    root of none   = SHA-256("")

A node ``(level, index)`` is the root of the complete subtree over the leaves ``index · 2^level … (index + 1) · 2^level − 1``.
Such a node never changes once its leaves are there; everything else of a tree follows from the complete nodes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Protocol

from tanheng.trust.errors import ProofError

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

_sha256 = hashlib.sha256


class Nodes(Protocol):
    """A store of complete nodes: memory, tiles, or anything else."""

    def node(self, level: int, index: int) -> bytes:
        """Return the complete node, 32 bytes; raise an error of ours when it is not there."""


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return _sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return _sha256(b"\x01" + left + right).digest()


def leaf_hashes(entries: Iterable[bytes]) -> list[bytes]:
    """Return the leaf hash of each entry."""
    return [_sha256(b"\x00" + entry).digest() for entry in entries]


def parents(hashes: Sequence[bytes]) -> list[bytes]:
    """Return the nodes above neighbouring pairs; an odd one at the end has no parent yet."""
    return [_sha256(b"\x01" + left + right).digest() for left, right in zip(hashes[::2], hashes[1::2], strict=False)]


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes, RFC 6962 §2.1.

    Examples
    --------
    >>> root_of([]).hex()[:16]
    'e3b0c44298fc1c14'
    """
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    while len(level) > 1:
        above = parents(level)
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]


def subtree_root(start: int, end: int, nodes: Nodes) -> bytes:
    """Return the root over the leaves ``start … end − 1``, where ``start`` is a multiple of the largest power of two below.

    Notes
    -----
    MTH(D[start:end]) of RFC 6962: the range splits into complete subtrees of falling size; they are folded from the right.
    """
    parts = []
    at = start
    while at < end:
        level = (end - at).bit_length() - 1
        parts.append(nodes.node(level, at >> level))
        at += 1 << level
    if not parts:
        return EMPTY_ROOT
    root = parts.pop()
    while parts:
        root = node_hash(parts.pop(), root)
    return root


def root(size: int, nodes: Nodes) -> bytes:
    """Return the root of the tree of ``size`` leaves."""
    return subtree_root(0, size, nodes)


def inclusion_proof(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """Return the audit path of leaf ``index`` in the tree of ``size`` leaves, from the leaf's sibling up (RFC 6962 §2.1.1).

    Raises
    ------
    ProofError
        When the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ProofError("trust.proof.index", index=index, size=size)
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _largest_power_below(end - start)
        if index < middle:
            path.append(subtree_root(middle, end, nodes))
            end = middle
        else:
            path.append(subtree_root(start, middle, nodes))
            start = middle
    path.reverse()
    return path


def consistency_proof(old: int, new: int, nodes: Nodes) -> list[bytes]:
    """Return the proof that the tree of ``old`` leaves is a beginning of that of ``new`` (RFC 6962 §2.1.2).

    The proof is empty when the sizes are equal or ``old`` is 0.

    Raises
    ------
    ProofError
        When ``old`` is larger than ``new``.
    """
    if not 0 <= old <= new:
        raise ProofError("trust.proof.sizes", old=old, new=new)
    if old in (0, new):
        return []
    path = []
    start, end, known = 0, new, True
    while old != end:
        middle = start + _largest_power_below(end - start)
        if old <= middle:
            path.append(subtree_root(middle, end, nodes))
            end = middle
        else:
            path.append(subtree_root(start, middle, nodes))
            start, known = middle, False
    if not known:
        path.append(subtree_root(start, end, nodes))
    path.reverse()
    return path


def _largest_power_below(count: int) -> int:
    """Return the largest power of two smaller than ``count``, for ``count`` ≥ 2."""
    return 1 << (count - 1).bit_length() - 1


class MemoryTree:
    r"""A tree in memory: each level is one run of bytes, 64 bytes a leaf in all.

    Examples
    --------
    >>> tree = MemoryTree()
    >>> tree.extend([b"", b"\x00"])
    >>> tree.root().hex()[:8]
    'fac54203'
    """

    def __init__(self) -> None:
        self._levels: list[bytearray] = [bytearray()]

    def __len__(self) -> int:
        return len(self._levels[0]) // HASH_SIZE

    def extend(self, entries: Iterable[bytes]) -> None:
        """Append entries."""
        self.extend_hashes(leaf_hashes(entries))

    def extend_hashes(self, hashes: Sequence[bytes]) -> None:
        """Append leaf hashes."""
        level, fresh = 0, list(hashes)
        while fresh:
            if level == len(self._levels):
                self._levels.append(bytearray())
            row = self._levels[level]
            pending = len(row) // HASH_SIZE % 2
            row += b"".join(fresh)
            if pending:  # the last node of the row had no parent yet
                fresh.insert(0, bytes(row[-(len(fresh) + 1) * HASH_SIZE :][:HASH_SIZE]))
            fresh = parents(fresh)
            level += 1

    def node(self, level: int, index: int) -> bytes:
        """Return a complete node."""
        row = self._levels[level] if level < len(self._levels) else b""
        found = bytes(row[index * HASH_SIZE : (index + 1) * HASH_SIZE])
        if index < 0 or len(found) != HASH_SIZE:
            raise ProofError("trust.proof.node", level=level, index=index, size=len(self))
        return found

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the first ``size`` leaves, by default of all."""
        return root(len(self) if size is None else size, self)
