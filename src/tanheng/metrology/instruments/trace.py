"""Traceability of an instrument on a day: which certificate is in force, and what it is worth.

valid → due soon (30 days before its last day; product design, ``unverified``) → overdue. What failed stays failed until a later
certificate is confirmed; a certificate that nobody confirmed yet does not end an earlier good one before its day. Of several
certificates of one day the one confirmed last is the newest, and with nothing to choose between them a failure stands.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from tanheng.metrology.instruments.certificate import Certificate, CertificateKind, Result, TraceState
from tanheng.metrology.instruments.model import Register
from tanheng.metrology.network.model import Network

DUE_SOON = datetime.timedelta(days=30)


def failed(certificate: Certificate, on: datetime.date) -> bool:
    """Tell whether a certificate says that the instrument is not fit, by its own result or by its confirmation."""
    if certificate.kind is CertificateKind.RESULT_NOTICE or certificate.result is Result.UNQUALIFIED:
        return True
    return certificate.fit is False and _is_confirmed(certificate, on)


def _is_confirmed(certificate: Certificate, on: datetime.date) -> bool:
    return certificate.confirmed_on is not None and certificate.confirmed_on <= on


def _newest_first(certificates: Sequence[Certificate], on: datetime.date) -> list[Certificate]:
    issued = [one for one in certificates if one.issued_on <= on]
    return sorted(issued, key=lambda one: (one.issued_on, _known_on(one, on), failed(one, on), one.number), reverse=True)


def _known_on(certificate: Certificate, on: datetime.date) -> datetime.date:
    """Return the day from which a certificate is what it is: of its confirmation, else of its issue."""
    confirmed = certificate.confirmed_on
    return confirmed if confirmed is not None and confirmed <= on else certificate.issued_on


def in_force(certificates: Sequence[Certificate], on: datetime.date) -> Certificate | None:
    """Return the certificate of one instrument that counts on a day: the newest that was confirmed as fit, even if overdue.

    None where there is none, or where a newer one says that the instrument failed.
    """
    for one in _newest_first(certificates, on):
        if failed(one, on):
            return None
        if one.fit and _is_confirmed(one, on):
            return one
    return None


def state_of(certificates: Sequence[Certificate], on: datetime.date) -> TraceState:
    """Return how an instrument with these certificates stands on a day; the last valid day is still valid."""
    known = _newest_first(certificates, on)
    if not known:
        return TraceState.NEVER
    decisive = next((one for one in known if failed(one, on) or (one.fit and _is_confirmed(one, on))), None)
    if decisive is None:
        return TraceState.OVERDUE if _is_over(known[0], on) else TraceState.UNCONFIRMED
    if failed(decisive, on):
        return TraceState.FAILED
    if not _is_over(decisive, on):
        is_near = decisive.valid_to is not None and decisive.valid_to - on < DUE_SOON
        return TraceState.DUE_SOON if is_near else TraceState.VALID
    return TraceState.OVERDUE if decisive is known[0] or _is_over(known[0], on) else TraceState.UNCONFIRMED


def _is_over(certificate: Certificate, on: datetime.date) -> bool:
    return certificate.valid_to is not None and certificate.valid_to < on


def standing(network: Network, register: Register, on: datetime.date) -> Network:
    """Return the network with what stands at each of its points on a day, in order of codes."""
    there: defaultdict[str, set[str]] = defaultdict(set)
    for one in register.installations:
        if one.start <= on and (one.end is None or on < one.end):
            there[one.point].add(one.instrument)
    points = tuple(replace(point, instruments=tuple(sorted(there[point.code]))) for point in network.points)
    return replace(network, points=points)
