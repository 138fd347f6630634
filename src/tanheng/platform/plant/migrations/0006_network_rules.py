"""Who sees the rows of network, equipment and boundary; versions are never rewritten."""

from __future__ import annotations

from django.db import migrations

from tanheng.platform.database.operations import NeverRewritten, PlantPolicy

TABLES = (
    "plant_source_stream",
    "plant_node",
    "plant_edge",
    "plant_point",
    "plant_equipment",
    "plant_edition",
    "plant_clinker_boundary",
)


class Migration(migrations.Migration):
    """Policies and triggers."""

    dependencies = [("database", "0001_functions"), ("plant", "0005_network")]
    operations = [
        *(PlantPolicy(table) for table in TABLES),
        *(NeverRewritten(table, once=("known_to",)) for table in TABLES),
    ]
