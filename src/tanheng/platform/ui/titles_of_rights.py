"""What the rights are called on pages; a right without a title is shown by its code."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TITLES: Mapping[str, Promise] = {
    "accounts.manage": _("Invite people, give and take roles"),
    "record.found_plant": _("Found a plant"),
    "record.begin_epoch": _("Decide, as one of two, that a log begins anew"),
    "record.read": _("Read log entries, files and rule sets"),
    "record.read_audit": _("Read the audit trail"),
    "record.attach": _("Hand in files"),
    "notice.read": _("See alarms and duties"),
    "notice.acknowledge": _("Acknowledge alarms"),
    "notice.shelve": _("Shelve alarms"),
    "notice.rules": _("Set the rules of alarms"),
    "notice.finish_duty": _("Report a duty as done"),
    "notice.comment": _("Comment"),
    "operation.read": _("See backups, checks and storage"),
    "plant.read": _("Read the master data of the plant"),
    "plant.write": _("Change the master data of the plant"),
    "instruments.read": _("Read the instrument ledger"),
    "instruments.write": _("Change the instrument ledger"),
    "instruments.confirm": _("Confirm instruments as fit for use"),
    "instruments.freeze": _("Freeze the register of a year"),
    "instruments.confirm_year": _("Confirm the register of a year"),
}
