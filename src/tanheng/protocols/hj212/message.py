"""A message of HJ 212: the fields of the data segment, and the groups of its content.

::

    QN=YYYYMMDDhhmmsszzz;ST=..;CN=....;PW=......;MN=<24>;Flag=n;[PNUM=;PNO=;][RF=1;]CP=&&…&&

``Flag`` is a number: bit 0 asks for an answer, bit 1 says that PNUM and PNO are present, the bits above hold the edition
(0 = 2005, 1 = 2017, 2 = 2025). ``RF=1`` marks a resend of the 2025 edition; otherwise the field is absent.
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from tanheng.core.batch import Quality
from tanheng.protocols.errors import FrameError

BEIJING = datetime.timezone(datetime.timedelta(hours=8), "UTC+08:00")
"""Times of HJ 212 are Beijing time, everywhere in China and without summer time."""


class Edition(enum.IntEnum):
    """The edition that the upper bits of ``Flag`` name."""

    E2017 = 1
    E2025 = 2


class Command(enum.StrEnum):
    """Command numbers that a terminal meets; others pass through as text."""

    REAL_TIME = "2011"
    MINUTE = "2051"
    HOUR = "2061"
    DAY = "2031"
    STATE = "2021"
    DEVICE_INFORMATION = "3020"
    REQUEST_ANSWER = "9011"
    RESULT = "9012"
    NOTICE = "9013"
    DATA_ANSWER = "9014"
    HEARTBEAT = "9015"


DATA_COMMANDS = frozenset({Command.REAL_TIME, Command.MINUTE, Command.HOUR, Command.DAY})


@dataclass(frozen=True, slots=True)
class Group:
    """The fields that stand between two semicolons of the content, in their order."""

    fields: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str | None:
        """Return the value of a field, or None."""
        return next((value for key, value in self.fields if key == name), None)


@dataclass(frozen=True, slots=True)
class Message:
    """One data segment.

    Attributes
    ----------
    qn : str
        Request number: 17 digits, the Beijing time of sending in milliseconds.
    st, cn, pw, mn : str
        System type, command number, password, number of the device.
    flag : int
        Edition and the two bits; see the module.
    groups : tuple of Group
        The content between ``CP=&&`` and ``&&``.
    pnum, pno : int or None
        How many packets the message has, and which of them this is.
    resend : bool
        ``RF=1`` of the 2025 edition.
    """

    qn: str
    st: str
    cn: str
    pw: str
    mn: str
    flag: int
    groups: tuple[Group, ...] = ()
    pnum: int | None = None
    pno: int | None = None
    resend: bool = False

    @property
    def edition(self) -> Edition:
        """The edition; 2005 and editions of the future are refused when a segment is read."""
        return Edition(self.flag >> 2)

    @property
    def answer_wanted(self) -> bool:
        """Whether the sender waits for an answer."""
        return bool(self.flag & 1)

    @property
    def sent_at(self) -> int:
        """Instant of the request number, milliseconds UTC."""
        return instant(self.qn, name="QN")

    @property
    def measured_at(self) -> int | None:
        """Instant of ``DataTime``, milliseconds UTC; None in a message without it."""
        text = self.field("DataTime")
        return None if text is None else instant(text, name="DataTime")

    def field(self, name: str) -> str | None:
        """Return the first content field called ``name``, or None."""
        return next((value for key, value in self.all_fields() if key == name), None)

    def all_fields(self) -> Iterator[tuple[str, str]]:
        """Yield all content fields in their order."""
        for group in self.groups:
            yield from group.fields


@dataclass(frozen=True, slots=True)
class FactorReading:
    """One number of a message.

    Attributes
    ----------
    code, kind : str
        Factor and suffix: ``a05001`` and ``Rtd``, ``Min``, ``Avg``, ``Max``, ``Cou``, ``ZsRtd`` …
    text : str
        What was sent.
    value : Decimal
        The same number.
    unit : str or None
        Declared unit; None when neither standard nor site declares one, and then the value may be kept but not used.
    flag : str or None
        The data flag as sent.
    quality : Quality
        What it means.
    """

    code: str
    kind: str
    text: str
    value: Decimal
    unit: str | None
    flag: str | None
    quality: Quality


def instant(text: str, *, name: str) -> int:
    """Return the UTC milliseconds of ``YYYYMMDDhhmmss`` with or without three digits of milliseconds, Beijing time."""
    if not (text.isascii() and text.isdigit() and len(text) in (14, 17)):
        raise FrameError("protocols.hj212.time", name=name, value=text[:40])
    pair = [int(text[at : at + 2]) for at in range(4, 14, 2)]
    if not text.startswith("20"):  # a clock that lost its battery shows 1970; no reading may claim such a time
        raise FrameError("protocols.hj212.time", name=name, value=text)
    try:
        moment = datetime.datetime(int(text[:4]), pair[0], pair[1], pair[2], pair[3], pair[4], tzinfo=BEIJING)
    except ValueError:
        raise FrameError("protocols.hj212.time", name=name, value=text) from None
    return int(moment.timestamp()) * 1000 + int(text[14:] or 0)


def stamp(milliseconds: int, *, digits: int = 17) -> str:
    """Return an instant as Beijing time: 17 digits for ``QN``, 14 for ``DataTime``.

    Examples
    --------
    >>> stamp(1717203537223)
    '20240601085857223'
    """
    moment = datetime.datetime.fromtimestamp(milliseconds // 1000, tz=BEIJING)
    return (moment.strftime("%Y%m%d%H%M%S") + f"{milliseconds % 1000:03d}")[:digits]
