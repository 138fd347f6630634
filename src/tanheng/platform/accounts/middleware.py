"""From a request to its actor and its scope."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone, translation

from tanheng.platform.accounts.models import Token, User
from tanheng.platform.accounts.selectors import actor_of, token_of
from tanheng.platform.database.scope import scope
from tanheng.platform.errors import RightsError
from tanheng.platform.record import audit
from tanheng.platform.record.actor import Actor

Handler = Callable[[HttpRequest], HttpResponseBase]
NOBODY = frozenset[int]()
NOTED_EVERY = datetime.timedelta(minutes=1)


class TokenMiddleware:
    """Takes ``Authorization: Bearer`` as the identity of a request to the API; a wrong token is refused, not ignored."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        header = request.headers.get("Authorization", "")
        if not header.startswith("Bearer ") or not request.path.startswith("/api/"):
            return self.get_response(request)
        token = token_of(header.removeprefix("Bearer ").strip())
        if token is None:
            error = RightsError("platform.accounts.token")
            message = {"zh": error.text("zh"), "en": error.text("en")}
            return JsonResponse({"code": error.code, "message": message, "fields": {}, "findings": []}, status=401)
        now = timezone.now()
        if token.last_used_at is None or now - token.last_used_at > NOTED_EVERY:
            Token.objects.filter(pk=token.pk).update(last_used_at=now)
        request.user = token.user
        request.tanheng_token = token  # type: ignore[attr-defined]  # one attribute of ours
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # Django's own switch: no cookie is used
        return self.get_response(request)


class ScopeMiddleware:
    """Opens the scope of a request: the plants at which its actor may do anything, in one transaction.

    An exception, or an answer of 500 and above, rolls the transaction back: nothing is half-saved. A wrong login is answered
    with a page and commits, because it must be remembered.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        if request.path.startswith(("/static/", "/healthz", "/metrics", "/ca.crt")):
            return self.get_response(request)
        actor = actor_of_request(request)
        if actor is not None and isinstance(request.user, User) and not request.COOKIES.get("django_language"):
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        request.actor = actor  # type: ignore[attr-defined]  # one attribute of ours
        plants = actor.plants() if actor is not None else NOBODY
        with scope(plants):
            answer = self.get_response(request)
            if answer.status_code >= 500 or getattr(request, "tanheng_failed", False):
                transaction.set_rollback(True)
            return answer

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:  # noqa: ARG002
        """Mark the request, so that what it wrote is rolled back when Django turns the exception into a page."""
        request.tanheng_failed = True  # type: ignore[attr-defined]  # one attribute of ours
        return None


def actor_of_request(request: HttpRequest) -> Actor | None:
    """Return who makes a request, or None for somebody unknown."""
    user = request.user
    if isinstance(user, AnonymousUser) or not isinstance(user, User) or not user.is_active:
        return None
    token: Token | None = getattr(request, "tanheng_token", None)
    if token is not None:
        actor = actor_of(user, session=f"token:{token.uid}", only=token.permissions)
    else:
        methods = {record.get("method") for record in get_authentication_records(request, user)}
        key = request.session.session_key or ""
        opaque = hashlib.sha256(key.encode()).hexdigest()[:16]
        actor = actor_of(user, session=f"session:{opaque}", second_factor="mfa" in methods)
    where = audit.origin.get()
    audit.origin.set(audit.Origin(where.address, actor.session))
    return actor


def require_actor(request: HttpRequest) -> Actor:
    """Return who makes a request.

    Raises
    ------
    RightsError
        Nobody is logged in.
    """
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        raise RightsError("platform.rights.login")
    return actor
