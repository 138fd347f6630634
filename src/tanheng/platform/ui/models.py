"""What is kept of the pages: a person's filters, and how a plant's own sheets are laid out."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedFilter(models.Model):
    """The query string of a ledger's page, under a name, for one person at one plant."""

    plant = models.ForeignKey("record.Plant", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ledger = models.CharField(max_length=64)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=2000)

    class Meta:
        """Database rules."""

        db_table = "ui_saved_filter"
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("plant", "user", "ledger", "name"), name="ui_saved_filter_name"),)

    def __str__(self) -> str:
        return self.name


class SheetMapping(models.Model):
    """Which column of a plant's own sheets is which field of a ledger, under a name; for all who import into it."""

    plant = models.ForeignKey("record.Plant", on_delete=models.PROTECT, related_name="+")
    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    ledger = models.CharField(max_length=64)
    name = models.CharField(_("name"), max_length=60)
    layout = models.JSONField()
    actor = models.UUIDField()
    saved_at = models.DateTimeField()

    class Meta:
        """Database rules."""

        db_table = "ui_sheet_mapping"
        ordering = ("-saved_at",)
        constraints = (models.UniqueConstraint(fields=("plant", "ledger", "name"), name="ui_sheet_mapping_name"),)

    def __str__(self) -> str:
        return self.name
