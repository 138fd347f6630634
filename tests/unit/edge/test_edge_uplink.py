"""What of a platform's answer is believed: our terminal, batches of this very request, an index that can be one."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tanheng.core.errors import EdgeError
from tanheng.edge.clock import SystemClock
from tanheng.edge.configuration import Route, Uplink
from tanheng.edge.outbox import Stored
from tanheng.edge.uplink import Sender, _answer


def answer(content: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> httpx.Response:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return httpx.Response(status, content=body, headers=headers)


def acknowledged(**changes: Any) -> dict[str, Any]:
    return {"acknowledged": [{"terminal": "t-1", "sequence": 5, "index": 40, **changes}], "refused": []}


def test_a_good_answer_is_believed() -> None:
    assert _answer(answer(acknowledged()), "t-1", {5, 6}).acknowledged == {5: 40}


@pytest.mark.parametrize(
    "changes",
    [{"terminal": "t-2"}, {"sequence": 7}, {"sequence": "5"}, {"index": -1}, {"index": True}, {"index": None}, {"index": 4.0}],
)
def test_an_acknowledgement_that_is_not_ours_counts_for_nothing(changes: dict[str, Any]) -> None:
    assert _answer(answer(acknowledged(**changes)), "t-1", {5, 6}).acknowledged == {}


SHAPELESS: list[Any] = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"\xff",
    b"[" * 100_000,
    b" " * (1 << 21),
    {"refused": []},
    {"acknowledged": 7, "refused": []},
    {"acknowledged": [7], "refused": []},
    {"acknowledged": [{"terminal": "t-1"}], "refused": []},
]


@pytest.mark.parametrize("content", SHAPELESS)
def test_an_answer_of_another_shape_is_refused(content: Any) -> None:
    with pytest.raises(EdgeError) as caught:
        _answer(answer(content), "t-1", {5})
    assert caught.value.code == "edge.uplink.answer"


def test_a_refusal_keeps_code_and_reason_and_one_without_a_sequence_names_nobody() -> None:
    rows = [{"sequence": 5, "code": "trust.key.unknown", "reason": "…"}, {"sequence": None, "code": "x", "reason": "y"}]
    found = _answer(answer({"acknowledged": [], "refused": rows}), "t-1", {5, 6})
    assert found.refused == {5: "trust.key.unknown: …"}


def test_what_is_acknowledged_and_refused_at_once_counts_as_stored() -> None:
    content = {**acknowledged(), "refused": [{"sequence": 5, "code": "x", "reason": "y"}]}
    found = _answer(answer(content), "t-1", {5})
    assert (found.acknowledged, found.refused) == ({5: 40}, {})


@pytest.mark.parametrize(
    ("status", "retry", "wait"), [(503, "7", 7000), (503, "soon", 0), (500, "", 0), (401, "", 0), (302, "", 0)]
)
def test_another_status_is_a_fault_with_its_waiting_time(status: int, retry: str, wait: int) -> None:
    with pytest.raises(EdgeError) as caught:
        _answer(answer(b"", status=status, headers={"Retry-After": retry}), "t-1", {5})
    assert (caught.value.fields["status"], caught.value.fields["retry_after_ms"]) == (status, wait)


@pytest.mark.parametrize(
    ("text", "time"), [("1790000000000", 1_790_000_000_000), ("", None), ("-5", None), ("１７", None), ("9" * 20, None)]
)
def test_the_platforms_time_is_taken_only_when_it_is_a_number(text: str, time: int | None) -> None:
    response = httpx.Response(200, content=json.dumps(acknowledged()).encode(), headers=[(b"tanheng-time", text.encode())])
    assert _answer(response, "t-1", {5}).platform_time == time


async def test_without_a_route_sending_is_refused_in_words() -> None:
    sender = Sender("t-1", Uplink(), SystemClock())
    with pytest.raises(EdgeError) as caught:
        await sender.send([Stored(1, b"x")])
    assert caught.value.code == "edge.uplink.no_route"


async def test_pauses_grow_to_their_limit_and_never_beyond() -> None:
    route = Route("lan", "http://127.0.0.1:1", 1)
    sender = Sender("t-1", Uplink(routes=(route,), backoff_ms=(1000, 60_000)), SystemClock())
    pauses = [sender.pause_ms() for _ in range(12)]
    assert all(800 * 2**at <= pause <= 1200 * 2**at for at, pause in enumerate(pauses[:5]))
    assert all(48_000 <= pause <= 72_000 for pause in pauses[7:])
    with pytest.raises(EdgeError) as caught:
        await sender.send([Stored(1, b"x")])
    assert "lan" in caught.value.text("zh")
    await sender.close()
