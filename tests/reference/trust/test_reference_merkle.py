"""RFC 6962 trees and proofs against published values; origins in the heads of the case files beside this test."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tanheng.trust.checkpoint import Checkpoint
from tanheng.trust.errors import ProofError
from tanheng.trust.proof import verify_consistency, verify_inclusion
from tanheng.trust.tree import EMPTY_ROOT, MemoryTree, consistency_proof, inclusion_proof, leaf_hash, node_hash, root, root_of

HERE = Path(__file__).parent
KNOWN = json.loads((HERE / "rfc6962.json").read_text())
INCLUSION = json.loads((HERE / "inclusion_probes.json").read_text())["probes"]
CONSISTENCY = json.loads((HERE / "consistency_probes.json").read_text())["probes"]
LEAVES = [bytes.fromhex(leaf) for leaf in KNOWN["leaves"]]
# Valid upstream, with roots of 12 bytes; we hash nothing that is not 32 bytes long.
STRICTER_HERE = {"sizes-are-equal-one-and-proof-is-empty"}


def decoded(text: str | None) -> bytes:
    return base64.b64decode(text) if text else b""


def tree() -> MemoryTree:
    made = MemoryTree()
    made.extend(LEAVES)
    return made


def test_the_primitives_are_those_of_the_rfc() -> None:
    empty, empty_leaf, leaf, node = KNOWN["primitives"]
    assert EMPTY_ROOT.hex() == empty["out"]
    assert leaf_hash(b"").hex() == empty_leaf["out"]
    assert leaf_hash(leaf["in_ascii"].encode()).hex() == leaf["out"]
    assert node_hash(node["left_ascii"].encode(), node["right_ascii"].encode()).hex() == node["out"]


@pytest.mark.parametrize("size", range(9))
def test_roots_of_every_size_are_the_published_ones(size: int) -> None:
    assert root(size, tree()).hex() == KNOWN["roots"][size]
    assert root_of([leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() == KNOWN["roots"][size]


def test_inner_nodes_are_the_published_ones() -> None:
    grown = tree()
    found = [[grown.node(level, at).hex() for at in range(8 >> level)] for level in range(4)]
    assert found == KNOWN["nodes_by_level"]


def test_a_checkpoint_body_is_that_of_go_sumdb() -> None:
    case = KNOWN["checkpoint"]
    checkpoint = Checkpoint("go.sum database tree", case["tree_size"], leaf_hash(case["leaf_of"].encode()))
    assert checkpoint.text.decode() == case["body"]
    assert Checkpoint.parse(case["body"].encode()) == checkpoint


def test_the_probe_files_are_whole() -> None:
    assert (len(INCLUSION), sum(probe["valid"] for probe in INCLUSION)) == (98, 6)
    assert (len(CONSISTENCY), sum(probe["valid"] for probe in CONSISTENCY)) == (98, 6)


@pytest.mark.parametrize("probe", INCLUSION, ids=lambda probe: probe["id"])
def test_inclusion_probe(probe: dict[str, Any]) -> None:
    def verify() -> None:
        verify_inclusion(
            leaf_hash=decoded(probe["leafHash"]),
            index=probe["leafIdx"],
            size=probe["treeSize"],
            proof=[decoded(element) for element in probe["proof"] or []],
            root=decoded(probe["root"]),
        )

    if probe["valid"]:
        verify()
        return
    with pytest.raises(ProofError):
        verify()


@pytest.mark.parametrize("probe", CONSISTENCY, ids=lambda probe: probe["id"])
def test_consistency_probe(probe: dict[str, Any]) -> None:
    def verify() -> None:
        verify_consistency(
            old_size=probe["size1"],
            new_size=probe["size2"],
            old_root=decoded(probe["root1"]),
            new_root=decoded(probe["root2"]),
            proof=[decoded(element) for element in probe["proof"] or []],
        )

    if probe["valid"] and probe["id"].rsplit("/", 1)[-1] not in STRICTER_HERE:
        verify()
        return
    with pytest.raises(ProofError):
        verify()


def test_the_stricter_probe_exists() -> None:
    assert {probe["id"].rsplit("/", 1)[-1] for probe in CONSISTENCY if probe["valid"]} >= STRICTER_HERE


@pytest.mark.parametrize("size", range(1, 9))
def test_our_proofs_satisfy_the_verifier_for_every_published_root(size: int) -> None:
    grown, head = tree(), bytes.fromhex(KNOWN["roots"][size])
    for index in range(size):
        proof = inclusion_proof(index, size, grown)
        verify_inclusion(leaf_hash=leaf_hash(LEAVES[index]), index=index, size=size, proof=proof, root=head)
    for old in range(1, size + 1):
        proof = consistency_proof(old, size, grown)
        verify_consistency(old_size=old, new_size=size, old_root=bytes.fromhex(KNOWN["roots"][old]), new_root=head, proof=proof)
