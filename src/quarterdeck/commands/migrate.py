"""Bring the database up to date with this version.

`serve` does this by itself. Run it alone before you start several servers on one database.
"""

import argparse

from quarterdeck.commands.common import migrate_database, start


def arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(options: argparse.Namespace) -> int:
    """Apply what is missing."""
    start()
    migrate_database()
    print("The database is up to date.")
    return 0
