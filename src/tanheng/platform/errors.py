"""The faults of the platform, told apart for those who handle them.

::

    PlatformError
    ├── FolderError        the data folder cannot be used as it is
    ├── DatabaseError      the database does not start, does not answer, or is of another version
    ├── ScopeError         rows of a plant were asked for without naming the plant
    ├── RightsError        the actor may not do this
    │   └── DutiesError    … because the same person did the other half (separation of duties)
    ├── RecordError        a record, log entry or file that does not agree with what was logged
    ├── ConflictError      somebody else was faster, or the object is not in the state the change needs
    ├── MissingError       what was asked for is not there, or not for this actor
    └── ServingError       the processes, certificates or archives of the platform
"""

from __future__ import annotations

from tanheng.core.errors import PlatformError


class FolderError(PlatformError):
    """The data folder cannot be used as it is."""


class DatabaseError(PlatformError):
    """The database does not start, does not answer, or is of another version."""


class ScopeError(PlatformError):
    """Rows of a plant were asked for without naming the plant."""


class RightsError(PlatformError):
    """The actor may not do this."""


class DutiesError(RightsError):
    """The actor did the other half of a pair of duties that two persons must share."""


class RecordError(PlatformError):
    """A record, log entry or file does not agree with what was logged."""


class ConflictError(PlatformError):
    """Somebody else was faster, or the object is not in the state the change needs."""


class MissingError(PlatformError):
    """What was asked for is not there, or not for this actor."""


class ServingError(PlatformError):
    """The processes, certificates or archives of the platform."""
