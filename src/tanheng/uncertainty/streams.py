"""Streams of chance: what makes a Monte Carlo run the same bytes whatever the number of threads.

Philox is counter-based: a key and a counter name a place in the stream. The key is (seed, name of the source), the counter
begins at the number of the block. A block of a source is therefore the same draws on every machine, in every thread and in
every run that holds this source: two runs that differ in one component differ by that component alone
(``docs/decisions/0020-streams-by-source-and-block.md``).
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from tanheng.uncertainty.errors import ModelError

#: Trials in a block; part of what a seed means, so never changed.
BLOCK = 8192


def require_seed(seed: int) -> int:
    """Return ``seed`` when it is an integer from 0 to 2**64 − 1.

    Raises
    ------
    ModelError
        Otherwise.
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**64:
        raise ModelError("uncertainty.monte_carlo.seed", seed=seed)
    return int(seed)


class Stream:
    """One generator that is set to the beginning of any block of any source; one for each thread."""

    def __init__(self, seed: int, keys: list[str]) -> None:
        self._philox = np.random.Philox(key=np.array([seed, 0], dtype=np.uint64))
        self._state: Any = self._philox.state
        self._names = [int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big") for key in keys]
        self._generator = np.random.Generator(self._philox)

    def at(self, source: int, block: int) -> np.random.Generator:
        """Return the generator, set to the beginning of ``block`` of the source."""
        state = self._state["state"]
        state["key"][1] = self._names[source]
        state["counter"][:] = (0, 0, 0, block)
        self._philox.state = self._state
        return self._generator
