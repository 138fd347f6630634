"""Structured logs: one JSON object a line on standard error, or words for a person at a terminal. Never a secret."""

from __future__ import annotations

import datetime
import json
import logging
import sys

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
    handler = logging.StreamHandler(sys.stderr)
    structured = not sys.stderr.isatty() if as_json is None else as_json
    handler.setFormatter(JsonFormatter() if structured else TerminalFormatter())
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for noisy in ("procrastinate", "axes", "django.request", "fontTools"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
