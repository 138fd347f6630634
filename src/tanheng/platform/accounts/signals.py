"""Logins in the audit trail: those that worked, those that failed, those that were locked out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from tanheng.platform.accounts.models import User
from tanheng.platform.record import audit
from tanheng.platform.record.actor import Actor


def _logged_in(sender: object, request: HttpRequest, user: User, **_: Any) -> None:  # noqa: ARG001  # Any: the signal's rest
    audit.note("accounts.login", actor=Actor(user.uid), subject=str(user.uid))


def _logged_out(sender: object, request: HttpRequest, user: User | None, **_: Any) -> None:  # noqa: ARG001
    if user is not None:
        audit.note("accounts.logout", actor=Actor(user.uid), subject=str(user.uid))


def _failed(sender: object, credentials: dict[str, Any], **_: Any) -> None:  # noqa: ARG001
    name = str(credentials.get("username") or credentials.get("login") or "")[:100]
    audit.note("accounts.login", actor=None, result=audit.Result.REFUSED, detail={"username": name})


def _locked(sender: object, request: HttpRequest, username: str, **_: Any) -> None:  # noqa: ARG001
    audit.note("accounts.locked_out", actor=None, result=audit.Result.REFUSED, detail={"username": str(username)[:100]})


def attempted_name(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str | None:
    """Return the user name of a login attempt, for the lock that follows too many.

    Without it, all people behind one address would be locked out together.
    """
    given = dict(credentials or {})
    name = given.get("username") or given.get("login") or request.POST.get("login")
    return str(name)[:150] if name else None


def connect() -> None:
    """Connect the receivers."""
    user_logged_in.connect(_logged_in, dispatch_uid="tanheng_logged_in")
    user_logged_out.connect(_logged_out, dispatch_uid="tanheng_logged_out")
    user_login_failed.connect(_failed, dispatch_uid="tanheng_login_failed")
    user_locked_out.connect(_locked, dispatch_uid="tanheng_locked_out")
