"""Messages in packets: split a long one, join the packets of one.

A data segment holds at most 1024 bytes and a content at most 950 (2025 edition as quoted in public code, ``secondary``). A
longer message goes in packets that carry PNUM and PNO and share their request number. Groups are never split; each packet
of a data message repeats ``DataTime``.
"""

from __future__ import annotations

import dataclasses

from tanheng.protocols.errors import FrameError, ProfileError
from tanheng.protocols.hj212.frame import STANDARD
from tanheng.protocols.hj212.message import Group, Message
from tanheng.protocols.hj212.profile import Profile
from tanheng.protocols.hj212.segment import render_segment

_SLACK = len("PNUM=9999;PNO=9999;")


def split(message: Message, profile: Profile = STANDARD) -> tuple[Message, ...]:
    """Return ``message`` alone when it fits one frame, else its packets.

    Raises
    ------
    ProfileError
        When a single group is longer than a frame.
    """
    if _fits(message, profile):
        return (message,)
    lead = tuple(group for group in message.groups if group.get("DataTime") is not None)[:1]
    rest = [group for group in message.groups if group not in lead]
    parts: list[list[Group]] = [[]]
    for group in rest:
        if not _fits(dataclasses.replace(message, groups=(*lead, *parts[-1], group)), profile, slack=_SLACK):
            parts.append([])
            if not _fits(dataclasses.replace(message, groups=(*lead, group)), profile, slack=_SLACK):
                raise ProfileError("protocols.hj212.group_too_long", name=group.fields[0][0])
        parts[-1].append(group)
    parts = [part for part in parts if part]
    flag = message.flag | 2
    return tuple(
        dataclasses.replace(message, groups=(*lead, *part), flag=flag, pnum=len(parts), pno=number)
        for number, part in enumerate(parts, start=1)
    )


def _fits(message: Message, profile: Profile, *, slack: int = 0) -> bool:
    segment = render_segment(message)
    content = len(segment.partition(b"CP=&&")[2]) - 2
    return len(segment) + slack <= profile.segment_limit and content <= profile.content_limit


class Joiner:
    """Joins packets; holds a bounded number of unfinished messages.

    Parameters
    ----------
    open_limit : int
        Unfinished messages held; when one more begins, the oldest is given up and returned by ``given_up``.
    """

    def __init__(self, *, open_limit: int = 16) -> None:
        self._limit = open_limit
        self._open: dict[tuple[str, str, str], dict[int, Message]] = {}
        self.given_up: list[Message] = []

    def add(self, message: Message) -> Message | None:
        """Return the whole message when ``message`` completes or is one, else None.

        Raises
        ------
        FrameError
            When a packet contradicts those that came before it.
        """
        if message.pnum is None or message.pno is None:
            return message
        key = (message.mn, message.qn, message.cn)
        packets = self._open.setdefault(key, {})
        self._require_agreement(packets, message)
        packets[message.pno] = message
        if len(packets) == message.pnum:
            del self._open[key]
            return _joined([packets[number] for number in sorted(packets)])
        self._give_up_oldest()
        return None

    def _require_agreement(self, packets: dict[int, Message], message: Message) -> None:
        known = packets.get(message.pno or 0)
        if known is not None and known != message:
            raise FrameError("protocols.hj212.packet_twice", pno=message.pno, qn=message.qn)
        for other in packets.values():
            if other.pnum != message.pnum or other.measured_at not in (message.measured_at, None):
                raise FrameError("protocols.hj212.packet_disagrees", pno=message.pno, qn=message.qn)

    def _give_up_oldest(self) -> None:
        while len(self._open) > self._limit:
            oldest = next(iter(self._open))
            self.given_up.extend(self._open.pop(oldest).values())
            del self.given_up[: -self._limit]


def _joined(packets: list[Message]) -> Message:
    first = packets[0]
    groups = list(first.groups)
    for packet in packets[1:]:
        groups.extend(group for group in packet.groups if group.get("DataTime") is None)
    return dataclasses.replace(first, flag=first.flag & ~2, groups=tuple(groups), pnum=None, pno=None)
