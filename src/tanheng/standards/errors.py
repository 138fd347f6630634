"""Errors of the rule pack: a file that is refused, a pack that is refused for its files, a value that is not there."""

from __future__ import annotations

from collections.abc import Sequence

from tanheng.core.errors import StandardsError, TanhengError


class FileFaultError(StandardsError):
    """One fault in one file of the pack or of an overlay; its fields name ``file``, the place in it and the rule."""


class PackRefusedError(StandardsError):
    """Files of the pack or of an overlay are wrong; nothing of them is used.

    Attributes
    ----------
    findings : tuple of TanhengError
        Every fault found, in the order of the files.
    """

    def __init__(self, code: str, /, *, findings: Sequence[TanhengError] = (), **fields: object) -> None:
        super().__init__(code, **fields)
        self.findings = tuple(findings)

    def text(self, language: str = "en") -> str:
        """Return the message, and below it each finding on a line of its own."""
        lines = ["  " + finding.text(language) for finding in self.findings]
        return "\n".join([super().text(language), *lines])

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (self.code, self.findings, self.fields))


def _rebuild(code: str, findings: tuple[TanhengError, ...], fields: dict[str, object]) -> PackRefusedError:
    return PackRefusedError(code, findings=findings, **fields)


class ValueMissingError(StandardsError):
    """The pack has no value for this id and date as known on that day; the message names what it has instead."""


class UnknownIdError(ValueMissingError):
    """No parameter, table, document or rule book has this id; the message names near ones."""
