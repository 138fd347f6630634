"""Sort keys: by what a Chinese text of a plant's records is put in order."""

from __future__ import annotations

from django.db import models


class SortKey(models.Model):
    """The key of one text. Derived from the text alone: it may be removed and made again at any time."""

    plant = models.ForeignKey("record.Plant", on_delete=models.PROTECT, related_name="+", db_index=False)
    text = models.CharField(max_length=60)
    key = models.TextField()

    class Meta:
        """Database rules."""

        db_table = "record_sort_key"
        constraints = (models.UniqueConstraint(fields=("plant", "text"), include=("key",), name="record_sort_key_once"),)

    def __str__(self) -> str:
        return self.text
