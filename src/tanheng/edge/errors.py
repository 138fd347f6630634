"""Errors of the terminal."""

from __future__ import annotations

from tanheng.core.errors import EdgeError, InputError


class ConfigurationError(InputError):
    """A configuration that is refused; carries every fault that was found."""


class OrderError(EdgeError):
    """A signed order of the platform (configuration, factors, resend) that is not obeyed."""


class ScalingError(EdgeError):
    """A raw value that cannot become a count."""


class DriverError(EdgeError):
    """A device that does not answer, or answers what cannot be read."""


class SpoolError(EdgeError):
    """The disk buffer cannot keep or give a batch."""


class UplinkError(EdgeError):
    """The platform cannot be reached, or its answer cannot be believed."""
