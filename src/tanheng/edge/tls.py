"""TLS towards the platform: whose certificates are believed, and what a refused one means in words.

With ``ca`` the terminal believes that one authority and no other; without it, those that browsers believe. A
certificate that is not believed ends the request before any byte of data is sent, so the batches stay in the buffer.
"""

from __future__ import annotations

import ssl

import httpx

from tanheng.edge.errors import UplinkError

# OpenSSL's numbers, include/openssl/x509_vfy.h
_NOT_YET_VALID, _EXPIRED = 9, 10
_NAME_MISMATCH, _ADDRESS_MISMATCH = 62, 64
_UNKNOWN_AUTHORITY = (2, 7, 18, 19, 20, 21)  # 7: an authority of the same name with another key


def trusting(ca: str | None) -> ssl.SSLContext:
    """Return a context that believes the one authority in the file ``ca``, or the usual ones when ``ca`` is not given.

    Raises
    ------
    UplinkError
        When the file is missing or holds no certificate.
    """
    if not ca:
        return httpx.create_ssl_context(trust_env=False)
    try:
        return ssl.create_default_context(cafile=ca)
    except OSError as error:  # also ssl.SSLError
        raise UplinkError("edge.uplink.file", path=ca, reason=str(error)) from error


def refusal(error: BaseException, *, route: str, host: str) -> UplinkError | None:
    """Return why a certificate was refused, with what to do about it; None when ``error`` has another cause."""
    cause = _verification(error)
    if cause is None:
        return None
    match cause.verify_code:
        case number if number in _UNKNOWN_AUTHORITY:
            code = "edge.certificate.authority"
        case number if number == _EXPIRED:
            code = "edge.certificate.expired"
        case number if number == _NOT_YET_VALID:
            code = "edge.certificate.early"
        case number if number in (_NAME_MISMATCH, _ADDRESS_MISMATCH):
            code = "edge.certificate.name"
        case _:
            code = "edge.certificate.other"
    return UplinkError(code, route=route, host=host, reason=cause.verify_message)


def _verification(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    """Return the verification error under a foreign one, however deep."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return None
