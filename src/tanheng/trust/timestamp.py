"""RFC 3161 time stamps, optional: an outside authority's word that bytes existed at a time.

Asking is a port (bytes out, bytes back), because trust opens no sockets. Verifying goes through ``rfc3161-client``: status,
signature, certificate chain at the time stamped, critical time-stamping usage, nonce, and the digest of the data.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from tanheng.trust.errors import TimestampError

MAX_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A verified time stamp.

    Attributes
    ----------
    time : datetime
        Time the authority states, UTC.
    serial : int
        Serial number of the time stamp.
    response : bytes
        The answer as received; keep it beside the data.
    """

    time: datetime.datetime
    serial: int
    response: bytes


def request(data: bytes, ask: Callable[[bytes], bytes], *, roots: Sequence[x509.Certificate]) -> Timestamp:
    """Ask an authority for a time stamp over ``data`` and verify its answer.

    Parameters
    ----------
    data : bytes
        What is stamped; only its SHA-256 leaves this machine.
    ask : callable
        Sends a request (``application/timestamp-query``) and returns the answer.
    roots : sequence of Certificate
        Root certificates that are trusted.

    Raises
    ------
    TimestampError
        When the answer does not verify.
    """
    if not data:
        raise TimestampError("trust.timestamp.invalid", reason="there is nothing to stamp")
    query = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).nonce(nonce=True).build()
    return verify(ask(query.as_bytes()), data, roots=roots, nonce=query.nonce)


def verify(response: bytes, data: bytes, *, roots: Sequence[x509.Certificate], nonce: int | None = None) -> Timestamp:
    """Return the time stamp of an answer that fits ``data`` and leads to a root; raise ``TimestampError`` otherwise."""
    if not roots:
        raise TimestampError("trust.timestamp.invalid", reason="no root certificate is trusted")
    decoded = _decode(response)
    builder = VerifierBuilder()
    for root in dict.fromkeys(roots):
        builder = builder.add_root_certificate(root)
    if nonce is not None:
        builder = builder.nonce(nonce)
    try:
        builder.build().verify_message(decoded, data)
    except (VerificationError, ValueError, TypeError, AssertionError) as error:
        raise TimestampError("trust.timestamp.invalid", reason=str(error)[:200]) from error
    return Timestamp(decoded.tst_info.gen_time, decoded.tst_info.serial_number, response)


def load_certificate(data: bytes) -> x509.Certificate:
    """Return a certificate from PEM or DER; raise ``TimestampError`` when it is none."""
    try:
        return x509.load_pem_x509_certificate(data) if data.startswith(b"-----") else x509.load_der_x509_certificate(data)
    except ValueError as error:
        raise TimestampError("trust.timestamp.certificate", reason=str(error)[:200]) from error


def _decode(response: bytes) -> TimeStampResponse:
    if len(response) > MAX_BYTES:
        raise TimestampError("trust.timestamp.invalid", reason=f"the answer has {len(response)} bytes")
    try:
        decoded = decode_timestamp_response(response)
        if decoded.status != 0:
            raise TimestampError("trust.timestamp.refused", status=decoded.status)
    except (ValueError, TypeError) as error:
        raise TimestampError("trust.timestamp.invalid", reason=str(error)[:200]) from error
    return decoded
