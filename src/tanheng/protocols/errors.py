"""Errors of the field protocols: a frame that must not be believed, and a value outside what was declared for it."""

from __future__ import annotations

from tanheng.core.errors import ProtocolError


class FrameError(ProtocolError):
    """Bytes that are no whole, undamaged frame: header, length, check, tail or fields."""


class ValueRangeError(ProtocolError):
    """A number that its declared type, unit or accepted range cannot hold."""


class ProfileError(ProtocolError):
    """A site profile or an argument of an encoder that contradicts the standard."""
