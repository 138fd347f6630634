"""A terminal in a process of its own, to be killed. Started by the tests: CONFIG DATA KEY-HEX.

With ``--nursery`` in front it forks such a process for each line it reads, and tells its number: what is imported once need not
be imported anew for each of many terminals. A child knows of its siblings only what lies on the disk.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from tanheng.edge import drivers
from tanheng.edge.configuration import load
from tanheng.edge.terminal import Terminal
from tanheng.trust.suites import Algorithm, signer


def main(config: str, data: str, key: str) -> None:
    made = signer(Algorithm.ED25519, bytes.fromhex(key))
    asyncio.run(Terminal(load(Path(config)), data=Path(data), signer=made).run())


def nursery(*arguments: str) -> None:
    configuration = load(Path(arguments[0]))
    for device in configuration.devices:  # what only some configurations need is imported now, too
        drivers.make(device, configuration.channels_of(device.id))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a child: it is gone when it has ended
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            main(*arguments)
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    nursery(*sys.argv[2:]) if sys.argv[1] == "--nursery" else main(*sys.argv[1:])
