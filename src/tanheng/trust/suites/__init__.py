"""The signature suites behind one pair of ports: ``ed25519`` and ``sm2-sm3``.

A suite is chosen by the algorithm of a key record, never by the message it signs. ``sm2-sm3`` needs the extra
``tanheng[sm2]``, which is imported only when a key of that suite is met.
"""

from __future__ import annotations

import enum
import functools
from typing import Protocol

from tanheng.trust.errors import KeyRefusedError


class Algorithm(enum.StrEnum):
    """Name of a suite, as key records carry it."""

    ED25519 = "ed25519"
    SM2_SM3 = "sm2-sm3"


DEFAULT_DISTID = "1234567812345678"  # GM/T 0009: the signer's id when nothing else is agreed


class Verifier(Protocol):
    """Checks signatures of one public key."""

    @property
    def algorithm(self) -> Algorithm:
        """Suite of the key."""

    @property
    def public(self) -> bytes:
        """The public key: 32 bytes for Ed25519, the point 04 ‖ x ‖ y for SM2."""

    def verify(self, message: bytes, signature: bytes) -> None:
        """Return when ``signature`` fits ``message``; raise ``SignatureError`` otherwise."""


class Signer(Protocol):
    """Makes signatures of one private key; the key may lie in hardware."""

    @property
    def algorithm(self) -> Algorithm:
        """Suite of the key."""

    @property
    def public(self) -> bytes:
        """The public key, as in ``Verifier``."""

    @property
    def key_id(self) -> str:
        """Id of the key, see ``tanheng.trust.keys.key_id``."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature of ``message``: 64 bytes for Ed25519, DER for SM2."""


class SoftwareSigner(Signer, Protocol):
    """A signer whose private key is in memory and can be stored."""

    def private(self) -> bytes:
        """Return the private key, 32 bytes."""


def algorithm(name: object) -> Algorithm:
    """Return the suite called ``name``.

    Raises
    ------
    KeyRefusedError
        When there is no such suite; the message lists those that exist.
    """
    try:
        return Algorithm(name)  # type: ignore[arg-type]  # any object may come from outside
    except ValueError:
        known = ", ".join(Algorithm)
        raise KeyRefusedError("trust.key.algorithm", found=str(name)[:40], known=known) from None


@functools.lru_cache(maxsize=4096)
def verifier(suite: Algorithm, public: bytes, *, distid: str = DEFAULT_DISTID) -> Verifier:
    """Return the verifier of a public key.

    Raises
    ------
    KeyRefusedError
        When the bytes are no public key of the suite.
    """
    match suite:
        case Algorithm.ED25519:
            from tanheng.trust.suites import ed25519

            return ed25519.Ed25519Verifier(public)
        case Algorithm.SM2_SM3:
            from tanheng.trust.suites import sm2

            return sm2.Sm2Verifier(public, distid=distid)


def generate(suite: Algorithm) -> SoftwareSigner:
    """Return a new private key."""
    match suite:
        case Algorithm.ED25519:
            from tanheng.trust.suites import ed25519

            return ed25519.Ed25519Signer.generate()
        case Algorithm.SM2_SM3:
            from tanheng.trust.suites import sm2

            return sm2.Sm2Signer.generate()


def signer(suite: Algorithm, private: bytes) -> SoftwareSigner:
    """Return the signer of a private key of 32 bytes."""
    match suite:
        case Algorithm.ED25519:
            from tanheng.trust.suites import ed25519

            return ed25519.Ed25519Signer(private)
        case Algorithm.SM2_SM3:
            from tanheng.trust.suites import sm2

            return sm2.Sm2Signer(private)
