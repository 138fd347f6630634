"""The other side of the fixture ``forks``: an interpreter that has imported everything forks a child for each line it reads.

So a kill costs no start of an interpreter. On standard output, in this order: ``born`` and the child's number, what the child
tells, and, when it is gone, ``gone`` and its status as ``waitpid`` gives it.
"""

from __future__ import annotations

import faulthandler
import importlib
import os
import signal
import sys
import traceback
from pathlib import Path


def serve(module: str, folder: Path) -> None:
    """Fork children that run ``write(folder)`` of ``module``, one after another, until standard input ends."""
    write = importlib.import_module(module).write
    sys.stdout = os.fdopen(1, "w", closefd=False)  # a line is one write, also where Python is told to buffer nothing
    faulthandler.register(signal.SIGUSR1)  # whoever waits in vain for a line asks where its writer stands
    for _ in sys.stdin:
        child = os.fork()
        if not child:
            print("born", os.getpid(), flush=True)
            try:
                write(folder)
            finally:
                traceback.print_exc()  # before the end that runs nothing of the parent's
                os._exit(1)
        print("gone", os.waitpid(child, 0)[1], flush=True)


if __name__ == "__main__":
    serve(sys.argv[1], Path(sys.argv[2]))
