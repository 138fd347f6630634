"""The root of the command line: the table of commands, loaded when called, and one way to end with an error.

Exit codes: 0 done, 1 something failed, 2 the input was refused, and what a command documents beside these.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from tanheng import __version__
from tanheng.core.errors import InputError, TanhengError

# name → (module, one line of help). The module is imported when the command is called or its own help is asked for.
COMMANDS: dict[str, tuple[str, str]] = {
    "account": ("tanheng.cli.account", "Account a plant-year of files: tables, workbook and report."),
    "backup": ("tanheng.cli.backup", "Write one archive of the platform's data."),
    "conformance": ("tanheng.cli.conformance", "Score a terminal or a receiver of any vendor."),
    "demo": ("tanheng.cli.demo", "The first look: account both examples and show their tables."),
    "edge": ("tanheng.cli.edge", "The plant terminal: check, run, status."),
    "key": ("tanheng.cli.key", "Make, show and rotate keys."),
    "link": ("tanheng.cli.link", "Print a new one-time link of the first administrator."),
    "log": ("tanheng.cli.log", "Verify a transparency log; check stored data against it."),
    "migrate": ("tanheng.cli.migrate", "Bring the database to this version's schema."),
    "note": ("tanheng.cli.note", "Verify a signed note."),
    "restore": ("tanheng.cli.restore", "Restore an archive and prove it by the checkpoint root."),
    "serve": ("tanheng.cli.serve", "Run the platform: database, web and worker together."),
    "simulate": ("tanheng.cli.simulate", "Play a simulated plant on real protocols."),
    "standards": ("tanheng.cli.standards", "Check and show the rule pack."),
    "storage": ("tanheng.cli.storage", "Show what is stored and what ten years will need."),
    "upgrade": ("tanheng.cli.upgrade", "Back up, migrate, check and start this version."),
    "verify": ("tanheng.cli.verify", "Verify an evidence bundle offline."),
    "web": ("tanheng.cli.web", "Run the web processes alone."),
    "witness": ("tanheng.cli.witness", "Run a witness of transparency logs."),
    "worker": ("tanheng.cli.worker", "Run the background worker alone."),
}

_EXTRAS = {"conformance": "lake", "edge": "edge", "simulate": "simulator"}
"""Command → the extra whose packages it needs; the others need ``platform``, where they need one."""


def language() -> str:
    """Return the language of messages from the environment: ``en`` when LC_ALL, LC_MESSAGES or LANG says so, else ``zh``."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "en" if value.lower().startswith("en") else "zh"
    return "zh"


def report(error: TanhengError, *, lang: str | None = None) -> int:
    """Print an error and each of its findings on standard error; return the exit code, 2 for refused input, else 1."""
    lang = lang or language()
    print(error.text(lang), file=sys.stderr)
    if not isinstance(error, InputError):
        return 1
    for finding in error.findings:
        print("  " + finding.text(lang), file=sys.stderr)
    return 2


def offered() -> dict[str, tuple[str, str]]:
    """Return the commands whose module is installed."""
    return {name: entry for name, entry in COMMANDS.items() if importlib.util.find_spec(entry[0]) is not None}


def usage() -> str:
    """Return the text of ``tanheng --help``."""
    rows = [f"  {name:<12} {help_text}" for name, (_, help_text) in sorted(offered().items())]
    return "\n".join(
        [
            "Usage: tanheng COMMAND [OPTIONS] …",
            "",
            "Tanheng 碳衡: open carbon metering for the cement industry.",
            "",
            "Commands:",
            *rows,
            "",
            "Example: tanheng account --template my-plant && tanheng account my-plant",
            "Each command explains itself: tanheng COMMAND --help",
        ]
    )


def run(arguments: Sequence[str]) -> NoReturn:
    """Run one command line and end the process with its exit code."""
    name, rest = (arguments[0], list(arguments[1:])) if arguments else ("--help", [])
    if name in ("--help", "-h"):
        print(usage())
        sys.exit(0)
    if name in ("--version", "-V"):
        print(f"tanheng {__version__}")
        sys.exit(0)
    if name not in offered():
        print(f"tanheng: no command “{name}”; tanheng --help lists them.", file=sys.stderr)
        sys.exit(2)
    _run_command(name, rest)


def _run_command(name: str, arguments: list[str]) -> NoReturn:
    import typer

    found: Any = importlib.import_module(COMMANDS[name][0]).command
    app = found
    if not isinstance(found, typer.Typer):
        app = typer.Typer(add_completion=False)
        app.command()(found)
    try:
        app(args=arguments, prog_name=f"tanheng {name}")
    except TanhengError as error:
        sys.exit(report(error))
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "tanheng":
            raise
        extra = _EXTRAS.get(name, "platform")
        sys.exit(report(TanhengError("cli.command.extra", command=name, package=error.name, extra=extra)))
    sys.exit(0)
