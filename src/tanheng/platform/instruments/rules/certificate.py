"""What certificates and their confirmations must satisfy."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tanheng.core.errors import InputError
from tanheng.metrology.instruments import accuracy
from tanheng.metrology.instruments.certificate import CertificateKind, Result
from tanheng.platform.instruments.known import Known, certificate_key
from tanheng.platform.instruments.rules.fields import LARGEST, lengths, measured_range, not_future, one_item, present
from tanheng.platform.instruments.schemas.certificate_1 import Certificate
from tanheng.platform.instruments.schemas.confirmation_1 import Confirmation, Verdict
from tanheng.platform.instruments.words import CERTIFICATE_KIND, RESULT, numbered
from tanheng.platform.plant.rules.fields import within

_RESULTS = {
    CertificateKind.VERIFICATION: frozenset({Result.QUALIFIED, Result.RESTRICTED}),
    CertificateKind.CALIBRATION: frozenset({Result.NONE}),
    CertificateKind.RESULT_NOTICE: frozenset({Result.UNQUALIFIED}),
}
"""What each kind of certificate can conclude."""


def check_certificate(content: Certificate, known: Known) -> list[InputError]:
    """Return the faults of a certificate. Whether its instrument is in use, or has another one, is no matter."""
    faults = [*_number(content), *present(content, "issuer", 200), *one_item(content, known)]
    held = known.certificate_numbers.get(certificate_key(content))
    if held is not None:
        other = held.said.instrument or held.said.chain
        faults.append(
            InputError(
                "platform.instruments.certificate_twice",
                field="number",
                value=numbered(content.number),
                issuer=held.said.issuer,
                day=held.said.issued_on,
                other=other,
            )
        )
    faults += not_future("issued_on", content.issued_on, known)
    if content.expires_on is not None and content.expires_on < content.issued_on:
        start = content.issued_on
        faults.append(InputError("platform.plant.days", field="expires_on", value=content.expires_on, start=start))
    if content.result not in _RESULTS[content.kind]:
        kind, result = CERTIFICATE_KIND[content.kind], RESULT[content.result]
        faults.append(InputError("platform.instruments.result", field="result", value=result, kind=kind))
    faults += [*_uncertainty(content), *measured_range(content.range_low, content.range_high, content.range_unit)]
    return faults + lengths(content, accuracy_class=40, uncertainty_unit=20, range_unit=20, regulation=100, remark=2000)


def _number(content: Certificate) -> list[InputError]:
    """Refuse a blank number, but for a calibration record of the plant's own: item and day tell it from others."""
    if content.number.strip() or content.kind is CertificateKind.CALIBRATION:
        return lengths(content, number=100)
    return [InputError("platform.instruments.number_missing", field="number", kind=CERTIFICATE_KIND[content.kind])]


def _uncertainty(content: Certificate) -> list[InputError]:
    faults = within("coverage_factor", content.coverage_factor, Decimal(1), Decimal(5), "", places=3)
    value = content.uncertainty
    if value is None:
        return faults
    if not (value.is_finite() and 0 < value <= LARGEST):
        unit = content.uncertainty_unit
        return [*faults, InputError("platform.plant.range", field="uncertainty", value=value, low=0, high=LARGEST, unit=unit)]
    if content.coverage_factor is None:
        faults.append(InputError("platform.instruments.k_missing", field="coverage_factor", value=value))
    if not content.uncertainty_unit.strip():
        faults.append(InputError("platform.instruments.u_unit", field="uncertainty_unit", value=value))
    return faults


def check_confirmation(content: Confirmation, known: Known) -> list[InputError]:
    """Return the faults of a confirmation: of what, and whether the certificate bears the verdict."""
    faults = [*not_future("confirmed_on", content.confirmed_on, known), *lengths(content, required_class=40, remark=2000)]
    faults += _errors(content)
    held = next((one for one in known.certificates if str(one.subject) == content.certificate), None)
    if held is None:
        return [*faults, InputError("platform.instruments.no_certificate", field="certificate", value=content.certificate)]
    said = held.said
    if content.certificate in known.confirmations:
        faults.append(InputError("platform.instruments.confirmed_twice", field="certificate", value=numbered(said.number)))
    if content.confirmed_on < said.issued_on:
        start = said.issued_on
        faults.append(InputError("platform.plant.days", field="confirmed_on", value=content.confirmed_on, start=start))
    if content.required_class and not accuracy.is_class(content.required_class):
        faults.append(InputError("platform.instruments.no_class", field="required_class", value=content.required_class))
    return faults + (_unbearable(content, said) if content.verdict is Verdict.FIT else [])


def _errors(content: Confirmation) -> list[InputError]:
    faults = []
    for field, value in (("required_mpe", content.required_mpe), ("found_error", content.found_error)):
        if value is not None and not (value.is_finite() and abs(value) <= LARGEST):
            low, unit = -LARGEST, content.mpe_unit
            faults.append(InputError("platform.plant.range", field=field, value=value, low=low, high=LARGEST, unit=unit))
    if content.required_mpe is not None and not content.mpe_unit.strip():
        faults.append(InputError("platform.instruments.mpe_unit", field="mpe_unit"))
    return faults


def _unbearable(content: Confirmation, said: Any) -> list[InputError]:  # Any: a row
    """Refuse the verdict *fit* where the certificate does not bear it."""
    number = numbered(said.number)
    faults: list[InputError] = []
    if said.kind == CertificateKind.RESULT_NOTICE or said.result == Result.UNQUALIFIED:
        return [InputError("platform.instruments.unqualified_fit", field="verdict", number=number)]
    required, found = content.required_class, said.accuracy_class
    if required and not found:
        faults.append(InputError("platform.instruments.class_not_printed", field="required_class", number=number))
    elif required and accuracy.is_better(required, found):
        code = "platform.instruments.class_worse"
        faults.append(InputError(code, field="verdict", number=number, found=found, required=required))
    allowed, shown, unit = content.required_mpe, content.found_error, content.mpe_unit
    if allowed is not None and shown is not None and abs(shown) > abs(allowed):
        code = "platform.instruments.error_larger"
        faults.append(InputError(code, field="verdict", number=number, found=shown, required=allowed, unit=unit))
    return faults
