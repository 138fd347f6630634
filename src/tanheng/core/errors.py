"""The errors of Tanheng.

::

    TanhengError
    ├── MessageError          a message is missing, or its fields do not fit
    ├── UnitError             an unknown unit, or units that cannot be converted
    ├── QuantityError         a mass of one place or basis meets a value of another
    ├── NumberError           mixed number types, a value that is no finite number
    ├── PeriodError           a date, month, shift or zone that does not exist
    ├── IdentifierError       an id that breaks the rule of dotted, lower-case ids
    ├── StandardsError        a file of the rule pack is wrong, or a value is not there
    ├── InputError            a user's file or form is refused; carries every finding
    ├── CalculationError      a figure cannot be calculated from valid input
    ├── UncertaintyError      an input, covariance or model that has no valid uncertainty
    ├── TrustError            a signature, proof, envelope, log or key that must not be believed
    ├── EvidenceError         a bundle that is damaged, incomplete or does not verify
    ├── ProtocolError         bytes that are no valid frame of their protocol
    ├── LakeError             a segment, catalogue or query of the telemetry lake
    ├── EdgeError             the terminal: configuration, driver, spool, uplink
    ├── SimulatorError        a scenario that cannot be played
    └── PlatformError         the platform: database, records, permissions

A package that tells several faults apart derives from its one class here, in a module ``errors`` of its own.

Every error carries a *code* and *fields*. The text comes from ``core/messages`` in Chinese and English, so that one
error reads well in a terminal, on a page and in a log. The code is stable; the text is not.
"""

from __future__ import annotations

from collections.abc import Sequence

from tanheng.core import messages


class TanhengError(Exception):
    """An error with a stable code and named fields.

    Parameters
    ----------
    code : str
        Key of the message, such as ``"standards.value.missing"``.
    **fields
        What the message names: the thing, the value with its unit, the rule.
    """

    def __init__(self, code: str, /, **fields: object) -> None:
        super().__init__(code, fields)
        self.code = code
        self.fields = fields

    def text(self, language: str = "en") -> str:
        """Return the message in ``language`` (``"zh"`` or ``"en"``)."""
        return messages.render(self.code, language, self.fields)

    def __str__(self) -> str:
        return self.text("en")

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.code, self.fields))


def _rebuild(kind: type[TanhengError], code: str, fields: dict[str, object]) -> TanhengError:
    """Return an error from its code and fields, so that it crosses a process border whole."""
    return kind(code, **fields)


class MessageError(TanhengError):
    """A message is missing from the catalogue, or its fields do not fit."""


class UnitError(TanhengError):
    """An unknown unit, or units that cannot be converted into each other."""


class QuantityError(TanhengError):
    """A quantity of one place, moisture or basis is used with one of another."""


class NumberError(TanhengError):
    """Number types are mixed, or a value is not a finite number."""


class PeriodError(TanhengError):
    """A date, month, shift or zone that does not exist."""


class IdentifierError(TanhengError):
    """An id that breaks the rule of dotted, lower-case ids."""


class StandardsError(TanhengError):
    """A file of the rule pack is wrong, or the value asked for is not in it."""


class InputError(TanhengError):
    """A user's file or form is refused.

    Attributes
    ----------
    findings : tuple of TanhengError
        Every fault found, in the order of the input. Empty when the error itself is the one fault.
    """

    def __init__(self, code: str, /, *, findings: Sequence[TanhengError] = (), **fields: object) -> None:
        super().__init__(code, **fields)
        self.findings = tuple(findings)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild_input, (self.code, self.findings, self.fields))


def _rebuild_input(code: str, findings: tuple[TanhengError, ...], fields: dict[str, object]) -> InputError:
    return InputError(code, findings=findings, **fields)


class CalculationError(TanhengError):
    """A figure cannot be calculated from valid input."""


class UncertaintyError(TanhengError):
    """An input, covariance or model that has no valid uncertainty."""


class TrustError(TanhengError):
    """A signature, proof, envelope, log or key that must not be believed."""


class EvidenceError(TanhengError):
    """A bundle that is damaged, incomplete or does not verify."""


class ProtocolError(TanhengError):
    """Bytes that are no valid frame of their protocol."""


class LakeError(TanhengError):
    """A segment, catalogue or query of the telemetry lake."""


class EdgeError(TanhengError):
    """The terminal: configuration, driver, spool or uplink."""


class SimulatorError(TanhengError):
    """A scenario that cannot be played."""


class PlatformError(TanhengError):
    """The platform: database, records, permissions."""
