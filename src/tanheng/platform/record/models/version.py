"""Versions: records that are corrected by a further row and never overwritten.

Two times stand in each row. *Valid* is what the row is about: a line's capacity from 1 March on. *Known* is when we knew it. Of
the versions that cover a day, the latest known one holds. ``payload`` is what was logged, byte for byte; every other column
of an app is a projection of it that can be rebuilt.
"""

from __future__ import annotations

import datetime
import uuid
from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

V = TypeVar("V", bound="Version")


def _newer(rows: VersionQuerySet[V]) -> Exists:
    """Tell, in a query, whether ``rows`` hold a later version of the same record; an anti-join.

    A later version is at least the second. Saying so lets the database keep the few of these at hand instead of all rows.
    """
    same = rows.filter(plant=OuterRef("plant"), subject=OuterRef("subject"), version__gt=OuterRef("version"), version__gte=2)
    return Exists(same.order_by())


class VersionQuerySet(models.QuerySet[V]):
    """The reads that every ledger needs."""

    def known(self, moment: datetime.datetime | None = None) -> Self:
        """Return the versions in force: those known at ``moment`` (None: now) and not replaced by then."""
        if moment is None:
            return self.filter(known_to__isnull=True)
        return self.filter(Q(known_to__isnull=True) | Q(known_to__gt=moment), known_from__lte=moment)

    def on(self, day: datetime.date, *, known: datetime.datetime | None = None) -> Self:
        """Return, for each subject, the one version that holds on ``day`` by what was known at ``known``."""
        covering = self.known(known).filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gt=day)
        )
        return covering.filter(~_newer(covering), retired=False)

    def latest_versions(self) -> Self:
        """Return the last version of each subject that is not retired: what a ledger's page lists."""
        return self.filter(~_newer(self.model._default_manager.all()), retired=False)  # Django's documented name

    def history(self, subject: uuid.UUID) -> Self:
        """Return all versions of one subject, newest first."""
        return self.filter(subject=subject).order_by("-version")


VersionManager = models.Manager.from_queryset(VersionQuerySet)


class Version(models.Model):
    """One version of one record.

    Parameters
    ----------
    subject : UUID
        The record; the same for all its versions.
    version : int
        1, 2, 3 … without gaps.
    valid_from, valid_to : date
        Days the version is about, the last one excluded; None is open.
    known_from, known_to : datetime
        When it became known, and when a version covering all its days replaced it.
    actor : UUID
        Who wrote it (opaque).
    reason : str
        Why; never empty from version 2 on.
    schema : str
        Schema of the payload, such as ``line/1``.
    retired : bool
        The record ends here: it was entered by mistake or no longer exists.
    """

    TYPE: ClassVar[str]

    # Without an index of its own: the one over plant, subject and version begins with the plant.
    plant = models.ForeignKey("record.Plant", on_delete=models.PROTECT, related_name="+", db_index=False)
    subject = models.UUIDField(default=uuid.uuid4)
    version = models.PositiveIntegerField()
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    known_from = models.DateTimeField()
    known_to = models.DateTimeField(null=True)
    actor = models.UUIDField()
    reason = models.TextField(blank=True)
    schema = models.CharField(max_length=64)
    payload = models.BinaryField()
    salt = models.BinaryField()
    log_epoch = models.PositiveIntegerField()
    log_index = models.BigIntegerField()
    retired = models.BooleanField(default=False)

    objects = VersionManager()

    class Meta:
        """Database rules; an app's table takes them by inheriting this class."""

        abstract = True
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.UniqueConstraint(fields=("plant", "subject", "version"), name="%(app_label)s_%(class)s_version"),
            models.UniqueConstraint(fields=("plant", "log_epoch", "log_index"), name="%(app_label)s_%(class)s_log_index"),
            models.CheckConstraint(condition=Q(version__gte=1), name="%(app_label)s_%(class)s_counted"),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="%(app_label)s_%(class)s_reason"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="%(app_label)s_%(class)s_validity",
            ),
            models.CheckConstraint(
                condition=Q(known_to__isnull=True) | Q(known_to__gte=F("known_from")), name="%(app_label)s_%(class)s_known"
            ),
        )
        indexes: ClassVar[tuple[models.Index, ...]] = (
            models.Index(fields=("plant", "subject", "-version"), name="%(app_label)s_%(class)s_latest"),
        )

    def __str__(self) -> str:
        return f"{self.TYPE} {self.subject} v{self.version}"
