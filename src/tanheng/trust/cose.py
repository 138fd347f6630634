"""COSE_Sign1 (RFC 9052 §4.2) as Tanheng writes it: what is signed names its algorithm, its content and its key.

::

    18([ h'{1: algorithm, 3: content type, 4: key id}', {}, h'payload', h'signature' ])
    signed bytes = ["Signature1", protected, h'', payload]

The unprotected header is empty. Algorithms: −8 (EdDSA, RFC 9053) for Ed25519; −65601, in the range for private use, for SM2
with SM3 (DER signature), because no number is registered for it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import cbor2

from tanheng.trust import cbor, keyid
from tanheng.trust.errors import EnvelopeError, KeyRefusedError
from tanheng.trust.keys import KeyRecord
from tanheng.trust.suites import Algorithm, Signer

TAG_SIGN1 = 18
ALGORITHMS = {Algorithm.ED25519: -8, Algorithm.SM2_SM3: -65601}
_HEAD = b"\xd2\x84"
_EMPTY_MAP = b"\xa0"
_EMPTY_BYTES = b"\x40"
_CONTEXT = b"\x84\x6aSignature1"
_SHORTEST = {0x58: 24, 0x59: 1 << 8, 0x5A: 1 << 16}
_BY_NUMBER = {number: name for name, number in ALGORITHMS.items()}


def signed_bytes(protected: bytes, payload: bytes, *, external: bytes = b"") -> bytes:
    """Return the Sig_structure of RFC 9052 §4.4, the bytes that are signed."""
    return cbor2.dumps(["Signature1", protected, external, payload])


def sign1(payload: bytes, *, content_type: str, signer: Signer) -> bytes:
    """Return ``payload`` under the signature of ``signer``."""
    protected = cbor.dumps({1: ALGORITHMS[signer.algorithm], 3: content_type, 4: bytes.fromhex(signer.key_id)})
    signature = signer.sign(signed_bytes(protected, payload))
    return cbor2.dumps(cbor2.CBORTag(TAG_SIGN1, [protected, {}, payload, signature]))


def open_sign1(
    data: bytes, *, content_type: str, resolve_key: Callable[[str], KeyRecord], largest: int
) -> tuple[bytes, KeyRecord]:
    """Return payload and key record when the signature holds.

    Parameters
    ----------
    data : bytes
        The whole COSE_Sign1.
    content_type : str
        The content type the protected header must name.
    resolve_key : callable
        Gives the record of a key id, or raises ``KeyRefusedError``.
    largest : int
        Limit of ``data``, bytes.

    Raises
    ------
    TrustError
        Names the fault: size, shape, header, algorithm, key, signature.
    """
    if len(data) > largest:
        raise EnvelopeError("trust.envelope.size", found=len(data), largest=largest)
    protected, payload, signature, signed = _members(data)
    number, found_type, key_id = _header(protected)
    if found_type != content_type:
        raise EnvelopeError("trust.envelope.content_type", found=found_type[:80], wanted=content_type)
    record = resolve_key(key_id)
    if record.key_id != key_id:
        raise KeyRefusedError("trust.key.other", found=record.key_id, wanted=key_id)
    if ALGORITHMS[record.algorithm] != number:
        raise EnvelopeError("trust.envelope.algorithm_of_key", found=_BY_NUMBER[number], wanted=record.algorithm, key=key_id)
    record.verify(signed, signature)
    return payload, record


def key_id_of(data: bytes) -> str:
    """Return the key id a COSE_Sign1 names, unverified: for asking which key is needed."""
    return _header(_members(data)[0])[2]


def _members(data: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Return protected header, payload, signature and signed bytes of the one shape that ``sign1`` writes.

    The shape is fixed, so its few heads are read here: no nesting, no length that is believed before the bytes are there.
    """
    if data[:2] != _HEAD:
        raise EnvelopeError("trust.envelope.shape", reason="it does not begin with tag 18 (COSE_Sign1) and an array of four")
    protected_start, protected_end = _byte_string(data, 2, "protected header")
    if data[protected_end : protected_end + 1] != _EMPTY_MAP:
        raise EnvelopeError("trust.envelope.shape", reason="the unprotected header is not an empty map")
    payload_start, payload_end = _byte_string(data, protected_end + 1, "payload")
    signature_start, signature_end = _byte_string(data, payload_end, "signature")
    if signature_end != len(data):
        raise EnvelopeError("trust.envelope.shape", reason=f"{len(data) - signature_end} bytes follow the signature")
    signed = b"".join((_CONTEXT, data[2:protected_end], _EMPTY_BYTES, data[protected_end + 1 : payload_end]))
    return data[protected_start:protected_end], data[payload_start:payload_end], data[signature_start:], signed


def _byte_string(data: bytes, at: int, name: str) -> tuple[int, int]:
    """Return start and end of the byte string at ``at``; its head must be the shortest (RFC 8949 §4.2.1)."""
    head = data[at] if at < len(data) else -1
    if 0x40 <= head < 0x58:
        start, length = at + 1, head - 0x40
    elif 0x58 <= head <= 0x5A:
        start = at + 1 + (1 << head - 0x58)
        length = int.from_bytes(data[at + 1 : start], "big")
        if length < _SHORTEST[head]:
            raise EnvelopeError("trust.envelope.shape", reason=f"the length of the {name} is not in its shortest form")
    else:
        raise EnvelopeError("trust.envelope.shape", reason=f"the {name} is no byte string of known length")
    if start + length > len(data):
        raise EnvelopeError("trust.envelope.truncated", name=name, missing=start + length - len(data))
    return start, start + length


@functools.lru_cache(maxsize=4096)
def _header(protected: bytes) -> tuple[int, str, str]:
    header = cbor.loads(protected, thing="protected header")
    if not isinstance(header, dict) or set(header) != {1, 3, 4}:
        raise EnvelopeError("trust.envelope.header", reason="labels 1, 3 and 4 are needed, and no other")
    number, content_type, kid = header[1], header[3], header[4]
    if type(number) is not int or number not in _BY_NUMBER:
        known = ", ".join(f"{number} ({name})" for name, number in ALGORITHMS.items())
        raise EnvelopeError("trust.envelope.algorithm", found=str(number)[:40], known=known)
    if not isinstance(content_type, str):
        raise EnvelopeError("trust.envelope.header", reason="the content type (3) is no text")
    if type(kid) is not bytes or len(kid) != keyid.ID_BYTES:
        raise EnvelopeError("trust.envelope.header", reason=f"the key id (4) is not {keyid.ID_BYTES} bytes")
    return number, content_type, kid.hex()
