"""A bundle of format 1 as it was once made: every later version of the program verifies it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tanheng.evidence import Archive, verify
from tanheng.trust import policy

FOLDER = Path(__file__).parent / "frozen"
DIGEST = "385a7235fdcdc62f3bff3d6178e7de6c6ee1cbf79a76720d370f71b957b16fc3"


def test_the_frozen_bundle_is_the_one_that_was_frozen() -> None:
    assert hashlib.sha256((FOLDER / "bundle-1.zip").read_bytes()).hexdigest() == DIGEST


def test_the_frozen_bundle_of_format_1_verifies_under_its_policy() -> None:
    trusted = policy.parse((FOLDER / "bundle-1.policy").read_text(encoding="utf-8"))
    found = verify(Archive.open(FOLDER / "bundle-1.zip"), policy=trusted)
    assert (found.anchor.anchored, found.complete, found.figures) == (True, True, 30)
    assert [(total.id, total.rounded) for total in found.totals] == [("installation.direct", "1037310.00")]
    assert [stated.index for stated in found.entries] == [0, 1, 2, 3]
