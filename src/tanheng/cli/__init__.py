"""The command ``tanheng``.

Each command lives in a module of its own, named in ``tanheng.cli.root.COMMANDS``, and is imported when it is called, so that
``tanheng --help`` stays fast. A module offers ``command``: a function with Typer annotations, or a ``typer.Typer`` app.
Help is declared in English there; its Chinese stands in ``core/messages/cli-help.yaml`` (``tanheng.cli.help``).
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line; an error of ours becomes one sentence and an exit code."""
    from tanheng.cli.root import run

    try:
        run(sys.argv[1:])
    except BrokenPipeError:  # who reads has seen enough: tanheng --help | head -3
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what Python writes at its end goes nowhere
        sys.exit(1)
