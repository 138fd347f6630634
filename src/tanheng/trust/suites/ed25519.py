"""Ed25519 (RFC 8032) on pyca/cryptography. Deterministic: one signature for one message and key."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tanheng.trust import keyid
from tanheng.trust.errors import KeyRefusedError, SignatureError
from tanheng.trust.suites import Algorithm

PUBLIC_LENGTH = 32
SIGNATURE_LENGTH = 64


class Ed25519Verifier:
    """Checks Ed25519 signatures of one public key of 32 bytes."""

    algorithm = Algorithm.ED25519

    def __init__(self, public: bytes) -> None:
        if len(public) != PUBLIC_LENGTH:
            raise KeyRefusedError("trust.key.public", algorithm=self.algorithm, reason=f"{len(public)} bytes, 32 needed")
        try:
            self._key = Ed25519PublicKey.from_public_bytes(public)
        except ValueError as error:
            raise KeyRefusedError("trust.key.public", algorithm=self.algorithm, reason=str(error)) from error
        self.public = public

    def verify(self, message: bytes, signature: bytes) -> None:
        """Return when ``signature`` (64 bytes) fits ``message``; raise ``SignatureError`` otherwise."""
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            key = keyid.key_id(self.algorithm, self.public)
            raise SignatureError("trust.signature.invalid", algorithm=self.algorithm, key=key) from None


class Ed25519Signer:
    """Makes Ed25519 signatures of one private key of 32 bytes."""

    algorithm = Algorithm.ED25519

    def __init__(self, private: bytes) -> None:
        if len(private) != PUBLIC_LENGTH:
            raise KeyRefusedError("trust.key.private", algorithm=self.algorithm, reason=f"{len(private)} bytes, 32 needed")
        self._key = Ed25519PrivateKey.from_private_bytes(private)
        self.public = self._key.public_key().public_bytes_raw()
        self.key_id = keyid.key_id(self.algorithm, self.public)

    @classmethod
    def generate(cls) -> Ed25519Signer:
        """Return a new key."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """Return the signature of ``message``, 64 bytes."""
        return self._key.sign(message)

    def private(self) -> bytes:
        """Return the private key, 32 bytes."""
        return self._key.private_bytes_raw()

    def __repr__(self) -> str:
        return f"Ed25519Signer({self.key_id})"
