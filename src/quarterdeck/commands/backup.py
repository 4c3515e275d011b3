"""Write everything to one file: all tables and all uploads, as they are at one moment, while people work.

The file fits SQLite and PostgreSQL alike. It holds password hashes and second factors: keep it as safe as the database.
"""

import argparse
import os
from pathlib import Path

from quarterdeck.commands import Refusal
from quarterdeck.commands.common import start


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the file to write, such as office-2030-06-30.zip")
    parser.add_argument("--force", action="store_true", help="replace FILE when it exists")


def run(options: argparse.Namespace) -> int:
    """Write beside the target, then move into place: a broken run leaves no half file under that name."""
    start()
    target: Path = options.file.expanduser().absolute()
    if target.exists() and not options.force:
        raise Refusal(f"{target} exists. Choose another name or add --force.")
    if not target.parent.is_dir():
        raise Refusal(f"{target.parent} is not a folder.")
    part = target.with_name(target.name + ".part")
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        counts = make(part)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    print(f"{target}: {sum(counts.values())} rows of {len(counts)} tables, {target.stat().st_size / 1e6:.1f} MB.")
    return 0


def make(path: Path) -> dict[str, int]:
    """Write the backup to `path`; the rows by table. Writers are not held up: it reads a snapshot."""
    from django.conf import settings
    from django.db import connection, transaction
    from django.db.migrations.recorder import MigrationRecorder

    from quarterdeck.commands import archive
    from quarterdeck.kernel import clock

    if not MigrationRecorder(connection).has_table():
        raise Refusal("There is nothing to back up: this database has no tables.")
    connection.close()
    if connection.vendor == "sqlite":
        # A deferred transaction: it reads the state at its first read and takes no lock that writers wait for.
        connection.settings_dict["OPTIONS"] = {**connection.settings_dict["OPTIONS"], "transaction_mode": "DEFERRED"}
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return archive.write(path, connection, Path(settings.MEDIA_ROOT), now=clock.now())
