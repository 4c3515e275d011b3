"""Django's `migrate`, which makes the tables of an empty database at once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

from quarterdeck.kernel.db.at_once import create, is_empty

#: With any of these, something else than "bring it up to date" is asked for.
OTHERWISE = ("app_label", "migration_name", "fake", "fake_initial", "plan", "check_unapplied", "prune", "step_by_step")


class Command(Migrate):
    """Bring a database up to date; an empty one at once, any other migration by migration."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Add what lets an empty database take the long way."""
        super().add_arguments(parser)
        parser.add_argument(
            "--step-by-step", action="store_true", help="Apply each migration by itself, on an empty database too."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the tables if there are none, then do what Django does."""
        connection = connections[options["database"]]
        if not any(options.get(name) for name in OTHERWISE) and is_empty(connection):
            made = create(connection)
            if options["verbosity"] >= 1:
                self.stdout.write(f"Made {made} tables at once.")
        super().handle(*args, **options)
