"""The tree against the recursive definition of RFC 6962 section 2.1, written here from the text alone."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanheng.trust.errors import ProofError
from tanheng.trust.log_reader import Frontier
from tanheng.trust.proof import verify_consistency, verify_inclusion
from tanheng.trust.tree import MemoryTree, consistency_proof, inclusion_proof, leaf_hash, leaf_hashes, root


def split(count: int) -> int:
    """The largest power of two smaller than n, by search."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def defined_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    at = split(len(leaves))
    return hashlib.sha256(b"\x01" + defined_root(leaves[:at]) + defined_root(leaves[at:])).digest()


def defined_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH(m, D[n]) of RFC 6962 section 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    at = split(len(leaves))
    if index < at:
        return [*defined_path(index, leaves[:at]), defined_root(leaves[at:])]
    return [*defined_path(index - at, leaves[at:]), defined_root(leaves[:at])]


def defined_proof(old: int, leaves: list[bytes], *, known: bool = True) -> list[bytes]:
    """SUBPROOF(m, D[n], b) of RFC 6962 section 2.1.2, word for word."""
    if old == len(leaves):
        return [] if known else [defined_root(leaves)]
    at = split(len(leaves))
    if old <= at:
        return [*defined_proof(old, leaves[:at], known=known), defined_root(leaves[at:])]
    return [*defined_proof(old - at, leaves[at:], known=False), defined_root(leaves[:at])]


LEAVES = [str(at).encode() for at in range(600)]
SIZES = st.integers(0, 600)


def grown(size: int) -> MemoryTree:
    tree = MemoryTree()
    tree.extend(LEAVES[:size])
    return tree


@given(SIZES)
def test_the_root_is_the_defined_one(size: int) -> None:
    assert grown(size).root() == defined_root(LEAVES[:size])


@given(SIZES, st.lists(st.integers(1, 300), max_size=5))
def test_growing_in_steps_gives_the_same_tree(size: int, steps: list[int]) -> None:
    stepped, edge = MemoryTree(), Frontier()
    at = 0
    for step in [*steps, size]:
        end = min(size, at + step)
        stepped.extend(LEAVES[at:end])
        edge.extend(leaf_hashes(LEAVES[at:end]))
        at = end
    assert stepped.root() == edge.root() == defined_root(LEAVES[:at])
    assert len(stepped) == edge.size == at


@given(st.integers(1, 600), st.data())
def test_an_inclusion_proof_is_the_defined_path_and_verifies(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_proof(index, size, grown(600))
    assert path == defined_path(index, LEAVES[:size])
    head = defined_root(LEAVES[:size])
    verify_inclusion(leaf_hash=leaf_hash(LEAVES[index]), index=index, size=size, proof=path, root=head)


@given(st.integers(1, 600), st.data())
def test_a_consistency_proof_is_the_defined_one_and_verifies(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    path = consistency_proof(old, size, grown(600))
    assert path == defined_proof(old, LEAVES[:size])
    verify_consistency(
        old_size=old,
        new_size=size,
        old_root=defined_root(LEAVES[:old]),
        new_root=defined_root(LEAVES[:size]),
        proof=path,
    )


@given(st.integers(2, 600), st.data())
def test_a_changed_proof_never_verifies(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_proof(index, size, grown(600))
    at, bit = data.draw(st.integers(0, len(path) - 1)), data.draw(st.integers(0, 255))
    path[at] = (int.from_bytes(path[at], "big") ^ 1 << bit).to_bytes(32, "big")
    with pytest.raises(ProofError, match="does not hold"):
        verify_inclusion(leaf_hash=leaf_hash(LEAVES[index]), index=index, size=size, proof=path, root=root(size, grown(600)))


@given(st.integers(2, 600), st.data())
def test_a_leaf_never_verifies_in_another_place(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda at: at != index))
    path = inclusion_proof(index, size, grown(600))
    with pytest.raises(ProofError):
        verify_inclusion(leaf_hash=leaf_hash(LEAVES[index]), index=other, size=size, proof=path, root=root(size, grown(600)))


@pytest.mark.parametrize(("old", "new"), [(0, 1), (2, 1), (-1, 1), (0, 0)])
def test_a_consistency_proof_between_impossible_sizes_is_refused(old: int, new: int) -> None:
    with pytest.raises(ProofError, match="makes no sense"):
        verify_consistency(old_size=old, new_size=new, old_root=bytes(32), new_root=bytes(32), proof=[])


def test_a_proof_of_a_thousand_hashes_is_refused_before_it_is_hashed() -> None:
    with pytest.raises(ProofError, match="above the limit 64"):
        verify_inclusion(leaf_hash=bytes(32), index=0, size=1 << 63, proof=[bytes(32)] * 1000, root=bytes(32))


def test_two_roots_of_one_size_are_named_as_a_split() -> None:
    with pytest.raises(ProofError, match="keep both as evidence"):
        verify_consistency(old_size=3, new_size=3, old_root=bytes(32), new_root=b"\x01" * 32, proof=[])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5), (1 << 64, 5)])
def test_no_proof_is_made_for_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ProofError, match="is not in a tree"):
        inclusion_proof(index, size, grown(5))


def test_nodes_beyond_the_tree_are_refused() -> None:
    with pytest.raises(ProofError, match="no complete node 2 at level 1"):
        grown(5).node(1, 2)
    with pytest.raises(ProofError, match="no complete node"):
        grown(5).node(40, 0)
    with pytest.raises(ProofError, match="makes no sense"):
        consistency_proof(6, 5, grown(5))
