"""Events: numbers and words that never change, because they are in signed batches for ever."""

from __future__ import annotations

import cbor2
import pytest

from tanheng.core.batch import MAX_READINGS, Batch, ClockSource, Quality
from tanheng.edge.events import WORDS, EventKind, event
from tanheng.edge.reading import EVENT_CHANNEL

FROZEN = {
    1: "started",
    2: "stopped",
    3: "configuration-applied",
    4: "factors-applied",
    5: "order-refused",
    6: "resend",
    10: "parameter-changed",
    11: "meter-factor-changed",
    12: "register-reset",
    13: "register-rolled-over",
    14: "register-backward",
    15: "meter-exchanged",
    20: "clock-jump",
    21: "readings-dropped",
    22: "device-lost",
    23: "device-back",
    24: "bytes-refused",
    30: "row-changed",
    31: "row-deleted",
    40: "route-changed",
}


def test_numbers_and_words_of_events_are_those_of_the_first_release() -> None:
    assert {int(kind): kind.word for kind in EventKind} == FROZEN


@pytest.mark.parametrize("kind", list(EventKind), ids=lambda kind: kind.word)
def test_each_event_has_words_for_people_in_both_languages(kind: EventKind) -> None:
    assert set(WORDS[kind]) == {"zh", "en"}


def test_an_event_travels_in_an_ordinary_batch() -> None:
    one = event(EventKind.PARAMETER_CHANGED, at=1_790_000_000_000, channel="span", before=1000, after=985)
    batch = Batch.of(
        terminal="t-1",
        sequence=1,
        start_ms=one.time,
        configuration=bytes(32),
        previous=bytes(32),
        clock_source=ClockSource.NTP,
        clock_offset_ms=0,
        channel=[one.channel],
        offset_ms=[0],
        value=[one.value],
        quality=[one.quality],
        raw=[one.raw],
    )
    again = Batch.decode(batch.encode_columns())
    assert (again.channel[0], again.value[0], again.quality[0]) == (EVENT_CHANNEL, 10, Quality.GOOD)
    assert again.raw is not None
    assert cbor2.loads(again.raw[0]) == {"kind": "parameter-changed", "channel": "span", "before": 1000, "after": 985}
    assert len(again) < MAX_READINGS
