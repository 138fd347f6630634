"""The functions behind row-level security and the refusal to rewrite."""

from __future__ import annotations

from django.db import migrations

# Each function of the database names its search path, so that nobody can put a table of the same name before ours.
FUNCTIONS = """
CREATE FUNCTION visible_plants() RETURNS bigint[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $body$
DECLARE
    plants text := current_setting('tanheng.plants', true);
BEGIN
    IF plants IS NULL OR plants = '' THEN
        RAISE EXCEPTION 'no scope is open: rows of a plant are read and written inside scope(plants)'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN plants::bigint[];
END
$body$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $body$
DECLARE
    once text;
    before jsonb;
    after jsonb;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := to_jsonb(OLD);
        after := to_jsonb(NEW);
        FOREACH once IN ARRAY coalesce(TG_ARGV, '{}') LOOP
            IF before -> once = 'null'::jsonb THEN
                before := before - once;
                after := after - once;
            END IF;
        END LOOP;
        IF before = after THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed or deleted: write a new version', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$body$;
"""

DROP_FUNCTIONS = "DROP FUNCTION refuse_change(); DROP FUNCTION visible_plants();"


class Migration(migrations.Migration):
    """Functions."""

    initial = True
    dependencies = ()
    operations = [migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS)]
