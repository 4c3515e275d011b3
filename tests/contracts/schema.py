"""What the tables of a database are, as text to compare: `python -m tests.contracts.schema`."""

from __future__ import annotations

import json
import sys
from typing import Any

#: Django's own table between its groups and permissions, which nothing here uses: its migrations give the rows numbers
#: of eight bytes on PostgreSQL, its models of four.
LEFT_OUT = frozenset({"auth_group_permissions"})


def described() -> dict[str, Any]:
    """Return columns and constraints of every table; the order of columns and the names of generated indexes aside."""
    from django.db import connection

    look = connection.introspection
    found: dict[str, Any] = {}
    with connection.cursor() as cursor:
        for table in sorted(set(look.table_names(cursor)) - LEFT_OUT):
            columns = {
                column.name: [
                    str(column.type_code),
                    column.null_ok,
                    column.internal_size,
                    column.precision,
                    column.scale,
                ]
                for column in look.get_table_description(cursor, table)
            }
            constraints = sorted(
                json.dumps(
                    [
                        name if one["check"] and not name.startswith("__unnamed") else "",
                        sorted(one["columns"] or []) if one["foreign_key"] else one["columns"],
                        [one[key] for key in ("primary_key", "unique", "foreign_key", "check", "index")],
                        one.get("type"),
                        one.get("orders"),
                    ]
                )
                for name, one in look.get_constraints(cursor, table).items()
            )
            found[table] = {"columns": columns, "constraints": constraints}
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') ORDER BY 1, 3, 2"
            )
        else:
            cursor.execute("SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2")
        found["statements"] = [list(row) for row in cursor.fetchall()]
    return found


def main() -> None:
    """Print the tables of the database of the environment."""
    import django

    django.setup()
    sys.stdout.write(json.dumps(described(), indent=1, sort_keys=True))


if __name__ == "__main__":
    main()
