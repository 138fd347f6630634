"""A terminal in a process of its own, to be killed. Started by the tests: CONFIG DATA KEY-HEX."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tanheng.edge.configuration import load
from tanheng.edge.terminal import Terminal
from tanheng.trust.suites import Algorithm, signer


def main() -> None:
    config, data, key = sys.argv[1:]
    made = signer(Algorithm.ED25519, bytes.fromhex(key))
    asyncio.run(Terminal(load(Path(config)), data=Path(data), signer=made).run())


if __name__ == "__main__":
    main()
