"""What a migration says about a table beyond its columns: who sees its rows, and that they are never rewritten."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.migrations.operations import RunSQL


class PlantPolicy(RunSQL):
    """Rows of ``table`` are seen and written by those whose scope holds their plant.

    Parameters
    ----------
    table : str
    column : str
        The column with the plant's key.
    shared : bool
        Whether rows without a plant are everybody's.
    """

    def __init__(self, table: str, *, column: str = "plant_id", shared: bool = False) -> None:
        inside = f"{column} = ANY ((SELECT visible_plants())::bigint[])"
        rule = f"{column} IS NULL OR {inside}" if shared else inside
        super().__init__(
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;CREATE POLICY plant ON {table} USING ({rule}) WITH CHECK ({rule});",
            f"DROP POLICY plant ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;",
            elidable=False,
        )


class NeverRewritten(RunSQL):
    """Rows of ``table`` are inserted and stay; a column of ``once`` may be set a single time, from nothing to a value."""

    def __init__(self, table: str, *, once: Sequence[str] = ()) -> None:
        columns = ", ".join(f"'{name}'" for name in once)
        super().__init__(
            f"CREATE TRIGGER never_rewritten BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION refuse_change({columns});"
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();",
            f"DROP TRIGGER never_emptied ON {table}; DROP TRIGGER never_rewritten ON {table};",
            elidable=False,
        )
