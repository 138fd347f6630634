"""Certificate of verification or calibration, edition 1."""

from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass
from decimal import Decimal

from tanheng.metrology.instruments.certificate import CertificateKind, Result
from tanheng.platform.record.schema import Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate as printed.

    Parameters
    ----------
    instrument, chain : str
        Number of the instrument, or code of the chain: exactly one of them.
    number : str
        Unique for its issuer.
    expires_on : date or None
        The last day, as printed; None where none is.
    uncertainty, coverage_factor, uncertainty_unit : Decimal, Decimal, str
        U and k as printed.
    regulation : str
        What it was verified or calibrated by, such as ``JJG 195-2019``.
    file : str
        SHA-256 of the scan; empty while there is none.
    """

    number: str
    issuer: str
    kind: CertificateKind
    instrument: str
    chain: str
    issued_on: datetime.date
    expires_on: datetime.date | None
    result: Result
    accuracy_class: str
    uncertainty: Decimal | None
    coverage_factor: Decimal | None
    uncertainty_unit: str
    range_low: Decimal | None
    range_high: Decimal | None
    range_unit: str
    regulation: str
    file: str
    remark: str

    @property
    def item(self) -> str:
        """Return the code of what it is about."""
        return self.instrument or self.chain


def _project(content: Certificate) -> dict[str, object]:
    return {field.name: getattr(content, field.name) for field in dataclasses.fields(content)}


SCHEMA = Schema("certificate/1", Certificate, _project)
