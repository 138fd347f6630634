"""Verifying inclusion and consistency proofs: RFC 9162 §2.1.3.2 and §2.1.4.2. Every hash must be 32 bytes before it is used.

Sizes and indices are integers of any length, so that nothing wraps. A proof that is too long or too short is refused, as is a
consistency proof from size 0: nothing was promised there (a witness, which accepts it, has a rule of its own).
"""

from __future__ import annotations

from collections.abc import Sequence

from tanheng.trust.errors import ProofError
from tanheng.trust.tree import HASH_SIZE, node_hash

MAX_LENGTH = 64  # a tree of 2^64 leaves


def verify_inclusion(*, leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Return when ``proof`` shows that the leaf stands at ``index`` of the tree of ``size`` leaves with ``root``.

    Raises
    ------
    ProofError
        Names what does not fit: index, hash length, proof length or root.
    """
    if not 0 <= index < size:
        raise ProofError("trust.proof.index", index=index, size=size)
    _check_lengths({"leaf hash": leaf_hash, "root": root}, proof)
    number, last, running = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            raise ProofError("trust.proof.length", found=len(proof), size=size)
        if number & 1 or number == last:
            running = node_hash(sibling, running)
            while not number & 1 and number:
                number >>= 1
                last >>= 1
        else:
            running = node_hash(running, sibling)
        number >>= 1
        last >>= 1
    if last != 0:
        raise ProofError("trust.proof.length", found=len(proof), size=size)
    if running != root:
        raise ProofError("trust.proof.inclusion", index=index, size=size, found=running.hex(), wanted=root.hex())


def verify_consistency(*, old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Return when ``proof`` shows that the tree of ``old_size`` leaves is a beginning of the tree of ``new_size``.

    Raises
    ------
    ProofError
        Names what does not fit: sizes, hash length, proof length, the old root or the new one.
    """
    if not 0 < old_size <= new_size:
        raise ProofError("trust.proof.sizes", old=old_size, new=new_size)
    _check_lengths({"old root": old_root, "new root": new_root}, proof)
    if old_size == new_size:
        if proof:
            raise ProofError("trust.proof.length", found=len(proof), size=new_size)
        if old_root != new_root:
            raise ProofError("trust.proof.split", size=new_size, found=new_root.hex(), wanted=old_root.hex())
        return
    path = list(proof)
    if old_size & (old_size - 1) == 0:  # the old tree is one complete subtree, so its root begins the path
        path.insert(0, old_root)
    if not path:
        raise ProofError("trust.proof.length", found=0, size=new_size)
    number, last = old_size - 1, new_size - 1
    while number & 1:
        number >>= 1
        last >>= 1
    from_old = from_new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofError("trust.proof.length", found=len(proof), size=new_size)
        if number & 1 or number == last:
            from_old = node_hash(sibling, from_old)
            from_new = node_hash(sibling, from_new)
            while not number & 1 and number:
                number >>= 1
                last >>= 1
        else:
            from_new = node_hash(from_new, sibling)
        number >>= 1
        last >>= 1
    if last != 0:
        raise ProofError("trust.proof.length", found=len(proof), size=new_size)
    if from_old != old_root:
        raise ProofError("trust.proof.old_root", size=old_size, found=from_old.hex(), wanted=old_root.hex())
    if from_new != new_root:
        raise ProofError("trust.proof.new_root", size=new_size, found=from_new.hex(), wanted=new_root.hex())


def _check_lengths(named: dict[str, bytes], proof: Sequence[bytes]) -> None:
    if len(proof) > MAX_LENGTH:
        raise ProofError("trust.proof.too_long", found=len(proof), largest=MAX_LENGTH)
    for name, value in [*named.items(), *((f"element {at}", value) for at, value in enumerate(proof))]:
        if len(value) != HASH_SIZE:
            raise ProofError("trust.proof.hash_length", name=name, found=len(value))
