"""Housekeeping: jobs of dead workers are tried again, finished ones removed, old answers forgotten; stored data read again."""

from __future__ import annotations

import datetime

from django.core.management import call_command
from django.utils import timezone
from procrastinate.contrib.django import app

from tanheng.platform.database.scope import all_plants, scope
from tanheng.platform.jobs import task
from tanheng.platform.notice import alarms
from tanheng.platform.notice.models import Alarm
from tanheng.platform.operation import auditing, keeping
from tanheng.platform.record.actor import Actor
from tanheng.platform.record.models import IdempotencyKey

KEEP_ANSWERS = datetime.timedelta(days=7)
KEEP_JOBS_HOURS = 24 * 30
DEAD_AFTER = 30.0


@app.periodic(cron="* * * * *")
@app.task(name="operation.retry_stalled", queueing_lock="operation.retry_stalled")
async def retry_stalled(timestamp: int) -> None:  # noqa: ARG001
    """Try the jobs again whose worker has gone silent."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
        await app.job_manager.retry_job(job)


@app.periodic(cron="41 3 * * *")
@app.task(name="operation.remove_old_jobs", queueing_lock="operation.remove_old_jobs")
async def remove_old_jobs(timestamp: int) -> None:  # noqa: ARG001
    """Remove jobs that ended a month ago."""
    await app.job_manager.delete_old_jobs(nb_hours=KEEP_JOBS_HOURS, include_failed=True)


@task("operation.tidy", once="operation.tidy", cron="17 3 * * *")
def tidy(timestamp: int) -> None:  # noqa: ARG001
    """Forget what only served for a while."""
    IdempotencyKey.objects.filter(at__lt=timezone.now() - KEEP_ANSWERS).delete()
    call_command("clearsessions")


@task("operation.watch_backup", once="operation.watch_backup", cron="*/10 * * * *")
def watch_backup(timestamp: int) -> None:  # noqa: ARG001  # state says what is due, not the tick
    """Raise an alarm at every plant while there is no fresh backup, and clear it when there is one."""
    now, plants = timezone.now(), all_plants()
    with scope(plants):
        state = keeping.backup_state(now=now)
    for plant in plants:
        with scope([plant]):
            _tell_backup(plant, state, now)


def _tell_backup(plant: int, state: keeping.BackupState, now: datetime.datetime) -> None:
    actor = Actor.system("backup")
    if not state.failure and not state.is_late:
        alarms.clear(plant, key="backup", actor=actor, now=now)
        return
    at = f"{state.good.at:%Y-%m-%d %H:%M} UTC" if state.good is not None else "—"
    alarms.raise_alarm(
        plant,
        key="backup",
        code="platform.alarm.backup_failed" if state.failure else "platform.alarm.backup_late",
        fields={"at": at, "reason": state.failure["zh"]} if state.failure else {"at": at},
        priority=Alarm.Priority.URGENT if state.is_late else Alarm.Priority.HIGH,
        now=now,
        actor=actor,
    )


@task("operation.fsck", once="operation.fsck", cron="23 18 * * *")  # 02:23 in China
def fsck(timestamp: int) -> None:  # noqa: ARG001
    """Read what is stored again; each plant that something was found of gets an alarm that names the first."""
    now = timezone.now()
    check = auditing.check_of()
    found = auditing.run(check, tell=lambda *_: None, now=now)
    for plant in check.plants:
        of_plant = [
            finding for auditor, finding in found if isinstance(auditor, auditing.LakeAuditor) or auditor.plant == plant
        ]
        if not of_plant:
            continue
        with scope([plant]):
            alarms.raise_alarm(
                plant,
                key="fsck",
                code="platform.alarm.fsck",
                fields={"count": len(of_plant), "first": of_plant[0].text("zh")},
                priority=Alarm.Priority.URGENT,
                now=now,
                actor=Actor.system("fsck"),
            )
