"""Statistics after a large import, taken at once: the planner would else believe in an empty table for a minute."""

from __future__ import annotations

from django.db import migrations

FUNCTION = """
CREATE FUNCTION refresh_statistics(wanted regclass) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
$body$ BEGIN EXECUTE format('ANALYZE %s', wanted); END $body$;
"""


class Migration(migrations.Migration):
    """A function of the owner."""

    dependencies = [("record", "0002_rules")]
    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION refresh_statistics(regclass)")]
