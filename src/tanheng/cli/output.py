"""Output of commands: a folder that is written whole or not at all, and a progress bar for what takes its time."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tanheng.cli.root import language
from tanheng.core.errors import InputError
from tanheng.core.messages import render

PATIENCE = 1.0
"""Seconds after which a person wants to see that something is going on."""


@contextlib.contextmanager
def replacing(target: Path, *, force: bool) -> Iterator[Path]:
    """Yield a new folder beside ``target``; rename it to ``target`` when the block ends well, remove it when it does not.

    Raises
    ------
    InputError
        When the target is there already and ``force`` is not given, or it is no folder.
    """
    if target.exists() and not force:
        raise InputError("cli.output.exists", path=target)
    if target.exists() and not target.is_dir():
        raise InputError("cli.output.no_folder", path=target)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    draft.mkdir()
    try:
        yield draft
        old = None
        if target.exists():
            old = target.with_name(f".{target.name}.{secrets.token_hex(4)}.old")
            target.rename(old)
        draft.rename(target)
        if old is not None:
            shutil.rmtree(old)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@contextlib.contextmanager
def progress(*, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Yield a function that names the step under way; a spinner appears on a terminal once a second has passed."""
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _step: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    started = time.monotonic()
    bar = Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=Console(stderr=True), transient=True
    )
    task = bar.add_task("", total=None)
    shown = False

    def step(name: str) -> None:
        nonlocal shown
        bar.update(task, description=render(f"cli.step.{name}", language(), {}))
        if not shown and time.monotonic() - started > PATIENCE:
            bar.start()
            shown = True

    try:
        yield step
    finally:
        if shown:
            bar.stop()
