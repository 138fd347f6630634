"""By what Chinese texts are put in order."""

import django.db.models.deletion
from django.db import migrations, models

from tanheng.platform.database.operations import PlantPolicy


class Migration(migrations.Migration):
    dependencies = [("record", "0003_statistics")]

    operations = [
        migrations.CreateModel(
            name="SortKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=60)),
                ("key", models.TextField()),
                (
                    "plant",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="record.plant"
                    ),
                ),
            ],
            options={
                "db_table": "record_sort_key",
                "constraints": [
                    models.UniqueConstraint(fields=("plant", "text"), include=("key",), name="record_sort_key_once")
                ],
            },
        ),
        PlantPolicy("record_sort_key"),
    ]
