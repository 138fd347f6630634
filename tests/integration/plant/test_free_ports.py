"""Ports that servers of tests and of the simulated plant are given."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tanheng.simulator.servers.port import free_port

FIRST = 32_000 + os.getpid() % 35 * 20  # two runs on one machine ask for others
PORTS = range(FIRST, FIRST + 20)
TAKE = f"""
import sys
from tanheng.simulator.servers.port import free_port
print(*[free_port({PORTS!r}) for _ in range(19)], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other() -> Iterator[set[int]]:
    """Give the ports of another program, which lives on and listens on none of them."""
    with subprocess.Popen([sys.executable, "-c", TAKE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield {int(word) for word in process.stdout.readline().split()}


def test_two_programs_are_never_given_the_same(other: set[int]) -> None:
    assert len(other) == 19
    (left,) = set(PORTS) - other
    assert free_port(PORTS) == left
    with pytest.raises(OSError, match="in use"):
        free_port(PORTS)


def test_a_port_that_somebody_listens_to_is_not_given() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(OSError, match="in use"):
        free_port([server.getsockname()[1]])


def test_each_call_gives_another() -> None:
    assert len({free_port() for _ in range(50)}) == 50


def test_that_no_socket_can_be_had_is_told() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            free_port()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
