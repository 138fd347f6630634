"""Log entries, attachments and the audit trail in the API."""

from __future__ import annotations

import base64
import datetime
import uuid
from typing import Any

from django.http import FileResponse, HttpRequest
from ninja import File, Query, Router, Schema
from ninja.files import UploadedFile

from tanheng.platform.record import attachments, selectors
from tanheng.platform.record.actor import Actor, require
from tanheng.platform.record.idempotency import idempotent
from tanheng.platform.record.paging import ERRORS, Page, PageQuery, page_of

router = Router()


class EntryRow(Schema):
    """One entry of a plant's log."""

    epoch: int
    index: int
    type: str
    subject: str
    at: datetime.datetime
    statement: str

    @staticmethod
    def resolve_statement(entry: Any) -> str:  # Any: a row, or what was made of one
        """Return the statement's bytes in Base64."""
        return base64.b64encode(bytes(entry.statement)).decode()


class AttachmentRow(Schema):
    """One file."""

    uid: uuid.UUID
    subject: uuid.UUID | None
    name: str
    media: str
    size: int
    sha256: str
    actor: uuid.UUID
    at: datetime.datetime
    log_epoch: int
    log_index: int


class AuditRow(Schema):
    """One line of the audit trail."""

    at: datetime.datetime
    actor: uuid.UUID | None
    session: str
    address: str | None
    action: str
    subject: str
    result: str
    detail: dict[str, Any]  # Any: JSON


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]  # set by ninja
    return actor


@router.get("/plants/{code}/log", response={200: Page[EntryRow], **ERRORS}, summary="Log entries", tags=["log"])
def list_log(request: HttpRequest, code: str, query: Query[PageQuery]) -> dict[str, object]:
    """Return the entries of a plant's log, oldest first."""
    return page_of(selectors.entries(_actor(request), code), query)


@router.get("/plants/{code}/audit", response={200: Page[AuditRow], **ERRORS}, summary="Audit trail", tags=["audit"])
def list_audit(request: HttpRequest, code: str, query: Query[PageQuery]) -> dict[str, object]:
    """Return the audit trail of a plant, newest first."""
    return page_of(selectors.audit_trail(_actor(request), code), query)


@router.post("/plants/{code}/files", response={201: AttachmentRow, **ERRORS}, summary="Hand in a file", tags=["files"])
@idempotent(201)
def upload(request: HttpRequest, code: str, file: File[UploadedFile]) -> AttachmentRow:
    """Keep a file; it is checked by its bytes and logged."""
    actor = _actor(request)
    plant = selectors.plant(actor, code)
    require(actor, "record.attach", plant.pk)
    kept = attachments.store(file.chunks(), plant=plant.pk, name=file.name or "file", actor=actor)
    return AttachmentRow.from_orm(kept)


@router.get("/plants/{code}/files", response={200: Page[AttachmentRow], **ERRORS}, summary="List files", tags=["files"])
def list_files(request: HttpRequest, code: str, query: Query[PageQuery]) -> dict[str, object]:
    """Return the files of a plant, oldest first."""
    return page_of(selectors.files(_actor(request), code), query)


@router.get("/plants/{code}/files/{uid}", response=ERRORS, summary="Fetch a file", tags=["files"])
def download(request: HttpRequest, code: str, uid: uuid.UUID) -> FileResponse:
    """Return a file's bytes, after they were compared with the hash that was logged; never shown inside a page."""
    found = selectors.file(_actor(request), code, uid)
    answer = FileResponse(attachments.opened(found), as_attachment=True, filename=found.name, content_type=found.media)
    answer["Content-Security-Policy"] = "sandbox"
    return answer
