"""What a person at the terminal is told while the log goes into a file: warnings and errors of ours, in the person's language.

The log keeps what was said as it was said, in English, for machines and for searching; so do the lines of other programs'
libraries, of which the terminal only says where an error stands.
"""

from __future__ import annotations

import datetime
import logging
import os
from collections.abc import Mapping
from pathlib import Path

from tanheng.core.messages import language_of, render

OURS = "tanheng"
TEXTS: Mapping[str, str] = {
    "process did not end, killing it": "platform.terminal.child_killed",
    "process does not end, not even killed": "platform.terminal.child_stuck",
    "process ended, starting it again": "platform.terminal.child_ended",
    "process not started, trying again": "platform.terminal.child_not_started",
    "database does not end, not even killed": "platform.terminal.database_stuck",
    "database ended, starting it again": "platform.terminal.database_ended",
    "database not started, trying again": "platform.terminal.database_not_started",
    "web and worker stay root: the system user cannot read the program": "platform.terminal.stays_root",
    "a part of the data folder is a link; it is left as it is": "platform.terminal.link",
    "daily backup not started": "platform.terminal.backup_not_started",
    "daily backup failed": "platform.terminal.backup_failed",
    "daily backup does not end, not even killed": "platform.terminal.backup_stuck",
    "sequencer waits for the database": "platform.terminal.sequencer_waits",
    "sequencer's round failed": "platform.terminal.sequencer_failed",
    "plant not sequenced": "platform.terminal.plant_not_sequenced",
    "job failed": "platform.terminal.job_failed",
    "request failed": "platform.terminal.request_failed",
    "checkpoint not cosigned": "platform.terminal.not_cosigned",
}
"""The message of each event that the platform warns of."""
_CHILDREN = {"web": {"zh": "网页", "en": "web"}, "worker": {"zh": "后台任务", "en": "worker"}}


class ForPersons(logging.Filter):
    """Lets through what a person must know: our warnings, and that another library failed."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is said on the terminal."""
        return record.levelno >= (logging.WARNING if is_ours(record) else logging.ERROR)


class PersonsFormatter(logging.Formatter):
    """One line: time of day, how grave it is, what happened; where the log has more, its file.

    Parameters
    ----------
    log : Path
        File of the log, which has the exception.
    """

    def __init__(self, log: Path) -> None:
        super().__init__()
        self._log = log

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        lang = language_of(os.environ)
        moment = datetime.datetime.fromtimestamp(record.created).astimezone()
        level = render("platform.terminal.error" if record.levelno >= logging.ERROR else "platform.terminal.warning", lang, {})
        line = f"{moment:%H:%M:%S} {level} {_said(record, lang)}"
        if record.exc_info or not is_ours(record):
            line += " " + render("platform.terminal.see_log", lang, {"path": self._log})
        return line


def is_ours(record: logging.LogRecord) -> bool:
    """Tell whether a record is the platform's own."""
    return record.name == OURS or record.name.startswith(f"{OURS}.")


def _said(record: logging.LogRecord, lang: str) -> str:
    if not is_ours(record):
        return render("platform.terminal.other", lang, {"name": record.name})
    code = TEXTS.get(record.getMessage())
    if code is None:
        return record.getMessage()
    fields: dict[str, object] = dict(record.__dict__)
    return render(code, lang, {**fields, "child": _CHILDREN.get(str(fields.get("child")), fields.get("child"))})
