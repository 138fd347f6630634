"""The plant as tenant: whose rows these are, and the head of its log. What the plant *is* stands in the plant app."""

from __future__ import annotations

import uuid

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Plant(models.Model):
    """One plant: the unit of tenancy and of the transparency log.

    ``next_index`` is the index that the next log entry takes; whoever takes it locks this row, so indices are dense.
    ``epoch`` counts the log's epochs: a restore behind a cosigned checkpoint begins a new one.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(
        _("code"), max_length=64, unique=True, validators=[RegexValidator(r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")]
    )
    name_zh = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, default="Asia/Shanghai")
    demonstration = models.BooleanField(_("demonstration"), default=False)
    clock_offset_ms = models.BigIntegerField(default=0)
    next_index = models.BigIntegerField(default=0)
    epoch = models.PositiveIntegerField(default=1)
    founded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Database rules."""

        db_table = "record_plant"
        constraints = (models.CheckConstraint(condition=models.Q(next_index__gte=0), name="record_plant_next_index"),)

    def __str__(self) -> str:
        return self.name_zh

    def name(self, language: str) -> str:
        """Return the plant's name in ``language``; the Chinese one where there is no English."""
        return self.name_zh if language.startswith("zh") or not self.name_en else self.name_en
