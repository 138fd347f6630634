"""The page of backup, restore drill, check of stored data, and storage."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tanheng.core.errors import TanhengError
from tanheng.platform.operation import backup_plan, keeping
from tanheng.platform.operation.keeping import Storage
from tanheng.platform.record.models import AuditEvent
from tanheng.platform.ui.frame import Page
from tanheng.platform.ui.language import text_of

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
            "backup": (backup := keeping.backup_state(now=now)),
            "backup_failure": backup.failure.get("zh" if (get_language() or "").startswith("zh") else "en"),
            "daily": _daily(now),
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


def _daily(now: datetime.datetime) -> dict[str, Any]:  # Any: template context
    """Return the plan of the daily backup, or why it cannot be read."""
    try:
        plan = backup_plan.read(settings.FOLDER)
    except TanhengError as error:
        return {"fault": text_of(error)}
    return {
        "plan": plan,
        "next": backup_plan.next_time(plan, now),
        "file": backup_plan.path_of(settings.FOLDER),
        "is_inside": plan.folder.is_relative_to(settings.FOLDER.root),
    }


def _shown(action: str, now: datetime.datetime) -> dict[str, Any]:  # Any: template context
    event: AuditEvent | None = keeping.last(action)
    if event is None:
        return {"event": None, "look": "bad"}
    if event.result != AuditEvent.Result.DONE:
        return {"event": event, "look": "bad"}
    return {"event": event, "look": "good" if now - event.at <= keeping.DUE[action] else "wait"}
