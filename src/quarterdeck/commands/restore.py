"""Fill an empty database from a backup file, uploads included.

Only an empty database is filled: one without tables, or one just migrated in which nobody has an account. Anything
else is refused, and so is an uploads folder that is not empty. All or nothing: a restore that fails leaves the
database empty.
"""

import argparse
import shutil
import zipfile
from pathlib import Path

from quarterdeck.commands import Refusal
from quarterdeck.commands.common import has_users, migrate_database, start


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where from."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a file that quarterdeck backup wrote")


def run(options: argparse.Namespace) -> int:
    """Restore, then bring the database up to date."""
    from quarterdeck.commands.archive import ArchiveError

    start()
    try:
        with zipfile.ZipFile(options.file) as file:
            counts, uploads = restore(file)
    except FileNotFoundError:
        raise Refusal(f"{options.file} does not exist.") from None
    except (zipfile.BadZipFile, EOFError, KeyError) as error:
        raise Refusal(f"{options.file} is not a backup, or is damaged: {error}") from None
    except ArchiveError as error:
        raise Refusal(str(error)) from None
    migrate_database()
    print(f"Restored {sum(counts.values())} rows of {len(counts)} tables and {uploads} uploads.")
    return 0


def check_empty(media: Path) -> bool:
    """Raise Refusal unless the database and the uploads folder are empty; True when the tables are there already."""
    from django.db import connection

    tables = connection.introspection.table_names()
    if tables and ("django_migrations" not in tables or "access_user" not in tables):
        raise Refusal(f"The database is not empty: it has {len(tables)} tables of something else.")
    if tables and has_users():
        raise Refusal("The database is not empty: people have accounts in it. Restore into a new one.")
    if media.is_dir() and any(media.iterdir()):
        raise Refusal(f"The uploads folder {media} is not empty.")
    return bool(tables)


def restore(file: zipfile.ZipFile) -> tuple[dict[str, int], int]:
    """Fill the database and the uploads folder; the rows by table and the number of uploads."""
    from django.conf import settings
    from django.db import connection, transaction
    from django.db.migrations.executor import MigrationExecutor

    from quarterdeck.commands import archive

    media = Path(settings.MEDIA_ROOT)
    has_tables = check_empty(media)
    manifest = archive.read_manifest(file)
    executor = MigrationExecutor(connection)
    nodes = archive.check_known(manifest, executor)
    if has_tables and archive.applied(executor) != nodes:
        raise Refusal(
            "The tables of this database are of another version than the backup. Restore into one without tables."
        )
    executor.migrate(nodes)
    arriving = media.with_name(media.name + ".restoring")
    shutil.rmtree(arriving, ignore_errors=True)
    arriving.mkdir(mode=0o700, parents=True)
    try:
        uploads = archive.unpack_media(file, arriving)
        with transaction.atomic():
            counts = archive.load(file, manifest, connection, nodes)
            if media.is_dir():
                media.rmdir()
            arriving.rename(media)
    finally:
        shutil.rmtree(arriving, ignore_errors=True)
    return counts, uploads
