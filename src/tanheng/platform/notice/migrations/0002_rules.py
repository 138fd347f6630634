"""Who sees the rows of the notice app, and which of them are never rewritten."""

from __future__ import annotations

from django.db import migrations

from tanheng.platform.database.operations import NeverRewritten, PlantPolicy


class Migration(migrations.Migration):
    """Policies and triggers."""

    dependencies = [("database", "0001_functions"), ("notice", "0001_initial")]
    operations = [
        PlantPolicy("notice_alarm"),
        PlantPolicy("notice_alarm_event"),
        PlantPolicy("notice_alarm_rule"),
        PlantPolicy("notice_duty"),
        PlantPolicy("notice_message"),
        NeverRewritten("notice_alarm_event"),
    ]
