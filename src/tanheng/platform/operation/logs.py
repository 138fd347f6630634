"""Structured logs: one JSON object a line on standard error, or words for a person at a terminal. Never a secret.

Where ``TANHENG_LOG`` names a file, the objects go there, of this process and those it starts, with what libraries say and
Python's warnings; standard error says in the person's language what is a warning of ours or worse (``terminal.py``).
"""

from __future__ import annotations

import datetime
import json
import logging
import os
import sys
from pathlib import Path

from tanheng.platform.errors import ServingError
from tanheng.platform.operation import terminal

VARIABLE = "TANHENG_LOG"
_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
_SECRET = ("password", "secret", "token", "cookie", "authorization", "passphrase")


class JsonFormatter(logging.Formatter):
    """One JSON object a record: UTC time, level, logger, event, and what the record carries beside them."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        moment = datetime.datetime.fromtimestamp(record.created, tz=datetime.UTC)
        line: dict[str, object] = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **fields(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class TerminalFormatter(logging.Formatter):
    """The same for a person: time of day, level, event, fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        moment = datetime.datetime.fromtimestamp(record.created).astimezone()
        more = " ".join(f"{name}={value}" for name, value in fields(record).items())
        line = f"{moment:%H:%M:%S} {record.levelname.lower():7} {record.getMessage()} {more}".rstrip()
        return line + ("\n" + self.formatException(record.exc_info) if record.exc_info else "")


def fields(record: logging.LogRecord) -> dict[str, object]:
    """Return what a record carries beside the standard, with anything that sounds secret left out."""
    return {
        name: "***" if any(word in name.lower() for word in _SECRET) else value
        for name, value in record.__dict__.items()
        if name not in _STANDARD and not name.startswith("_")
    }


def configure(*, level: int = logging.INFO, as_json: bool | None = None) -> None:
    """Set logging up for this process.

    Parameters
    ----------
    as_json : bool, optional
        None: JSON unless standard error is a terminal.
    """
    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    structured = not sys.stderr.isatty() if as_json is None else as_json
    handler.setFormatter(JsonFormatter() if structured else TerminalFormatter())
    file = _file()
    path = file_of_the_log()
    if path is not None:
        handler.setFormatter(terminal.PersonsFormatter(path))
        handler.addFilter(terminal.ForPersons())
    logging.captureWarnings(path is not None)
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    for new in (handler, file):
        if new is not None:
            root.addHandler(new)
    root.setLevel(level)
    for noisy in ("procrastinate", "axes", "fontTools"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("django.request").setLevel(logging.ERROR)  # our own line has the status, and no link that is a right


def go_to(path: Path | None) -> None:
    """Set logging up for this process and those it starts, into a file, or on standard error.

    Raises
    ------
    ServingError
        The file cannot be written.
    """
    os.environ[VARIABLE] = str(path.absolute()) if path is not None else ""
    configure()


def file_of_the_log() -> Path | None:
    """Return the file that the log goes into, None where it goes to standard error."""
    named = os.environ.get(VARIABLE, "")
    return Path(named) if named else None


def _file() -> logging.Handler | None:
    path = file_of_the_log()
    if path is None:
        return None
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640))  # not for everybody to read
        handler = logging.FileHandler(path, encoding="utf-8")
    except OSError as error:
        raise ServingError("platform.serving.log", path=path, reason=error.strerror or error) from error
    handler.setFormatter(JsonFormatter())
    return handler
