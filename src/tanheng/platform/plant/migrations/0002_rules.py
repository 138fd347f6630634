"""Who sees the rows of the plant app; versions are never rewritten."""

from __future__ import annotations

from django.db import migrations

from tanheng.platform.database.operations import NeverRewritten, PlantPolicy

TABLES = ("plant_enterprise", "plant_site", "plant_permit", "plant_line")


class Migration(migrations.Migration):
    """Policies and triggers."""

    dependencies = [("database", "0001_functions"), ("plant", "0001_initial")]
    operations = [
        *(PlantPolicy(table) for table in TABLES),
        *(NeverRewritten(table, once=("known_to",)) for table in TABLES),
    ]
