"""Data segments of HJ 212: text ↔ ``Message``, strictly.

Every field is checked: presence, order, digits, packet numbers against the bits of ``Flag``. Unknown fields are refused,
because a misread field name is how a wrong number enters a balance.
"""

from __future__ import annotations

import re

from tanheng.protocols.errors import FrameError, ProfileError
from tanheng.protocols.hj212.message import DATA_COMMANDS, Edition, Group, Message, instant

_ORDER = ("QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO", "RF")
_REQUIRED = ("QN", "ST", "CN", "PW", "MN", "Flag")
_SHAPE = {
    "QN": re.compile(r"[0-9]{17}", re.ASCII),
    "ST": re.compile(r"[0-9]{2}", re.ASCII),
    "CN": re.compile(r"[0-9]{4}", re.ASCII),
    "PW": re.compile(r"[0-9A-Za-z]{1,9}", re.ASCII),
    "MN": re.compile(r"[0-9A-Za-z]{14,24}", re.ASCII),
    "Flag": re.compile(r"[0-9]{1,3}", re.ASCII),
    "PNUM": re.compile(r"[0-9]{1,4}", re.ASCII),
    "PNO": re.compile(r"[0-9]{1,4}", re.ASCII),
    "RF": re.compile(r"1", re.ASCII),
}
_MN_2025 = re.compile(r"[0-9A-F]{24}", re.ASCII)
_CONTENT = "CP=&&"
# A field's value ends at a comma or semicolon; a log text between // and // (2017, information i11001) may hold both.
_FIELD = re.compile(r"([A-Za-z0-9]{1,32}(?:-[A-Za-z0-9]{1,16})?)=(//.*?//|[^;,=&]*)(;|,|$)", re.DOTALL)


def parse_segment(segment: bytes) -> Message:
    """Return the message of a plain (decrypted) data segment.

    Raises
    ------
    FrameError
        With the field at fault, its text and the rule.
    """
    try:
        text = segment.decode("utf-8")
    except UnicodeDecodeError:
        raise FrameError("protocols.hj212.encoding", length=len(segment)) from None
    head, mark, content = text.partition(_CONTENT)
    if not mark or not content.endswith("&&"):
        raise FrameError("protocols.hj212.content", value=text[-40:])
    fields = _head_fields(head)
    message = _message(fields, _groups(content[:-2]))
    _require_consistency(message, fields)
    return message


def _head_fields(head: str) -> dict[str, str]:
    if not head.endswith(";"):
        raise FrameError("protocols.hj212.head", value=head[-40:])
    fields: dict[str, str] = {}
    last = -1
    for part in head[:-1].split(";"):
        name, equals, value = part.partition("=")
        if not equals or name not in _ORDER:
            raise FrameError("protocols.hj212.field_unknown", value=part[:40])
        if _ORDER.index(name) <= last:
            raise FrameError("protocols.hj212.field_order", name=name)
        if _SHAPE[name].fullmatch(value) is None:
            raise FrameError("protocols.hj212.field_value", name=name, value=value[:40])
        last = _ORDER.index(name)
        fields[name] = value
    missing = [name for name in _REQUIRED if name not in fields]
    if missing:
        raise FrameError("protocols.hj212.field_missing", names=", ".join(missing))
    return fields


def _groups(content: str) -> tuple[Group, ...]:
    groups: list[Group] = []
    fields: list[tuple[str, str]] = []
    seen: set[str] = set()
    at, separator = 0, ""
    while at < len(content):
        match = _FIELD.match(content, at)
        if match is None:
            raise FrameError("protocols.hj212.content_field", value=content[at : at + 40])
        if match[1] in seen:
            raise FrameError("protocols.hj212.content_twice", name=match[1])
        seen.add(match[1])
        fields.append((match[1], match[2]))
        separator = match[3]
        if separator != ",":
            groups.append(Group(tuple(fields)))
            fields = []
        at = match.end()
    if separator == ",":
        raise FrameError("protocols.hj212.content_field", value=content[-40:])
    return tuple(groups)


def _message(fields: dict[str, str], groups: tuple[Group, ...]) -> Message:
    return Message(
        qn=fields["QN"],
        st=fields["ST"],
        cn=fields["CN"],
        pw=fields["PW"],
        mn=fields["MN"],
        flag=int(fields["Flag"]),
        groups=groups,
        pnum=int(fields["PNUM"]) if "PNUM" in fields else None,
        pno=int(fields["PNO"]) if "PNO" in fields else None,
        resend="RF" in fields,
    )


def _require_consistency(message: Message, fields: dict[str, str]) -> None:
    if message.flag >> 2 not in list(Edition):
        raise FrameError("protocols.hj212.edition", flag=message.flag)
    packeted = bool(message.flag & 2)
    if packeted != (message.pnum is not None) or packeted != (message.pno is not None):
        raise FrameError("protocols.hj212.packet_bit", flag=message.flag)
    if message.pnum is not None and message.pno is not None and not 1 <= message.pno <= message.pnum:
        raise FrameError("protocols.hj212.packet_number", pno=message.pno, pnum=message.pnum)
    if message.edition is Edition.E2025 and _MN_2025.fullmatch(message.mn) is None:
        raise FrameError("protocols.hj212.field_value", name="MN", value=fields["MN"])
    if message.resend and message.edition is not Edition.E2025:
        raise FrameError("protocols.hj212.resend", flag=message.flag)
    instant(message.qn, name="QN")
    if message.cn in DATA_COMMANDS and message.answer_wanted is False and not message.groups:
        raise FrameError("protocols.hj212.content_empty", cn=message.cn)
    data_time = message.field("DataTime")
    if data_time is not None:
        instant(data_time, name="DataTime")


def render_segment(message: Message) -> bytes:
    """Return the plain data segment of a message; it reads back to the same message.

    Raises
    ------
    ProfileError
        When a field of the message does not follow the standard.
    """
    parts = [f"QN={message.qn}", f"ST={message.st}", f"CN={message.cn}", f"PW={message.pw}", f"MN={message.mn}"]
    parts.append(f"Flag={message.flag}")
    if message.pnum is not None:
        parts.append(f"PNUM={message.pnum}")
    if message.pno is not None:
        parts.append(f"PNO={message.pno}")
    if message.resend:
        parts.append("RF=1")
    content = ";".join(",".join(f"{name}={value}" for name, value in group.fields) for group in message.groups)
    segment = (";".join(parts) + f";{_CONTENT}{content}&&").encode()
    try:
        reread = parse_segment(segment)
    except FrameError as error:
        raise ProfileError("protocols.hj212.render", reason=error.text()) from error
    if reread != message:
        raise ProfileError("protocols.hj212.render", reason="a field holds a separator of the protocol")
    return segment
