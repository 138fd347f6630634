"""Alarms and duties in the API."""

from __future__ import annotations

import datetime
import uuid
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from tanheng.core import messages
from tanheng.platform.errors import MissingError
from tanheng.platform.notice import alarms, duties
from tanheng.platform.notice.models import Alarm, Duty
from tanheng.platform.record import selectors
from tanheng.platform.record.actor import Actor, require
from tanheng.platform.record.idempotency import idempotent
from tanheng.platform.record.paging import ERRORS, Page, PageQuery, page_of

router = Router()
Reason = Annotated[str, Field(min_length=1, max_length=2000)]


class AlarmRow(Schema):
    """One alarm."""

    uid: uuid.UUID
    key: str
    code: str
    message: dict[str, str]
    priority: int
    count: int
    raised_at: datetime.datetime
    last_at: datetime.datetime
    acknowledged_at: datetime.datetime | None
    shelved_until: datetime.datetime | None
    cleared_at: datetime.datetime | None

    @staticmethod
    def resolve_message(alarm: Any) -> dict[str, str]:  # Any: a row, or what was made of one
        """Return the alarm's text in both languages."""
        return {language: messages.render(alarm.code, language, alarm.fields) for language in messages.LANGUAGES}


class DutyRow(Schema):
    """One duty."""

    uid: uuid.UUID
    rule: str
    period: str
    opens_on: datetime.date
    due_on: datetime.date
    done_at: datetime.datetime | None
    note: str


class Acknowledgement(Schema):
    """Why an alarm is acknowledged."""

    reason: Reason


class Shelf(Schema):
    """Why and until when an alarm is put aside."""

    reason: Reason
    until: AwareDatetime


class Finish(Schema):
    """How a duty ended."""

    note: Annotated[str, Field(max_length=2000)] = ""


class AlarmQuery(PageQuery):
    """Which alarms."""

    open_only: bool = True


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]  # set by ninja
    return actor


@router.get("/plants/{code}/alarms", response={200: Page[AlarmRow], **ERRORS}, summary="List alarms", tags=["alarms"])
def list_alarms(request: HttpRequest, code: str, query: Query[AlarmQuery]) -> dict[str, object]:
    """Return a plant's alarms, the most urgent first."""
    plant = selectors.plant(_actor(request), code)
    require(_actor(request), "notice.read", plant.pk)
    rows = alarms.open_alarms(plant.pk, now=timezone.now()) if query.open_only else Alarm.objects.filter(plant=plant)
    return page_of(rows.order_by("priority", "-raised_at", "id"), query)


@router.post("/plants/{code}/alarms/{uid}/acknowledge", response={200: AlarmRow, **ERRORS}, tags=["alarms"])
@idempotent(200)
def acknowledge_alarm(request: HttpRequest, code: str, uid: uuid.UUID, body: Acknowledgement) -> AlarmRow:
    """Acknowledge an open alarm."""
    alarm = _alarm(request, code, uid)
    return AlarmRow.from_orm(alarms.acknowledge(alarm, actor=_actor(request), reason=body.reason, now=timezone.now()))


@router.post("/plants/{code}/alarms/{uid}/shelve", response={200: AlarmRow, **ERRORS}, tags=["alarms"])
@idempotent(200)
def shelve_alarm(request: HttpRequest, code: str, uid: uuid.UUID, body: Shelf) -> AlarmRow:
    """Put an open alarm aside until a time."""
    alarm = _alarm(request, code, uid)
    now = timezone.now()
    return AlarmRow.from_orm(alarms.shelve(alarm, actor=_actor(request), reason=body.reason, until=body.until, now=now))


def _alarm(request: HttpRequest, code: str, uid: uuid.UUID) -> Alarm:
    found = Alarm.objects.filter(plant=selectors.plant(_actor(request), code), uid=uid).first()
    if found is None:
        raise MissingError("platform.record.missing", type="alarm", subject=uid)
    return found


@router.get("/plants/{code}/duties", response={200: Page[DutyRow], **ERRORS}, summary="List duties", tags=["duties"])
def list_duties(request: HttpRequest, code: str, query: Query[PageQuery]) -> dict[str, object]:
    """Return a plant's duties by due day."""
    plant = selectors.plant(_actor(request), code)
    require(_actor(request), "notice.read", plant.pk)
    return page_of(Duty.objects.filter(plant=plant).order_by("due_on", "id"), query)


@router.post("/plants/{code}/duties/{uid}/finish", response={200: DutyRow, **ERRORS}, tags=["duties"])
@idempotent(200)
def finish_duty(request: HttpRequest, code: str, uid: uuid.UUID, body: Finish) -> DutyRow:
    """End a duty."""
    duty = Duty.objects.filter(plant=selectors.plant(_actor(request), code), uid=uid).first()
    if duty is None:
        raise MissingError("platform.record.missing", type="duty", subject=uid)
    return DutyRow.from_orm(duties.finish(duty, actor=_actor(request), now=timezone.now(), note=body.note))
