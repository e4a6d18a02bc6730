"""Tables that only grow: a migration operation that makes the database refuse to change or delete their rows."""

from django.db.migrations.operations import RunSQL

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
"""


class AppendOnly(RunSQL):
    """Refuse UPDATE and DELETE on `table`, to the application's role and the owner alike; the owner may TRUNCATE."""

    def __init__(self, table: str):
        self.table = table
        super().__init__(
            sql=_FUNCTION + f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW"
            f" EXECUTE FUNCTION refuse_change();",
            reverse_sql=f"DROP TRIGGER {table}_append_only ON {table};",
        )

    def deconstruct(self):
        return (self.__class__.__qualname__, [self.table], {})

    def describe(self):
        return f"Make {self.table} append-only"
