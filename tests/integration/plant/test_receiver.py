"""The standalone receiver: what it acknowledges is stored, what it refuses is named, and nothing is counted twice."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tanheng.cli.probe import Probe
from tanheng.cli.receiver import Receiver, split
from tanheng.cli.receiver_intake import Intake
from tanheng.cli.receiver_server import ReceiverServer
from tanheng.core.period import Span
from tanheng.lake import DiskFiles, Engine, FileJournal, LakeError, Query
from tanheng.trust.errors import KeyRefusedError
from tanheng.trust.keys import KeyState
from tanheng.trust.suites import Algorithm, generate

START = 1_790_000_000_000
WHOLE = Span(START, START + 86_400_000)


@pytest.fixture
def probe() -> Probe:
    return Probe("t-1", generate(Algorithm.ED25519), start=START)


@pytest.fixture
def receiver(tmp_path: Path, probe: Probe, engine: Engine) -> Iterator[Receiver]:
    opened = opened_at(tmp_path, probe, engine)
    yield opened
    opened.close()


def opened_at(folder: Path, probe: Probe, engine: Engine) -> Receiver:
    opened = Receiver(folder, plant="plant-1", keys=[probe.record], now=lambda: START, engine=engine)
    opened.register(bytes(32), ["line.1.coal"])
    return opened


def stored(receiver: Receiver) -> list[int]:
    receiver.drain()
    found = Query(receiver.lake).readings(receiver.channel("line.1.coal"), WHOLE)
    return [each.reading.value for each in found]


def test_what_is_acknowledged_is_in_the_lake_with_its_entry(receiver: Receiver, probe: Probe) -> None:
    answer = receiver.accept(probe.seal([1, 2]) + probe.seal([3]))
    assert [(each.sequence, each.index) for each in answer.acknowledged] == [(1, 0), (2, 1)]
    receiver.drain()
    found = Query(receiver.lake).readings(receiver.channel("line.1.coal"), WHOLE)
    assert [(each.reading.value, each.entry) for each in found] == [(1, 0), (2, 0), (3, 1)]


def test_a_repeat_gets_the_same_index_and_counts_once(receiver: Receiver, probe: Probe) -> None:
    first = probe.seal([7])
    assert receiver.accept(first + first).acknowledged == receiver.accept(first).acknowledged * 2
    assert stored(receiver) == [7]
    receiver.accept(first)
    assert stored(receiver) == [7]


def test_batches_may_come_in_any_order(receiver: Receiver, probe: Probe) -> None:
    one, two, three = probe.seal([1]), probe.seal([2]), probe.seal([3])
    assert not receiver.accept(three).refused
    assert not receiver.accept(one + two).refused
    assert stored(receiver) == [1, 2, 3]


def test_other_content_under_the_same_number_is_refused(receiver: Receiver, probe: Probe) -> None:
    twin = probe.fork()
    receiver.accept(probe.seal([1]))
    answer = receiver.accept(twin.seal([99]))
    assert [(each.sequence, each.code) for each in answer.refused] == [(1, "lake.journal.differs")]
    assert stored(receiver) == [1]


def test_two_contents_of_one_number_in_one_request_leave_the_first(receiver: Receiver, probe: Probe) -> None:
    twin = probe.fork()
    answer = receiver.accept(probe.seal([1]) + twin.seal([99]))
    assert (len(answer.acknowledged), len(answer.refused)) == (1, 1)
    assert stored(receiver) == [1]


def test_a_batch_that_names_another_predecessor_is_refused(receiver: Receiver, probe: Probe) -> None:
    twin = probe.fork()
    receiver.accept(probe.seal([1]))
    twin.seal([99])
    answer = receiver.accept(twin.seal([2]))
    assert [(each.sequence, each.code) for each in answer.refused] == [(2, "trust.envelope.previous")]


def test_a_bad_one_among_good_ones_is_refused_alone(receiver: Receiver, probe: Probe) -> None:
    one, two, three = probe.seal([1]), bytearray(probe.seal([2])), probe.seal([3])
    two[-1] ^= 1
    answer = receiver.accept(one + bytes(two) + three)
    assert [each.sequence for each in answer.acknowledged] == [1, 3]
    assert len(answer.refused) == 1
    assert stored(receiver) == [1, 3]


def test_a_key_that_nobody_enrolled_is_refused_by_name(receiver: Receiver) -> None:
    stranger = Probe("t-1", generate(Algorithm.ED25519), start=START)
    answer = receiver.accept(stranger.seal())
    assert [each.code for each in answer.refused] == ["cli.receiver.key"]
    assert stranger.record.key_id in answer.refused[0].reason


def test_a_revoked_key_is_refused(tmp_path: Path, probe: Probe, engine: Engine) -> None:
    revoked = probe.record.in_state(KeyState.REVOKED)
    receiver = Receiver(tmp_path, plant="plant-1", keys=[revoked], now=lambda: START, engine=engine)
    assert [each.code for each in receiver.accept(probe.seal()).refused] == ["trust.key.state"]
    receiver.close()


def test_a_time_that_no_plant_has_is_refused_before_it_is_acknowledged(receiver: Receiver, probe: Probe) -> None:
    answer = receiver.accept(probe.seal(start=0))
    assert [each.code for each in answer.refused] == ["lake.rows.range"]


def test_a_clock_a_day_ahead_is_kept_as_it_says(receiver: Receiver, probe: Probe) -> None:
    assert receiver.accept(probe.seal(start=START + 86_400_000)).acknowledged
    receiver.drain()
    later = Span(START + 86_400_000, START + 2 * 86_400_000)
    assert len(Query(receiver.lake).readings(receiver.channel("line.1.coal"), later)) == 1


def test_of_what_is_refused_so_much_is_kept_also_over_restarts(tmp_path: Path, probe: Probe) -> None:
    files, journal = DiskFiles(tmp_path), FileJournal(tmp_path / "journal.sqlite")
    for number in range(4):
        intake = Intake(files, journal, plant="plant-1", keys=[probe.record], now=lambda: START, keep=2)
        assert len(intake.judge(bytes([number]) + b"\xff").answer.refused) == 2  # a number is no envelope; the rest is no CBOR
        assert intake.refused == 2
    assert len(list((tmp_path / "refused").glob("*.cbor"))) == 2
    journal.close()


def test_a_disk_that_does_not_take_what_is_refused_leaves_the_request_unanswered(
    receiver: Receiver, probe: Probe, tmp_path: Path
) -> None:
    (tmp_path / "refused").write_bytes(b"in the way")
    with pytest.raises(LakeError, match="refused"):
        receiver.accept(probe.seal([1]) + b"\xff")
    assert receiver.stored() == 0


def test_an_envelope_whose_key_is_gone_after_a_restart_waits_in_the_journal(
    tmp_path: Path, probe: Probe, engine: Engine
) -> None:
    first = opened_at(tmp_path, probe, engine)
    first.accept(probe.seal([5]))  # and it ends without draining, as when it is killed
    without = Receiver(tmp_path, plant="plant-1", keys=[], now=lambda: START, engine=engine)
    with pytest.raises(KeyRefusedError, match=probe.record.key_id):
        without.drain()
    again = opened_at(tmp_path, probe, engine)
    assert stored(again) == [5]
    again.close()


def test_what_is_refused_is_kept_with_its_reason(receiver: Receiver, probe: Probe, tmp_path: Path) -> None:
    receiver.accept(b"\x01garbage")
    kept = sorted((tmp_path / "refused").glob("*.json"))
    assert {json.loads(path.read_text())["code"] for path in kept} >= {"cli.receiver.sequence"}
    assert receiver.refused == len(kept)


def test_what_was_acknowledged_before_a_restart_reaches_the_lake_after_it(tmp_path: Path, probe: Probe, engine: Engine) -> None:
    first = opened_at(tmp_path, probe, engine)
    first.accept(probe.seal([1]) + probe.seal([2]))
    first._journal.close()  # the process dies before it drains
    first._closed = True
    second = Receiver(tmp_path, plant="plant-1", keys=[probe.record], now=lambda: START, engine=engine)  # registers nothing
    assert second.drain() == 2
    assert stored(second) == [1, 2]
    assert len(list(second.envelopes())) == 2
    second.close()


def test_an_unregistered_configuration_is_stored_under_names_of_its_own(tmp_path: Path, probe: Probe, engine: Engine) -> None:
    receiver = Receiver(tmp_path, plant="plant-1", keys=[probe.record], now=lambda: START, engine=engine)
    receiver.accept(probe.seal([5]))
    receiver.drain()
    number = receiver.channel("unregistered.t-1.000000000000.c0")
    assert len(Query(receiver.lake).readings(number, WHOLE)) == 1
    receiver.close()


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_bytes_are_answered_and_never_acknowledged(receiver: Receiver, body: bytes) -> None:
    answer = receiver.accept(body)
    assert not answer.acknowledged
    assert bool(answer.refused) == bool(body)


@given(st.binary(max_size=200))
def test_splitting_loses_no_byte(body: bytes) -> None:
    assert b"".join(data for data, _ in split(body)) == body


def test_over_http_the_answer_is_json_and_the_errors_are_statuses(receiver: Receiver, probe: Probe) -> None:
    server = ReceiverServer(receiver, drain_s=0.05)
    server.start()
    try:
        with httpx.Client(base_url=server.url) as client:
            answer = client.post("/api/v1/envelopes", content=probe.seal([1]))
            assert answer.json() == {"acknowledged": [{"terminal": "t-1", "sequence": 1, "index": 0}], "refused": []}
            assert client.post("/elsewhere", content=b"").status_code == 404
            assert client.get("/api/v1/envelopes").status_code == 404
            server.gate = lambda _: "refuse"
            refused = client.post("/api/v1/envelopes", content=probe.seal([2]))
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    finally:
        server.stop()


@pytest.mark.parametrize("sent", [b"", b"POST /api/v1/envelopes HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n123"])
def test_a_client_that_falls_silent_is_let_go(receiver: Receiver, sent: bytes) -> None:
    server = ReceiverServer(receiver, idle_s=0.1)
    server.start()
    try:
        address = httpx.URL(server.url)
        with socket.create_connection((address.host, address.port or 0), timeout=5) as line:
            line.sendall(sent)
            assert line.recv(100) == b""
    finally:
        server.stop()


def test_a_server_that_never_began_ends(receiver: Receiver) -> None:
    ending = threading.Thread(target=ReceiverServer(receiver).stop, daemon=True)
    ending.start()
    ending.join(60)
    assert not ending.is_alive()


def test_a_body_larger_than_allowed_is_refused_before_it_is_read(receiver: Receiver) -> None:
    server = ReceiverServer(receiver)
    server.start()
    try:
        address = httpx.URL(server.url)
        with socket.create_connection((address.host, address.port or 0), timeout=5) as line:
            line.sendall(b"POST /api/v1/envelopes HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n")
            assert line.recv(100).startswith(b"HTTP/1.1 413")
    finally:
        server.stop()


def test_files_that_were_folded_away_are_swept_an_hour_later(tmp_path: Path, probe: Probe, engine: Engine) -> None:
    time = [START]
    receiver = Receiver(tmp_path, plant="plant-1", keys=[probe.record], now=lambda: time[0], engine=engine)
    for _ in range(16):
        receiver.accept(probe.seal())
        receiver.drain()
    assert len(list((tmp_path / "lake/segments").rglob("*.parquet"))) == 17
    time[0] += 3_600_000
    receiver.accept(probe.seal())
    receiver.drain()
    assert len(list((tmp_path / "lake/segments").rglob("*.parquet"))) == 2
    receiver.close()
