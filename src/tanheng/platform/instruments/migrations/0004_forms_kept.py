"""Forms 1-8-1 as they were filled in: who sees them, and that none is rewritten."""

from __future__ import annotations

import uuid

import django.db.models.deletion
from django.db import migrations, models

from tanheng.platform.database.operations import NeverRewritten, PlantPolicy


class Migration(migrations.Migration):
    """One table, its policy and its triggers."""

    dependencies = [
        ("instrument", "0003_taking_over"),
        ("record", "0003_statistics"),
    ]

    operations = [
        migrations.CreateModel(
            name="Form181",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.UUIDField(default=uuid.uuid4)),
                ("version", models.PositiveIntegerField()),
                ("valid_from", models.DateField(null=True)),
                ("valid_to", models.DateField(null=True)),
                ("known_from", models.DateTimeField()),
                ("known_to", models.DateTimeField(null=True)),
                ("actor", models.UUIDField()),
                ("reason", models.TextField(blank=True)),
                ("schema", models.CharField(max_length=64)),
                ("payload", models.BinaryField()),
                ("salt", models.BinaryField()),
                ("log_epoch", models.PositiveIntegerField()),
                ("log_index", models.BigIntegerField()),
                ("retired", models.BooleanField(default=False)),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("stood_on", models.DateField(verbose_name="as of")),
                ("edition", models.CharField(max_length=8, verbose_name="edition of GB 17167")),
                ("answered", models.PositiveSmallIntegerField(verbose_name="items answered")),
                ("digest", models.CharField(max_length=71, verbose_name="digest")),
                (
                    "plant",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="record.plant"
                    ),
                ),
            ],
            options={
                "db_table": "instrument_form_181",
                "abstract": False,
                "indexes": [
                    models.Index(fields=["plant", "subject", "-version"], name="instrument_form181_latest"),
                    models.Index(fields=["plant", "year"], name="instrument_form181_by_year"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("plant", "subject", "version"), name="instrument_form181_version"),
                    models.UniqueConstraint(fields=("plant", "log_epoch", "log_index"), name="instrument_form181_log_index"),
                    models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="instrument_form181_counted"),
                    models.CheckConstraint(
                        condition=models.Q(("version", 1), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="instrument_form181_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_from__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="instrument_form181_validity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("known_to__isnull", True), ("known_to__gte", models.F("known_from")), _connector="OR"
                        ),
                        name="instrument_form181_known",
                    ),
                    models.UniqueConstraint(fields=("plant", "year", "version"), name="instrument_form181_one_a_year"),
                ],
            },
        ),
        PlantPolicy("instrument_form_181"),
        NeverRewritten("instrument_form_181", once=("known_to",)),
    ]
