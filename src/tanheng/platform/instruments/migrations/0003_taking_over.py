"""The range as printed, the state when taken over, and calibration records without a number."""

from __future__ import annotations

from django.db import migrations, models

STATES = ("pending", "in_service", "sealed_up", "out_of_service", "repair", "downgraded", "scrapped")


class Migration(migrations.Migration):
    """Two columns of instruments; the number of a certificate may be blank."""

    dependencies = [("instrument", "0002_rules")]
    operations = [
        migrations.AddField(
            "instrument",
            "range_text",
            models.CharField(blank=True, default="", max_length=200, verbose_name="range as printed"),
        ),
        migrations.AddField(
            "instrument",
            "taken_over_state",
            models.CharField(
                blank=True,
                choices=[(state, state) for state in STATES],
                default="",
                max_length=16,
                verbose_name="state when taken over",
            ),
        ),
        migrations.AlterField(
            "certificate", "number", models.CharField(blank=True, max_length=100, verbose_name="certificate number")
        ),
    ]
