"""The conformance kit: it passes what conforms, and each fault of a party that does not is found by its check."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tanheng.cli import conformance_terminal
from tanheng.cli.conformance_report import score, to_json
from tanheng.cli.conformance_target import Target
from tanheng.cli.probe import Probe
from tanheng.cli.receiver import Acknowledged, Answer, Receiver
from tanheng.cli.receiver_server import ReceiverServer
from tanheng.cli.root import run
from tanheng.lake import Engine
from tanheng.trust.suites import Algorithm, generate

START = 1_790_000_000_000


@pytest.fixture
def probe() -> Probe:
    return Probe("probe", generate(Algorithm.ED25519), start=START)


def serving(receiver: Receiver) -> ReceiverServer:
    server = ReceiverServer(receiver, drain_s=0.2)
    server.start()
    return server


@pytest.fixture
def server(tmp_path: Path, probe: Probe, engine: Engine) -> Iterator[ReceiverServer]:
    receiver = Receiver(tmp_path, plant="plant-1", keys=[probe.record], now=lambda: START, engine=engine)
    started = serving(receiver)
    yield started
    started.stop()


def examine(server: ReceiverServer, probe: Probe) -> set[str]:
    """Return the names of the checks that did not hold."""
    target = Target(server.url, probe)
    try:
        return {check.name for check in target.examine() if not check.held}
    finally:
        target.close()


def test_our_receiver_holds_every_check(server: ReceiverServer, probe: Probe) -> None:
    target = Target(server.url, probe)
    checks = target.examine()
    target.close()
    assert [check for check in checks if not check.held] == []
    assert set(score(checks)) == {"loss", "duplicates", "order", "clock", "signature", "robustness", "total"}


class Forgetful(Receiver):
    """Acknowledges and does not store."""

    def accept(self, body: bytes) -> Answer:
        answer = super().accept(body)
        self._counter = getattr(self, "_counter", 1000)
        for at, each in enumerate(answer.acknowledged):
            self._counter += 1
            answer.acknowledged[at] = Acknowledged(each.terminal, each.sequence, self._counter)
        return answer


class Credulous(Receiver):
    """Acknowledges what it did not verify."""

    def accept(self, body: bytes) -> Answer:
        answer = super().accept(body)
        answer.acknowledged += [Acknowledged("probe", each.sequence or 1, 5) for each in answer.refused]
        answer.refused = []
        return answer


class Greedy(Receiver):
    """Refuses the whole request for one bad batch."""

    def accept(self, body: bytes) -> Answer:
        answer = super().accept(body)
        return Answer(refused=answer.refused) if answer.refused else answer


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Forgetful, {"repeat"}),
        (Credulous, {"other-content", "predecessor", "flipped", "stranger", "truncated", "garbage", "bomb"}),
        (Greedy, {"mixed"}),
    ],
)
def test_a_receiver_that_does_not_conform_is_found_out(
    tmp_path: Path, probe: Probe, engine: Engine, kind: Callable[..., Receiver], expected: set[str]
) -> None:
    server = serving(kind(tmp_path, plant="plant-1", keys=[probe.record], now=lambda: START, engine=engine))
    failed = examine(server, probe)
    server.stop()
    assert failed >= expected


def test_a_receiver_that_is_not_there_holds_nothing(probe: Probe) -> None:
    target = Target("http://127.0.0.1:9", probe)
    assert not any(check.held for check in target.examine() if check.name != "cut")
    target.close()


def terminal(url: str, probe: Probe, batches: list[bytes], *, patient: bool = True, forge: bool = False) -> None:
    """Send batches one by one as a terminal does: again and again until acknowledged."""
    with httpx.Client(base_url=url, timeout=5) as client:
        for number, batch in enumerate(batches):
            for attempt in range(20):
                body = probe.fork().seal([attempt]) if forge and attempt and number == len(batches) - 1 else batch
                try:
                    if client.post("/api/v1/envelopes", content=body).status_code == 200:
                        break
                except httpx.HTTPError:
                    pass
                if not patient:
                    break


def judged(tmp_path: Path, engine: Engine, probe: Probe, batches: list[bytes], **how: bool) -> set[str]:
    server, record = conformance_terminal.listen(tmp_path, key=probe.record, host="127.0.0.1", port=0, engine=engine)
    terminal(server.url, probe, batches, **how)
    stored = list(server.receiver.envelopes())
    server.stop()
    checks = conformance_terminal.judge(record, stored, key=probe.record, wanted=20)
    return {check.name for check in checks if not check.held}


def fresh() -> Probe:
    return Probe("probe", generate(Algorithm.ED25519), start=conformance_terminal.now())


def test_a_terminal_that_repeats_until_acknowledged_holds_every_check(tmp_path: Path, engine: Engine) -> None:
    probe = fresh()
    assert judged(tmp_path, engine, probe, [probe.seal() for _ in range(20)]) == set()


def test_a_terminal_that_gives_up_is_found_out(tmp_path: Path, engine: Engine) -> None:
    probe = fresh()
    found = judged(tmp_path, engine, probe, [probe.seal() for _ in range(30)], patient=False)
    assert found >= {"gapless", "again"}


def test_a_terminal_with_a_wrong_clock_is_found_out(tmp_path: Path, engine: Engine) -> None:
    probe = Probe("probe", generate(Algorithm.ED25519), start=START)
    batches = [probe.seal() for _ in range(10)] + [probe.seal(start=START - 10_000 * number) for number in range(10)]
    assert judged(tmp_path, engine, probe, batches) >= {"times"}


def test_a_terminal_with_a_broken_chain_is_found_out(tmp_path: Path, engine: Engine) -> None:
    probe = fresh()
    twin = probe.fork()
    batches = [probe.seal([1])]
    twin.seal([2])
    batches += [twin.seal([3]) for _ in range(20)]
    assert judged(tmp_path, engine, probe, batches) >= {"gapless"}


def test_the_command_scores_a_receiver_and_writes_its_report(
    tmp_path: Path, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    keys, report = tmp_path / "keys", tmp_path / "report.json"
    with pytest.raises(SystemExit) as shown:
        run(["conformance", "--identity", "--keys", str(keys)])
    assert shown.value.code == 0
    assert "public key" in capsys.readouterr().out
    from tanheng.trust.key_file import KeyFolder

    record = KeyFolder(keys).record("conformance-probe")
    server = serving(Receiver(tmp_path / "r", plant="p", keys=[record], now=conformance_terminal.now, engine=engine))
    with pytest.raises(SystemExit) as ended:
        run(["conformance", "--target", server.url, "--keys", str(keys), "--report", str(report)])
    server.stop()
    assert ended.value.code == 0
    document = json.loads(report.read_text())
    assert document["score"]["total"] == {"held": 18, "asked": 18}


def test_the_command_wants_one_party(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["conformance"])
    assert ended.value.code == 2
    assert "--target URL or --terminal" in capsys.readouterr().out


def test_the_report_is_a_tree_of_plain_values() -> None:
    assert to_json("x", [])["score"] == {"total": {"held": 0, "asked": 0}}
