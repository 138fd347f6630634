"""Events of the terminal, in the same signed chain as its readings.

An event is a reading of the reserved channel 65 535: its count is the number of its kind, its time is when it happened, and its
raw bytes are a deterministic CBOR map with the key ``kind`` and what the table below lists. So an event is sealed, buffered,
acknowledged and stored with the same care as a reading, and a receiver that knows nothing about events loses none
(``docs/decisions/0041-events-are-readings.md``).
"""

from __future__ import annotations

import enum
from typing import Any

from tanheng.core.batch import Quality
from tanheng.edge.reading import EVENT_CHANNEL, Reading
from tanheng.trust import cbor


class EventKind(enum.IntEnum):
    """Kinds of events; the numbers never change."""

    STARTED = 1
    STOPPED = 2
    CONFIGURATION_APPLIED = 3
    FACTORS_APPLIED = 4
    ORDER_REFUSED = 5
    RESEND = 6
    PARAMETER_CHANGED = 10
    METER_FACTOR_CHANGED = 11
    REGISTER_RESET = 12
    REGISTER_ROLLED_OVER = 13
    REGISTER_BACKWARD = 14
    METER_EXCHANGED = 15
    CLOCK_JUMP = 20
    READINGS_DROPPED = 21
    DEVICE_LOST = 22
    DEVICE_BACK = 23
    BYTES_REFUSED = 24
    ROW_CHANGED = 30
    ROW_DELETED = 31
    ROUTE_CHANGED = 40

    @property
    def word(self) -> str:
        """The kind as it stands in the CBOR map: ``parameter-changed``."""
        return self.name.lower().replace("_", "-")


WORDS: dict[EventKind, dict[str, str]] = {
    EventKind.STARTED: {"zh": "终端启动", "en": "terminal started"},
    EventKind.STOPPED: {"zh": "终端停止", "en": "terminal stopped"},
    EventKind.CONFIGURATION_APPLIED: {"zh": "配置生效", "en": "configuration applied"},
    EventKind.FACTORS_APPLIED: {"zh": "因子集生效", "en": "factor set applied"},
    EventKind.ORDER_REFUSED: {"zh": "指令被拒绝", "en": "order refused"},
    EventKind.RESEND: {"zh": "按指令补传", "en": "resend ordered"},
    EventKind.PARAMETER_CHANGED: {"zh": "参数变更", "en": "parameter changed"},
    EventKind.METER_FACTOR_CHANGED: {"zh": "倍率变更", "en": "meter factor changed"},
    EventKind.REGISTER_RESET: {"zh": "累计值清零", "en": "register reset"},
    EventKind.REGISTER_ROLLED_OVER: {"zh": "累计值翻转", "en": "register rolled over"},
    EventKind.REGISTER_BACKWARD: {"zh": "累计值倒退", "en": "register ran backward"},
    EventKind.METER_EXCHANGED: {"zh": "换表", "en": "meter exchanged"},
    EventKind.CLOCK_JUMP: {"zh": "时钟跳变", "en": "clock jumped"},
    EventKind.READINGS_DROPPED: {"zh": "读数丢弃", "en": "readings dropped"},
    EventKind.DEVICE_LOST: {"zh": "设备失联", "en": "device lost"},
    EventKind.DEVICE_BACK: {"zh": "设备恢复", "en": "device back"},
    EventKind.BYTES_REFUSED: {"zh": "报文被拒收", "en": "bytes refused"},
    EventKind.ROW_CHANGED: {"zh": "记录被修改", "en": "row changed"},
    EventKind.ROW_DELETED: {"zh": "记录被删除", "en": "row deleted"},
    EventKind.ROUTE_CHANGED: {"zh": "上行线路切换", "en": "route changed"},
}


def event(kind: EventKind, *, at: int, **fields: Any) -> Reading:
    """Return an event as a reading.

    Parameters
    ----------
    kind : EventKind
    at : ms, UTC
    **fields
        What happened, as values CBOR knows: text, integers, bytes, None (Any: each kind has its own).
    """
    raw = cbor.dumps({"kind": kind.word, **fields})
    return Reading(EVENT_CHANNEL, at, int(kind), Quality.GOOD, raw)
