"""Alarms with their history, duties with their dated rules, and mail that waits to be sent."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Alarm(models.Model):
    """Something that needs a person. What happened to it stands in :class:`AlarmEvent`."""

    class Priority(models.IntegerChoices):
        """1 is the most urgent."""

        URGENT = 1, _("urgent")
        HIGH = 2, _("high")
        MEDIUM = 3, _("medium")
        LOW = 4, _("low")

    plant = models.ForeignKey("record.Plant", on_delete=models.PROTECT, related_name="+")
    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    key = models.CharField(max_length=200)
    code = models.CharField(max_length=100)
    fields = models.JSONField(default=dict)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices)
    raised_at = models.DateTimeField()
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)
    acknowledged_at = models.DateTimeField(null=True)
    shelved_until = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        """Database rules."""

        db_table = "notice_alarm"
        ordering = ("priority", "-raised_at")
        constraints = (
            models.UniqueConstraint(fields=("plant", "key"), condition=Q(cleared_at__isnull=True), name="notice_alarm_open"),
            models.CheckConstraint(condition=Q(priority__gte=1, priority__lte=4), name="notice_alarm_priority"),
            models.CheckConstraint(
                condition=Q(cleared_at__isnull=True) | Q(cleared_at__gte=F("raised_at")), name="notice_alarm_times"
            ),
        )
        indexes = (models.Index(fields=("plant", "-raised_at"), name="notice_alarm_raised"),)

    def __str__(self) -> str:
        return f"{self.code} {self.key}"


class AlarmEvent(models.Model):
    """One thing that happened to an alarm."""

    class Kind(models.TextChoices):
        """What happened."""

        RAISED = "raised"
        ACKNOWLEDGED = "acknowledged"
        SHELVED = "shelved"
        UNSHELVED = "unshelved"
        ESCALATED = "escalated"
        CLEARED = "cleared"

    plant = models.ForeignKey("record.Plant", on_delete=models.PROTECT, related_name="+")
    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    at = models.DateTimeField()
    actor = models.UUIDField()
    reason = models.TextField(blank=True)
    until = models.DateTimeField(null=True)

    class Meta:
        """Database rules."""

        db_table = "notice_alarm_event"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class AlarmRule(models.Model):
    """A plant's own say over one code of alarm: its priority, when it escalates, to which roles."""

    plant = models.ForeignKey("record.Plant", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=100)
    priority = models.PositiveSmallIntegerField(choices=Alarm.Priority.choices)
    escalate_after_minutes = models.PositiveIntegerField(null=True)
    roles = models.JSONField(default=list)

    class Meta:
        """Database rules."""

        db_table = "notice_alarm_rule"
        constraints = (models.UniqueConstraint(fields=("plant", "code"), name="notice_alarm_rule_code"),)

    def __str__(self) -> str:
        return self.code


class Duty(models.Model):
    """A task for one period with its deadline; made by its rule, ended by a person or by the work being done."""

    plant = models.ForeignKey("record.Plant", on_delete=models.PROTECT, related_name="+")
    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    rule = models.CharField(max_length=100)
    period = models.CharField(max_length=16)
    opens_on = models.DateField()
    due_on = models.DateField()
    deferred_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    overdue_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.UUIDField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        """Database rules."""

        db_table = "notice_duty"
        ordering = ("due_on", "rule")
        constraints = (
            models.UniqueConstraint(fields=("plant", "rule", "period"), name="notice_duty_once"),
            models.CheckConstraint(condition=Q(due_on__gte=F("opens_on")), name="notice_duty_days"),
        )

    def __str__(self) -> str:
        return f"{self.rule} {self.period}"


class Message(models.Model):
    """A mail to one person. Written with what it tells of, sent by a job, tried again while the server is away."""

    plant = models.ForeignKey("record.Plant", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    address = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    failure = models.TextField(blank=True)

    class Meta:
        """Database rules."""

        db_table = "notice_message"
        constraints = (models.UniqueConstraint(fields=("plant", "key", "address"), name="notice_message_once"),)

    def __str__(self) -> str:
        return f"{self.address}: {self.subject}"
