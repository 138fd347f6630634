"""Mail: written with what it tells of, in the same transaction; sent afterwards, and again while the server is away."""

from __future__ import annotations

import datetime
import smtplib
from collections.abc import Iterable

from django.conf import settings
from django.core.mail import EmailMessage

from tanheng.core import messages
from tanheng.platform.database.scope import scope
from tanheng.platform.notice.models import Message

MOST_TRIES = 12
FIRST_PAUSE = datetime.timedelta(minutes=1)
"""After a try that failed; doubled after each further one, so that the last comes some 34 hours after the first."""


def queue(
    plant: int,
    *,
    key: str,
    recipients: Iterable[tuple[str, str]],
    subject: str,
    body: str,
    fields: dict[str, object],
    now: datetime.datetime,
) -> int:
    """Queue a mail to each recipient; the same key and address never get a second one.

    Parameters
    ----------
    recipients : iterable of (address, language)
    subject, body : str
        Codes of the messages that are the mail's subject and body.

    Returns
    -------
    int
        How many were new.
    """
    rows = []
    for address, language in recipients:
        word = "zh" if language.startswith("zh") else "en"
        head, text = messages.render(subject, word, fields), messages.render(body, word, fields)
        rows.append(Message(plant_id=plant, key=key, address=address, subject=_one_line(head), body=text, made_at=now))
    before = Message.objects.filter(plant_id=plant, key=key).count()
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    return Message.objects.filter(plant_id=plant, key=key).count() - before


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]


def send_waiting(plant: int, *, now: datetime.datetime) -> int:
    """Send what waits and whose time has come; return how many were sent.

    It opens a scope for each mail, so that each is marked in a transaction of its own, right after the server took it.
    """
    if not settings.MAIL_ENABLED:
        return 0
    with scope([plant]):
        unsent = Message.objects.filter(plant_id=plant, sent_at__isnull=True, tries__lt=MOST_TRIES).order_by("pk")
        waiting = [key for key, made, tries in unsent.values_list("pk", "made_at", "tries") if _is_time(made, tries, now)]
    sent = 0
    for key in waiting:
        with scope([plant]):
            message = Message.objects.select_for_update(skip_locked=True).filter(pk=key, sent_at__isnull=True).first()
            if message is not None:
                sent += _send(message, now)
    return sent


def _is_time(made: datetime.datetime, tries: int, now: datetime.datetime) -> bool:
    """Tell whether a mail is to be tried: 0, 1, 3, 7, 15 … minutes after it was made.

    A demonstration's clock may be ahead: what was made there does not wait for it.
    """
    return made > now or made + FIRST_PAUSE * (2**tries - 1) <= now


def _send(message: Message, now: datetime.datetime) -> int:
    mail = EmailMessage(message.subject, message.body, settings.DEFAULT_FROM_EMAIL, [message.address])
    message.tries += 1
    try:
        mail.send()
    except (smtplib.SMTPException, OSError) as error:
        message.failure = f"{type(error).__name__}: {error}"[:1000]
        message.save(update_fields=["tries", "failure"])
        return 0
    message.sent_at, message.failure = now, ""
    message.save(update_fields=["tries", "sent_at", "failure"])
    return 1
