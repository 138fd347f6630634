"""The faults of a bundle.

::

    EvidenceError (core)
    ├── ArchiveError         the ZIP is damaged, or is not the one plain form a bundle has
    ├── ManifestError        the manifest cannot be read, or does not list exactly what is there
    ├── AnchorError          the checkpoint, its signatures, its witnesses or a key do not hold
    ├── EntryError           a statement, its proof or its payload does not hold
    ├── ReportError          the report does not say what it must, or a file is not the one it names
    ├── RecalculationError   a figure that comes out otherwise when it is calculated again
    └── MakingError          a bundle cannot be made from what was given

Each names the member of the bundle or the figure it is about. Verifying raises; no function returns a flag.
"""

from __future__ import annotations

from tanheng.core import messages
from tanheng.core.errors import EvidenceError, TanhengError

__all__ = [
    "AnchorError",
    "ArchiveError",
    "BundleError",
    "EntryError",
    "EvidenceError",
    "MakingError",
    "ManifestError",
    "RecalculationError",
    "ReportError",
]


class BundleError(EvidenceError):
    """A fault of a bundle; an error of another package that caused it may be a field, told in the same language."""

    def text(self, language: str = "en") -> str:
        """Return the message in ``language``, with that of its cause."""
        told = {name: value.text(language) if isinstance(value, TanhengError) else value for name, value in self.fields.items()}
        return messages.render(self.code, language, told)

    @property
    def object(self) -> str:
        """What is wrong: a member of the bundle, a figure, or the bundle itself."""
        for name in ("member", "figure"):
            if name in self.fields:
                return str(self.fields[name])
        return "bundle"


class ArchiveError(BundleError):
    """The ZIP is damaged, or is not the one plain form a bundle has."""


class ManifestError(BundleError):
    """The manifest cannot be read, or does not list exactly what is there."""


class AnchorError(BundleError):
    """The checkpoint, its signatures, its witnesses or a key do not hold."""


class EntryError(BundleError):
    """A statement, its proof or its payload does not hold."""


class ReportError(BundleError):
    """The report does not say what it must, or a file is not the one it names."""


class RecalculationError(BundleError):
    """A figure comes out otherwise when it is calculated again."""


class MakingError(BundleError):
    """A bundle cannot be made from what was given."""
