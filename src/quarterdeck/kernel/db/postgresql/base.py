"""PostgreSQL for pages.

PostgreSQL compiles a query whose estimated cost is high, which takes up to a second: worth it for a report over many
millions of rows, not for a page over a hundred thousand. Measured, a list of 100,000 rows ordered by a computed
column: 1.4 of 3.5 s were spent compiling.

Said by a statement, not as an option of the connection: poolers in between do not take those.
"""

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's wrapper; a new connection does not compile its queries."""

    def init_connection_state(self) -> None:
        """Set up a new connection."""
        super().init_connection_state()
        with self.cursor() as cursor:
            cursor.execute("SET jit = off")
