"""The page of backup, restore drill, check of stored data, and storage."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tanheng.platform.operation import keeping
from tanheng.platform.operation.keeping import Storage
from tanheng.platform.record.models import AuditEvent
from tanheng.platform.ui.frame import Page

DUE = {
    keeping.BACKUP: datetime.timedelta(hours=36),
    keeping.DRILL: datetime.timedelta(days=31),
    keeping.CHECK: datetime.timedelta(hours=36),
}
"""How old the last run of each may be: a nightly backup and check, a monthly drill."""

_NAMES: dict[str, Promise] = {
    "database": _("Database"),
    "files": _("Attachments"),
    "payloads": _("Payloads"),
    "lake": _("Readings"),
    "log": _("Evidence log"),
}
_MEASURED_EVERY = 600  # s


class Keeping(Page):
    """When data were last backed up, restored for a drill, and read again; what they take and will need."""

    template = "ui/keeping.html"
    permission: ClassVar[str] = "operation.read"

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002  # Django's signature
        """Return the page."""
        now = timezone.now()
        found: Storage | None = cache.get("tanheng-storage")
        if found is None:
            found = keeping.storage(settings.FOLDER, now=now)
            cache.set("tanheng-storage", found, _MEASURED_EVERY)
        values = {
            "backup": _shown(keeping.BACKUP, now),
            "drill": _shown(keeping.DRILL, now),
            "check": _shown(keeping.CHECK, now),
            "parts": [(_NAMES[name], size, f"{size / 1e6:.1f}") for name, size in found.parts],
            "total": found.total,
            "free": found.free,
            "need": found.ten_years,
            "share": min(100, round(100 * found.total / found.ten_years)) if found.ten_years else None,
            "is_enough": found.ten_years is None or found.ten_years - found.total <= found.free,
            "folder": settings.FOLDER.root,
        }
        return self.show(values)


def _shown(action: str, now: datetime.datetime) -> dict[str, Any]:  # Any: template context
    event: AuditEvent | None = keeping.last(action)
    if event is None:
        return {"event": None, "look": "bad"}
    if event.result != AuditEvent.Result.DONE:
        return {"event": event, "look": "bad"}
    return {"event": event, "look": "good" if now - event.at <= DUE[action] else "wait"}
