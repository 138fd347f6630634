"""Frames of HJ 212: ``##``, four digits of length, the data segment, four digits of check, carriage return and line feed.

The length counts the data segment alone. ``decode_frame`` believes a frame only when header, length, check, tail, fields and
values all agree. What the check cannot see is measured in ``tests/unit/protocols/test_hj212_check.py``: one damaged byte of a
plain frame is always found; a damaged byte in an encrypted block garbles sixteen and passes the check alone once in 256 times,
and then the fields must still parse, which sixteen random bytes do not.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass

from tanheng.protocols.errors import FrameError, ProfileError
from tanheng.protocols.hj212 import cipher
from tanheng.protocols.hj212.check import check
from tanheng.protocols.hj212.message import FactorReading, Message
from tanheng.protocols.hj212.profile import Profile
from tanheng.protocols.hj212.readings import readings
from tanheng.protocols.hj212.segment import parse_segment, render_segment

HEADER = b"##"
TAIL = b"\r\n"
OVERHEAD = 12
"""Bytes of a frame beside its segment: header 2, length 4, check 4, tail 2."""

STANDARD = Profile()
"""The standard's own table: no key, no unit for CO₂, a segment of at most 1024 bytes."""

_MARK, _END = b"CP=&&", b"&&"
_COMMAND = re.compile(rb";CN=([0-9]{4});")


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame that was believed: its bytes, its message and the numbers in it."""

    raw: bytes
    message: Message
    readings: tuple[FactorReading, ...]


def decode_frame(data: bytes, profile: Profile = STANDARD) -> Frame:
    r"""Return the frame that ``data`` is, exactly: nothing before, nothing after.

    Parameters
    ----------
    data : bytes
        One frame with header and tail.
    profile : Profile
        What the site declares.

    Raises
    ------
    FrameError
        For a wrong header, length, check, tail or field, or content that should be encrypted and is not.
    ValueRangeError
        For a value that its declared type or range cannot hold.

    Examples
    --------
    >>> frame = decode_frame(
    ...     b"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;"
    ...     b"CP=&&RtdInterval=30&&1C80\r\n")
    >>> frame.message.cn, frame.message.field("RtdInterval")
    ('1062', '30')
    """
    sent, given = unframe(data, profile)
    segment = _decrypted(sent, profile)
    expected = check(segment)
    if given != expected:
        raise FrameError("protocols.hj212.check", given=given, expected=expected)
    message = parse_segment(segment)
    _require_content_limit(segment, profile)
    return Frame(bytes(data), message, readings(message, profile))


def unframe(data: bytes, profile: Profile) -> tuple[bytes, str]:
    """Return the segment as sent and the check digits of a frame."""
    if len(data) < OVERHEAD or data[:2] != HEADER:
        raise FrameError("protocols.hj212.header", value=repr(data[:8]))
    if data[-2:] != TAIL:
        raise FrameError("protocols.hj212.tail", value=repr(data[-2:]))
    length = length_of(data)
    if length > profile.segment_limit:
        raise FrameError("protocols.hj212.length_limit", length=length, limit=profile.segment_limit)
    segment = data[6:-6]
    if sent_length(length, segment, profile) != len(segment):
        raise FrameError("protocols.hj212.length", given=length, counted=len(segment))
    digits = data[-6:-2]
    if not all(byte in b"0123456789ABCDEF" for byte in digits):
        raise FrameError("protocols.hj212.check_digits", value=repr(digits))
    return bytes(segment), digits.decode()


def length_of(data: bytes) -> int:
    """Return the number in the length field."""
    digits = data[2:6]
    if not digits.isdigit():
        raise FrameError("protocols.hj212.length_digits", value=repr(bytes(digits)))
    return int(digits)


def sent_length(length: int, segment_start: bytes, profile: Profile) -> int:
    """Return how many segment bytes stand on the wire behind a length field.

    The two differ only when encrypted text is written as hexadecimal digits and the field counts the plain characters; then
    the beginning of the segment (up to ``CP=&&``) is needed to tell.
    """
    if profile.key is None or profile.cipher_text == "raw" or profile.length_counts == "sent":
        return length
    head, mark, _ = segment_start.partition(_MARK)
    command = _COMMAND.search(head)
    if not mark or command is None or not cipher.covers(command[1].decode()):
        return length
    content = length - len(head) - len(_MARK) - len(_END)
    return length + max(content - content % 16, 0)


def _decrypted(segment: bytes, profile: Profile) -> bytes:
    """Return the plain segment; only commands of the standard's encrypted set are decrypted."""
    head, mark, rest = segment.partition(_MARK)
    command = _COMMAND.search(head)
    if profile.key is None or not mark or command is None or not cipher.covers(command[1].decode()):
        return segment
    if not rest.endswith(_END):
        raise FrameError("protocols.hj212.content", value=repr(rest[-20:]))
    content = rest[: -len(_END)]
    if profile.cipher_text == "hex":
        content = _from_hex(content)
    return head + mark + cipher.decrypt(content, profile.key) + _END


def _from_hex(content: bytes) -> bytes:
    """Return content whose encrypted groups are written as 32 hexadecimal digits each; the remainder is plain."""
    whole = len(content) - len(content) % 32
    # A plain remainder is shorter than 16 characters, so at most the last 15 characters are not digits of a group.
    if len(content) - whole >= 16:
        raise FrameError("protocols.hj212.cipher_text", value=repr(content[whole : whole + 16]))
    digits = content[:whole]
    # One sender writes one case; a digit of the other is a damaged byte, though it means the same.
    if not any(all(byte in known for byte in digits) for known in (b"0123456789ABCDEF", b"0123456789abcdef")):
        raise FrameError("protocols.hj212.cipher_text", value=repr(digits[:32]))
    return bytes.fromhex(digits.decode()) + content[whole:]


def _require_content_limit(segment: bytes, profile: Profile) -> None:
    content = len(segment.partition(_MARK)[2]) - len(_END)
    if content > profile.content_limit:
        raise FrameError("protocols.hj212.content_limit", length=content, limit=profile.content_limit)


def encode_frame(message: Message, profile: Profile = STANDARD) -> bytes:
    """Return the frame of a message; ``decode_frame`` gives the same message back.

    Raises
    ------
    ProfileError
        When a field breaks the standard, or the message is too long for one frame (see ``packets.split``).
    """
    segment = render_segment(message)
    if len(segment) > profile.segment_limit:
        raise ProfileError("protocols.hj212.too_long", length=len(segment), limit=profile.segment_limit)
    digits = check(segment)
    sent = _encrypted(segment, message, profile)
    length = len(sent) if profile.length_counts == "sent" else len(segment)
    return HEADER + b"%04d" % length + sent + digits.encode() + TAIL


def _encrypted(segment: bytes, message: Message, profile: Profile) -> bytes:
    if profile.key is None or not cipher.covers(message.cn):
        return segment
    head, mark, rest = segment.partition(_MARK)
    content = rest[: -len(_END)]
    secret = cipher.encrypt(content, profile.key)
    if profile.cipher_text == "hex":
        whole = len(content) - len(content) % 16
        secret = secret[:whole].hex().upper().encode() + secret[whole:]
    return head + mark + secret + _END


def answer_to(message: Message, *, command: str = "9014", fields: tuple[tuple[str, str], ...] = ()) -> Message:
    """Return the answer to a message: same request number, device and edition, no answer wanted to the answer.

    Parameters
    ----------
    command : str
        ``9014`` data received, ``9011`` request accepted (field ``QnRtn``), ``9012`` result (``ExeRtn``), ``9013`` notice.
    fields : pairs of str
        Content fields.
    """
    from tanheng.protocols.hj212.message import Group

    groups = tuple(Group((pair,)) for pair in fields)
    return dataclasses.replace(
        message, st="91", cn=command, flag=(message.flag >> 2) << 2, groups=groups, pnum=None, pno=None, resend=False
    )
