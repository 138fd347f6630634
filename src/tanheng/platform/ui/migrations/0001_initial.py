"""Saved filters, and who sees them."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tanheng.platform.database.operations import PlantPolicy


class Migration(migrations.Migration):
    """The table and its policy."""

    initial = True
    dependencies = [
        ("database", "0001_functions"),
        ("record", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ledger", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("query", models.CharField(max_length=2000)),
                (
                    "plant",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="record.plant"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "ui_saved_filter",
                "ordering": ("name",),
                "constraints": [
                    models.UniqueConstraint(fields=("plant", "user", "ledger", "name"), name="ui_saved_filter_name")
                ],
            },
        ),
        PlantPolicy("ui_saved_filter"),
    ]
