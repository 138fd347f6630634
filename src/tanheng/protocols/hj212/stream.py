"""Frames out of a byte stream, with bounded memory.

Works by the length field, because an encrypted content may hold any byte. Bytes that do not begin a frame are refused up to
the next ``##``; a peer that sends megabytes without a header or an end costs one small buffer and a count.
"""

from __future__ import annotations

import re

from tanheng.protocols.errors import FrameError, ProfileError, ValueRangeError
from tanheng.protocols.hj212.frame import HEADER, OVERHEAD, STANDARD, TAIL, Frame, decode_frame, sent_length
from tanheng.protocols.hj212.profile import Profile
from tanheng.protocols.port import KEPT_BYTES, Refused, refused

_HEAD_BYTES = 160
"""Enough of a segment to hold every field before ``CP=&&``."""

_START = re.compile(rb"##(?=[0-9]{4})")
_BEGUN = re.compile(rb"#(?:#[0-9]{0,3})?\Z")
"""A header, and the beginning of one at the end of what came."""

_NOISE_REPORT = 65_536
"""Noise is reported at the next frame, at the end, or after this many bytes."""


class StreamDecoder:
    """Turns the bytes of one connection into frames and refusals; a ``port.Decoder``.

    Parameters
    ----------
    profile : Profile
        What the site declares about the device.
    """

    def __init__(self, profile: Profile = STANDARD) -> None:
        self._profile = profile
        self._buffer = bytearray()
        self._noise = bytearray()
        self._noise_count = 0
        self._noise_error: FrameError | None = None

    @property
    def held(self) -> int:
        """Bytes held in memory now; never more than one frame, the kept noise and what one ``feed`` brought."""
        return len(self._buffer) + len(self._noise)

    def feed(self, data: bytes) -> list[Frame | Refused]:
        """Return the frames and refusals that ``data`` completes, in their order."""
        self._buffer += data
        out: list[Frame | Refused] = []
        while self._step(out):
            pass
        if self._noise_count >= _NOISE_REPORT:
            self._end_noise(out)
        return out

    def finish(self) -> list[Frame | Refused]:
        """Return what is left when the peer has gone: an unfinished frame is a refusal."""
        out: list[Frame | Refused] = []
        self._end_noise(out)
        if self._buffer:
            out.append(refused(bytes(self._buffer), FrameError("protocols.hj212.unfinished", length=len(self._buffer))))
            self._buffer.clear()
        return out

    def _step(self, out: list[Frame | Refused]) -> bool:
        found = _START.search(self._buffer)
        if found is None:
            begun = _BEGUN.search(self._buffer)
            self._add_noise(begun.start() if begun else len(self._buffer))
            return False
        self._add_noise(found.start())
        length, limit = int(self._buffer[2:6]), self._profile.segment_limit
        if length > limit:
            self._add_noise(len(HEADER), "protocols.hj212.length_limit", length=length, limit=limit)
            return True
        size = self._size(length)
        if size is None or len(self._buffer) < size:
            return False
        if not self._buffer.startswith(TAIL, size - len(TAIL)):
            found = _START.search(self._buffer, len(HEADER), size)
            cut = found.start() if found else size
            self._add_noise(cut, "protocols.hj212.tail", value=repr(bytes(self._buffer[size - len(TAIL) : size])))
            return True
        self._end_noise(out)
        self._take(size, out)
        return True

    def _add_noise(self, count: int, code: str | None = None, **fields: object) -> None:
        """Move bytes that begin no frame from the buffer to the noise, of which a part and the first reason are kept."""
        self._noise += self._buffer[: min(count, max(KEPT_BYTES - len(self._noise), 0))]
        self._noise_count += count
        if code is not None and self._noise_error is None:
            self._noise_error = FrameError(code, **fields)
        del self._buffer[:count]

    def _end_noise(self, out: list[Frame | Refused]) -> None:
        if self._noise_count:
            error = self._noise_error or FrameError("protocols.hj212.noise", length=self._noise_count)
            out.append(Refused(bytes(self._noise), self._noise_count, error))
        self._noise.clear()
        self._noise_count = 0
        self._noise_error = None

    def _size(self, length: int) -> int | None:
        """Return the bytes of the frame at the front, or None while its head is too short to tell."""
        if self._profile.key is None:
            return length + OVERHEAD
        head = bytes(self._buffer[6 : 6 + _HEAD_BYTES])
        if b"CP=&&" not in head and len(head) < min(_HEAD_BYTES, length):
            return None
        return sent_length(length, head, self._profile) + OVERHEAD

    def _take(self, size: int, out: list[Frame | Refused]) -> None:
        raw = bytes(self._buffer[:size])
        try:
            out.append(decode_frame(raw, self._profile))
        except (FrameError, ValueRangeError, ProfileError) as error:
            # A damaged length field may have swallowed the next frame: give up no more than one line.
            next_line = raw.find(TAIL + HEADER)
            size = size if next_line < 0 else next_line + len(TAIL)
            out.append(refused(raw[:size], error))
        del self._buffer[:size]
