"""The root of the API: who asks, how errors read, and the routers of the apps.

Authentication is a token (``Authorization: Bearer …``) or the session of the pages with its CSRF token. Every error has one
shape: ``{code, message: {zh, en}, fields, findings}``.
"""

from __future__ import annotations

import logging
import uuid
from typing import Any

from django.db import DataError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import APIKeyCookie, HttpBearer

from tanheng import __version__
from tanheng.core.errors import InputError, PeriodError, TanhengError
from tanheng.platform.errors import ConflictError, MissingError, RightsError
from tanheng.platform.instruments.api import router as instruments
from tanheng.platform.notice.api import router as notice
from tanheng.platform.operation.requests import request_id
from tanheng.platform.plant.api import router as plant
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.api import router as record

_log = logging.getLogger(__name__)


class TokenAuth(HttpBearer):
    """A token; the middleware has already found its person."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:  # noqa: ARG002
        """Return the actor."""
        return getattr(request, "actor", None)


class SessionAuth(APIKeyCookie):
    """The session of the pages; changing requests carry the CSRF token."""

    param_name = "tanheng_session"

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:  # noqa: ARG002
        """Return the actor."""
        return getattr(request, "actor", None)


api = NinjaAPI(
    title="Tanheng 碳衡",
    version="1",
    description=f"Carbon metering for the cement industry. Platform version {__version__}.",
    auth=[TokenAuth(), SessionAuth()],
    docs_url=None,  # the usual viewer loads from outside hosts; /api/v1/openapi.json is for any viewer of one's own
    urls_namespace="api",
)
api.add_router("", plant)
api.add_router("", instruments)
api.add_router("", record)
api.add_router("", notice)


def answer(request: HttpRequest, error: TanhengError, *, status: int) -> HttpResponse:
    """Return an error in the API's shape; whatever the request changed is taken back."""
    if transaction.get_connection().in_atomic_block:
        transaction.set_rollback(True)
    body = {**_shape(error), "findings": [_shape(one) for one in getattr(error, "findings", ())]}
    return api.create_response(request, body, status=status)


def _shape(error: TanhengError) -> dict[str, Any]:  # Any: JSON
    fields = {name: value if isinstance(value, int) else str(value) for name, value in error.fields.items()}
    return {"code": error.code, "message": {"zh": error.text("zh"), "en": error.text("en")}, "fields": fields}


def _status(error: TanhengError) -> int:
    match error:
        case RightsError():
            return 401 if error.code == "platform.rights.login" else 403
        case MissingError():
            return 404
        case ConflictError():
            return 409
        case InputError() | PeriodError():
            return 422
        case _:
            return 500


@api.exception_handler(TanhengError)
def _ours(request: HttpRequest, error: TanhengError) -> HttpResponse:
    status = _status(error)
    if status == 500:
        _log.exception("request failed", exc_info=error)
    return answer(request, error, status=status)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    findings = [
        InputError("platform.api.field", field=".".join(str(part) for part in one["loc"][1:]), reason=str(one["msg"]))
        for one in error.errors
    ]
    return answer(request, InputError("platform.api.body", findings=findings), status=422)


@api.exception_handler(AuthenticationError)
def _unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:  # noqa: ARG001
    return answer(request, RightsError("platform.rights.login"), status=401)


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:  # noqa: ARG001
    return answer(request, MissingError("platform.api.path", path=request.path), status=404)


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    fault = InputError("platform.api.field", field="request", reason=str(error))
    return answer(request, fault, status=error.status_code)


@api.exception_handler(DataError)
def _unstorable(request: HttpRequest, error: DataError) -> HttpResponse:
    """Refuse what the database cannot hold, such as a NUL sign in a text."""
    return answer(request, InputError("platform.api.data", reason=str(error).splitlines()[0]), status=422)


@api.exception_handler(Exception)
def _unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    """Last resort: nothing is saved, nothing is told but a number under which the log has it (ASVS 16.5.4)."""
    number = request_id.get() or uuid.uuid4().hex[:12]
    _log.error("request failed", exc_info=error, extra={"request": number})
    return answer(request, TanhengError("platform.api.internal", request=number), status=500)
