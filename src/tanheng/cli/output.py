"""Output of commands: a folder that is written whole or not at all, and a progress bar for what takes its time."""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import shutil
import sys
import threading
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
        if target.exists():
            _exchange(draft, target)
        else:
            draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _exchange(draft: Path, target: Path) -> None:
    """Swap two folders. Linux does it in one step, so that a kill leaves the old results or the new ones, never neither."""
    libc = ctypes.CDLL(None, use_errno=True)
    swap = getattr(libc, "renameat2", None)
    if swap is not None and swap(_HERE, os.fsencode(draft), _HERE, os.fsencode(target), _SWAP) == 0:
        return
    aside = target.with_name(f"{draft.name}.old")
    target.rename(aside)
    draft.rename(target)
    aside.rename(draft)


_HERE, _SWAP = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of linux/fcntl.h and linux/fs.h


@contextlib.contextmanager
def progress(*, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Yield a function that names the step under way; on a terminal a spinner appears once a second has passed."""
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _step: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    bar = Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=Console(stderr=True), transient=True
    )
    task = bar.add_task("", total=None)
    patience = threading.Timer(PATIENCE, bar.start)
    patience.start()
    try:
        yield lambda name: bar.update(task, description=render(f"cli.step.{name}", language(), {}))
    finally:
        patience.cancel()
        patience.join()
        bar.stop()
