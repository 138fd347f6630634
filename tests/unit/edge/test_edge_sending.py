"""How much backlog one request carries: less after each that is not answered, more after each that is."""

from __future__ import annotations

import pytest

from tanheng.edge.errors import UplinkError
from tanheng.edge.sending import Chunk

MEBI = 1 << 20


def silence() -> UplinkError:
    return UplinkError("edge.uplink.route", route="lan", reason="ReadTimeout: ")


def answered(status: int) -> UplinkError:
    return UplinkError("edge.uplink.status", status=status, reason="")


def test_a_body_without_an_answer_halves_the_next_one() -> None:
    chunk = Chunk(MEBI)
    sizes = []
    for _ in range(8):
        chunk.failed(chunk.bytes, silence())
        sizes.append(chunk.bytes)
    assert sizes == [512 << 10, 256 << 10, 128 << 10, 64 << 10, 32 << 10, 16 << 10, 16 << 10, 16 << 10]


def test_a_body_smaller_than_what_is_allowed_is_halved_itself() -> None:
    chunk = Chunk(MEBI)
    chunk.failed(300 << 10, silence())
    assert chunk.bytes == 150 << 10


def test_each_answer_doubles_what_is_carried_up_to_what_is_allowed() -> None:
    chunk = Chunk(MEBI)
    for _ in range(8):
        chunk.failed(chunk.bytes, silence())
    for _ in range(5):
        chunk.answered()
    assert chunk.bytes == 512 << 10
    chunk.answered()
    chunk.answered()
    assert chunk.bytes == MEBI


def test_a_body_that_is_called_too_large_is_never_tried_again() -> None:
    chunk = Chunk(MEBI)
    chunk.failed(MEBI, answered(413))
    for _ in range(5):
        chunk.answered()
    assert chunk.bytes == 512 << 10


@pytest.mark.parametrize("status", [408, 500, 502, 504])
def test_a_server_that_broke_down_over_a_body_gets_a_smaller_one(status: int) -> None:
    chunk = Chunk(MEBI)
    chunk.failed(MEBI, answered(status))
    assert chunk.bytes == 512 << 10


@pytest.mark.parametrize("status", [401, 403, 404, 429, 503])
def test_a_refusal_that_has_nothing_to_do_with_the_size_leaves_it(status: int) -> None:
    chunk = Chunk(MEBI)
    chunk.failed(MEBI, answered(status))
    assert chunk.bytes == MEBI
