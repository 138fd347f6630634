"""Evidence: one file that proves a report to anybody, offline and without the platform that made it.

``verify_file`` reads such a bundle, ``making`` writes one; ``docs/reference/bundle.md`` specifies it, byte by byte.
"""

from tanheng.evidence.archive import Archive
from tanheng.evidence.errors import (
    AnchorError,
    ArchiveError,
    BundleError,
    EntryError,
    MakingError,
    ManifestError,
    RecalculationError,
    ReportError,
)
from tanheng.evidence.making import Account, bundle, state_account
from tanheng.evidence.plant_log import PlantLog
from tanheng.evidence.replay import Replay
from tanheng.evidence.verification import Verified, verify, verify_file

__all__ = [
    "Account",
    "AnchorError",
    "Archive",
    "ArchiveError",
    "BundleError",
    "EntryError",
    "MakingError",
    "ManifestError",
    "PlantLog",
    "RecalculationError",
    "Replay",
    "ReportError",
    "Verified",
    "bundle",
    "state_account",
    "verify",
    "verify_file",
]
