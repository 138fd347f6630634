"""The lines of audit trail and evidence log as a reader sees them: what was done to which record. The codes stay beside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from tanheng.platform.record.models import AuditEvent, LogEntry
from tanheng.platform.ui.about import About, about
from tanheng.trust.statement import StatementType

if TYPE_CHECKING:
    from tanheng.platform.ui.frame import Page

ACTIONS: Mapping[str, tuple[Promise | str, str]] = {
    "accounts.close": (gettext_lazy("Account closed"), "person"),
    "accounts.grant": (gettext_lazy("Role given"), "person"),
    "accounts.identify": (gettext_lazy("Identity confirmed"), "person"),
    "accounts.invite": (gettext_lazy("Person invited"), ""),
    "accounts.issue_token": (gettext_lazy("Key for programs issued"), "token"),
    "accounts.join": (gettext_lazy("Invitation accepted"), "person"),
    "accounts.locked_out": (gettext_lazy("Account locked after failed attempts"), ""),
    "accounts.login": (gettext_lazy("Logged in"), "person"),
    "accounts.logout": (gettext_lazy("Logged out"), "person"),
    "accounts.password_key": (gettext_lazy("Link for a new password made"), "person"),
    "accounts.revoke": (gettext_lazy("Role taken away"), "person"),
    "accounts.revoke_token": (gettext_lazy("Key for programs revoked"), "token"),
    "operation.backup": (gettext_lazy("Backup made"), ""),
    "operation.drill": (gettext_lazy("Restore tried out"), ""),
    "operation.fsck": (gettext_lazy("Records checked against the log"), ""),
    "record.begin_epoch": (gettext_lazy("Epoch of the log begun"), ""),
    "record.found_plant": (gettext_lazy("Plant founded"), "plant"),
    "ui.keep_mapping": (gettext_lazy("Allocation of columns kept"), "mapping"),
}
"""What was done, and the type of what it was done to; changes of ledgers follow from their codes."""

STATEMENTS: Mapping[str, Promise | str] = {
    StatementType.READING_BATCH: gettext_lazy("Readings"),
    StatementType.LABORATORY_RESULT: gettext_lazy("Laboratory result"),
    StatementType.MANUAL_ENTRY: pgettext_lazy("what was done", "Entered"),
    StatementType.CONFIGURATION: gettext_lazy("Configuration"),
    StatementType.CERTIFICATE: gettext_lazy("Certificate"),
    StatementType.RULE_PACK: gettext_lazy("Rule set"),
    StatementType.PERIOD_CLOSED: gettext_lazy("Period closed"),
    StatementType.REPORT: gettext_lazy("Report"),
    StatementType.KEY_EVENT: gettext_lazy("Key of the log"),
    StatementType.CORRECTION: pgettext_lazy("what was done", "Corrected"),
    StatementType.WAIVER: gettext_lazy("Waiver"),
    StatementType.GAP: gettext_lazy("Gap"),
    StatementType.SEALED_MONTH: gettext_lazy("Month sealed"),
    StatementType.LOG_RESTORED: gettext_lazy("Log restored"),
}
"""What an entry of the log states."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says.

    Parameters
    ----------
    verb : str
        What was done, in the language of the page; empty where only the code tells.
    code : str
        As it is kept, for the auditor.
    """

    verb: str
    about: About
    code: str


def of_events(page: Page, events: Iterable[AuditEvent]) -> list[Line]:
    """Return what lines of the audit trail say."""
    said = [(event, *_done(event)) for event in events]
    records = about(page, [(type_, event.subject) for event, _verb, type_ in said])
    return [Line(verb, record, event.action) for (event, verb, _type), record in zip(said, records, strict=True)]


def _done(event: AuditEvent) -> tuple[str, str]:
    """Return what was done, and the type of what it was done to."""
    if event.action in ACTIONS:
        verb, type_ = ACTIONS[event.action]
        return str(verb), type_
    _app, _dot, done = event.action.partition(".")
    verb_code, _underscore, type_ = done.partition("_")
    if verb_code == "retire":
        return pgettext("what was done", "Retired"), type_
    if verb_code != "save":
        return "", ""
    count, version = event.detail.get("count"), event.detail.get("version")
    if isinstance(count, int):
        return _("Entered: %(count)s records") % {"count": count}, type_
    if version is None:
        return pgettext("what was done", "Saved"), type_
    return pgettext("what was done", "Entered") if version == 1 else pgettext("what was done", "Corrected"), type_


def of_entries(page: Page, entries: Iterable[LogEntry]) -> list[Line]:
    """Return what entries of the log say."""
    listed = list(entries)
    named = []
    for entry in listed:
        type_, slash, subject = entry.subject.partition("/")
        named.append((type_, subject) if slash and "/" not in subject else ("", entry.subject))
    records = about(page, named)
    return [
        Line(str(STATEMENTS.get(entry.type, "")), record, entry.type) for entry, record in zip(listed, records, strict=True)
    ]
