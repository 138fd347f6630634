"""Who sees the rows of the instruments app; versions are never rewritten; installations do not overlap.

The exclusions look at the versions in force only, and wait until the row they replace is closed: the new version stands in the
table for a moment beside the old one. Numbers stand as ranges of one, since the server has no ``btree_gist``.
"""

from __future__ import annotations

from django.db import migrations

from tanheng.platform.database.operations import NeverRewritten, PlantPolicy

TABLES = (
    "instrument_instrument",
    "instrument_spell",
    "instrument_installation",
    "instrument_chain",
    "instrument_seal",
    "instrument_certificate",
    "instrument_confirmation",
    "instrument_year_end",
)


def _exclusion(name: str, key: str, unless: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE instrument_installation ADD CONSTRAINT {name} EXCLUDE USING gist ("
        "int8range(plant_id, plant_id, '[]') WITH &&,"
        f" int8range({key}, {key}, '[]') WITH &&,"
        " int8range(begins, ends) WITH &&"
        f") WHERE (known_to IS NULL AND NOT retired AND {unless} = '') DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE instrument_installation DROP CONSTRAINT {name}",
        elidable=False,
    )


class Migration(migrations.Migration):
    """Policies, triggers, exclusions."""

    dependencies = [("database", "0001_functions"), ("instrument", "0001_initial")]
    operations = [
        *(PlantPolicy(table) for table in TABLES),
        *(NeverRewritten(table, once=("known_to",)) for table in TABLES),
        _exclusion("instrument_installation_one_place", "item_key", "shared_reason"),
        _exclusion("instrument_installation_one_item", "point_key", "beside_reason"),
    ]
