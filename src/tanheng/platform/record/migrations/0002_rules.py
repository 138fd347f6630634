"""Who sees the rows of the record app, and which of them are never rewritten."""

from __future__ import annotations

from django.db import migrations

from tanheng.platform.database.operations import NeverRewritten, PlantPolicy

# What must be known outside a scope: the keys of all plants, and whether a code is taken. Nothing else leaves the policy.
FUNCTIONS = """
CREATE FUNCTION plant_keys() RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$body$ SELECT id FROM record_plant ORDER BY id $body$;

CREATE FUNCTION plant_code_taken(wanted text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$body$ SELECT EXISTS (SELECT 1 FROM record_plant WHERE code = wanted) $body$;
"""

DROP_FUNCTIONS = "DROP FUNCTION plant_code_taken(text); DROP FUNCTION plant_keys();"


class Migration(migrations.Migration):
    """Policies and triggers."""

    dependencies = [("database", "0001_functions"), ("record", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        PlantPolicy("record_plant", column="id"),
        PlantPolicy("record_log_entry"),
        PlantPolicy("record_checkpoint"),
        PlantPolicy("record_attachment"),
        PlantPolicy("record_audit_event", shared=True),
        NeverRewritten("record_log_entry"),
        NeverRewritten("record_attachment"),
        NeverRewritten("record_audit_event"),
    ]
