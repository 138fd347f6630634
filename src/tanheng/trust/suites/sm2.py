"""SM2 signatures with SM3 (GB/T 32918.2, GM/T 0009) on tongsuopy, the Python binding of Tongsuo.

A signature is DER of r and s, and is over SM3(Z ‖ message), where Z holds the signer's id and public key. The public interface
of tongsuopy uses the default id 1234567812345678; a key record with another id is refused instead of verified wrongly.
Raw r ‖ s, DER with another length form and numbers out of range are refused.
"""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tanheng.trust import keyid
from tanheng.trust.errors import KeyRefusedError, SignatureError
from tanheng.trust.suites import DEFAULT_DISTID, Algorithm

ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123  # of the group, GB/T 32918.5
POINT_LENGTH = 65


def _library() -> tuple[Any, Any]:  # Any: tongsuopy carries no types
    """Return tongsuopy's modules ``ec`` and ``hashes``."""
    try:
        from tongsuopy.crypto import hashes
        from tongsuopy.crypto.asymciphers import ec
    except ImportError as error:
        raise KeyRefusedError("trust.key.sm2_missing", reason=str(error)) from error
    return ec, hashes


class Sm2Verifier:
    """Checks SM2 signatures of one public key, the point 04 ‖ x ‖ y of 65 bytes."""

    algorithm = Algorithm.SM2_SM3

    def __init__(self, public: bytes, *, distid: str = DEFAULT_DISTID) -> None:
        if distid != DEFAULT_DISTID:
            raise KeyRefusedError("trust.key.distid", found=distid, known=DEFAULT_DISTID)
        if len(public) != POINT_LENGTH or public[0] != 4:
            raise KeyRefusedError(
                "trust.key.public", algorithm=self.algorithm, reason=f"{len(public)} bytes, 04 ‖ x ‖ y needed"
            )
        self._ec, self._hashes = _library()
        try:
            self._key = self._ec.EllipticCurvePublicKey.from_encoded_point(self._ec.SM2(), public)
        except Exception as error:  # tongsuopy raises errors of several trees
            raise KeyRefusedError("trust.key.public", algorithm=self.algorithm, reason=str(error)[:120]) from error
        self.public = public

    def verify(self, message: bytes, signature: bytes) -> None:
        """Return when ``signature`` (DER) fits ``message``; raise ``SignatureError`` otherwise."""
        _check_der(signature)
        try:
            self._key.verify(signature, message, self._ec.ECDSA(self._hashes.SM3()))
        except Exception as error:  # InvalidSignature, or InternalError for what OpenSSL cannot parse
            key = keyid.key_id(self.algorithm, self.public)
            raise SignatureError("trust.signature.invalid", algorithm=self.algorithm, key=key) from error


class Sm2Signer:
    """Makes SM2 signatures of one private key of 32 bytes."""

    algorithm = Algorithm.SM2_SM3

    def __init__(self, private: bytes) -> None:
        self._ec, self._hashes = _library()
        number = int.from_bytes(private, "big")
        if len(private) != 32 or not 1 <= number < ORDER - 1:
            raise KeyRefusedError(
                "trust.key.private", algorithm=self.algorithm, reason="a number of 32 bytes below the order needed"
            )
        self._key = self._ec.derive_private_key(number, self._ec.SM2())
        point = self._key.public_key().public_numbers()
        self.public = b"\x04" + point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")
        self.key_id = keyid.key_id(self.algorithm, self.public)

    @classmethod
    def generate(cls) -> Sm2Signer:
        """Return a new key."""
        ec, _ = _library()
        return cls(ec.generate_private_key(ec.SM2()).private_numbers().private_value.to_bytes(32, "big"))

    def sign(self, message: bytes) -> bytes:
        """Return the signature of ``message``, DER of at most 72 bytes."""
        return bytes(self._key.sign(message, self._ec.ECDSA(self._hashes.SM3())))

    def private(self) -> bytes:
        """Return the private key, 32 bytes."""
        value: int = self._key.private_numbers().private_value
        return value.to_bytes(32, "big")

    def __repr__(self) -> str:
        return f"Sm2Signer({self.key_id})"


def _check_der(signature: bytes) -> None:
    """Raise unless ``signature`` is the one DER encoding of two numbers in 1 … order − 1; the reader takes no other form."""
    try:
        r, s = decode_dss_signature(signature)
    except ValueError as error:
        raise SignatureError("trust.signature.der", algorithm=Algorithm.SM2_SM3, length=len(signature)) from error
    if not (0 < r < ORDER and 0 < s < ORDER):
        raise SignatureError("trust.signature.der", algorithm=Algorithm.SM2_SM3, length=len(signature))
