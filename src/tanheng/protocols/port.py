"""The port that all stream decoders share: bytes in, frames and refused bytes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

from tanheng.protocols.errors import FrameError, ProfileError, ValueRangeError

Fault = FrameError | ValueRangeError | ProfileError

KEPT_BYTES = 2048
"""Refused bytes are kept up to this many; a refusal says how many there were."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Bytes that are no valid frame.

    Attributes
    ----------
    raw : bytes
        What came, at most ``KEPT_BYTES`` of it.
    count : int
        How many bytes were refused.
    error : FrameError, ValueRangeError or ProfileError
        Why.
    """

    raw: bytes
    count: int
    error: Fault


F = TypeVar("F")


class Decoder(Protocol[F]):
    """Takes bytes as they come from a wire and gives frames in their order; nothing is skipped in silence."""

    def feed(self, data: bytes) -> list[F | Refused]:
        """Return the frames and refused bytes that ``data`` completes."""
        ...


def refused(raw: bytes, error: Fault) -> Refused:
    """Return a refusal that keeps a bounded part of ``raw``."""
    return Refused(raw[:KEPT_BYTES], len(raw), error)
