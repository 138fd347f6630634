"""How a plant's own sheets are laid out, and who sees it."""

from __future__ import annotations

import uuid

import django.db.models.deletion
from django.db import migrations, models

from tanheng.platform.database.operations import PlantPolicy


class Migration(migrations.Migration):
    """The table and its policy."""

    dependencies = [("ui", "0001_initial"), ("record", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="SheetMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("ledger", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("layout", models.JSONField()),
                ("actor", models.UUIDField()),
                ("saved_at", models.DateTimeField()),
                (
                    "plant",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="record.plant"),
                ),
            ],
            options={
                "db_table": "ui_sheet_mapping",
                "ordering": ("-saved_at",),
                "constraints": [models.UniqueConstraint(fields=("plant", "ledger", "name"), name="ui_sheet_mapping_name")],
            },
        ),
        PlantPolicy("ui_sheet_mapping"),
    ]
