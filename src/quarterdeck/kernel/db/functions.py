"""What both databases can do and Django has no word for."""

from __future__ import annotations

from typing import Any

from django.db.models import Func, TextField


class JSONValues(Func):
    """Some values of a JSON object as one JSON array in words; null for what is not there.

    Django's own transform of a key reads a text that looks like a number as that number on SQLite.
    """

    output_field = TextField()

    def __init__(self, expression: str, *names: str) -> None:
        self.names = names
        super().__init__(expression)

    def as_sqlite(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        """Ask for two places at least, or the bare value would come instead of an array."""
        sql, params = compiler.compile(self.source_expressions[0])
        names = self.names if len(self.names) > 1 else (*self.names, "", "")
        places = [f'$."{name}"' for name in names]
        return f"JSON_EXTRACT({sql}, {', '.join(['%s'] * len(places))})", [*params, *places]

    def as_postgresql(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        """Take the values one by one: it reads the object no more often than that."""
        sql, params = compiler.compile(self.source_expressions[0])
        taken = ", ".join([f"{sql} -> %s"] * len(self.names))
        values = [part for name in self.names for part in (*params, name)]
        return f"JSONB_BUILD_ARRAY({taken})::text", values
