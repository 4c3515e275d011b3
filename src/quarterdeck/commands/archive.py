"""The backup file: a zip with one JSON-lines member per table, the uploads, and a manifest.

The same file serves SQLite and PostgreSQL, so that it also moves an installation from one to the other. Tables are
those of the models as the *applied migrations* describe them, not as today's code does; a backup is restored at the
migrations it was made at and brought up to date afterwards. Rows stream both ways; memory does not grow with the
database.

The manifest holds, for each table, its rows and the last number that its key sequence gave out: numbers of deleted
rows must not be given out again, since histories point to rows by number.
"""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import json
import uuid
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from django.core.management.color import no_style
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.models.expressions import Value
from django.db.models.query import QuerySet
from django.utils.duration import duration_string

from quarterdeck import __version__

FORMAT = 1
BATCH = 1000
CHUNK = 1 << 20
MANIFEST, TABLES, MEDIA = "manifest.json", "tables/", "media/"

Node = tuple[str, str]


class ArchiveError(Exception):
    """The file cannot be restored here; the text says why in one line."""


def applied(executor: MigrationExecutor) -> list[Node]:
    """The newest applied migrations, one or more for each application, as (application, name)."""
    graph, done = executor.loader.graph, executor.loader.applied_migrations
    nodes = [node for node in graph.nodes if node in done]
    return sorted(
        node
        for node in nodes
        if not any(child.key in done and child.key[0] == node[0] for child in graph.node_map[node].children)
    )


def tables(executor: MigrationExecutor, nodes: list[Node]) -> list[type[models.Model]]:
    """The models, many-to-many tables included, as they were at these migrations, by table name."""
    apps = executor.loader.project_state(nodes, at_end=True).apps
    found = {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and not model._meta.swapped
    }
    return [found[name] for name in sorted(found)]


def columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The stored fields of the model's own table."""
    return [field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)]


def plain(value: Any) -> Any:
    """A column's value as JSON can hold it, without loss."""
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal | uuid.UUID):
        return str(value)
    if isinstance(value, dt.timedelta):
        return duration_string(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value


def typed(field: models.Field[Any, Any], value: Any) -> Any:
    """The reverse of `plain` for a column."""
    if isinstance(field, models.JSONField):
        return Value(None, field) if value is None and not field.null else value
    return field.to_python(value)


def rows(model: type[models.Model], connection: BaseDatabaseWrapper) -> Iterator[list[Any]]:
    """The rows of one table by key, values made plain."""
    names = [field.attname for field in columns(model)]
    query: QuerySet[Any, Any] = QuerySet(model=model, using=connection.alias).order_by("pk").values_list(*names)
    for row in query.iterator(chunk_size=BATCH):
        yield [plain(value) for value in row]


def has_sequence(model: type[models.Model]) -> bool:
    """Whether the database numbers the rows of this table itself."""
    return isinstance(model._meta.pk, models.AutoField | models.BigAutoField | models.SmallAutoField)


def last_number(model: type[models.Model], connection: BaseDatabaseWrapper) -> int:
    """The last number that the table's sequence gave out; 0 for none."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            row = cursor.fetchone()
            return int(row[0]) if row else 0
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table}"', model._meta.pk.column])
        sequence = cursor.fetchone()[0]
        query = f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}"  # noqa: S608  our own name
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def set_last_number(model: type[models.Model], number: int, connection: BaseDatabaseWrapper) -> None:
    """Make the table's sequence go on after `number`."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number])
        else:
            sequence = "SELECT setval(pg_get_serial_sequence(%s, %s), %s)"
            cursor.execute(sequence, [f'"{table}"', model._meta.pk.column, number])


def write(path: Path, connection: BaseDatabaseWrapper, media: Path, *, now: dt.datetime) -> dict[str, int]:
    """Write the whole of the database and the uploads to `path`; the rows by table. Call inside one reading
    transaction."""
    executor = MigrationExecutor(connection)
    nodes = applied(executor)
    counts: dict[str, int] = {}
    numbers: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for model in tables(executor, nodes):
            name = model._meta.db_table
            with archive.open(f"{TABLES}{name}.jsonl", "w", force_zip64=True) as member:
                counts[name] = _write_table(member, model, connection)
            if has_sequence(model):
                numbers[name] = last_number(model, connection)
        uploads = _write_media(archive, media)
        manifest = {
            "format": FORMAT,
            "version": __version__,
            "made": now.isoformat(),
            "vendor": connection.vendor,
            "migrations": nodes,
            "rows": counts,
            "numbers": numbers,
            "uploads": uploads,
        }
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
    return counts


def _write_table(member: IO[bytes], model: type[models.Model], connection: BaseDatabaseWrapper) -> int:
    member.write(json.dumps([field.column for field in columns(model)]).encode() + b"\n")
    count = 0
    for row in rows(model, connection):
        member.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
        count += 1
    return count


def _write_media(archive: zipfile.ZipFile, media: Path) -> int:
    count = 0
    for path in sorted(media.rglob("*")) if media.is_dir() else ():
        if path.is_file() and not path.is_symlink():
            try:
                archive.write(path, MEDIA + path.relative_to(media).as_posix())
            except FileNotFoundError:  # removed while we were at it
                continue
            count += 1
    return count


def read_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    """The manifest of a backup. Raises ArchiveError for anything else."""
    try:
        manifest = json.loads(archive.read(MANIFEST))
    except (KeyError, ValueError):
        raise ArchiveError("This file is not a Quarterdeck backup.") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ArchiveError("This backup was made by another version of Quarterdeck that this one cannot read.")
    return manifest


def check_known(manifest: dict[str, Any], executor: MigrationExecutor) -> list[Node]:
    """The backup's migrations, when this version knows them all."""
    nodes = [(str(app), str(name)) for app, name in manifest["migrations"]]
    if any(node not in executor.loader.graph.nodes for node in nodes):
        version = manifest["version"]
        raise ArchiveError(
            f"This backup was made by Quarterdeck {version}, which is newer or differs: install that version."
        )
    return nodes


def load(
    archive: zipfile.ZipFile, manifest: dict[str, Any], connection: BaseDatabaseWrapper, nodes: list[Node]
) -> dict[str, int]:
    """Fill the tables, which stand at the migrations `nodes`, from the archive. Call inside one transaction.

    What migrations themselves put into the tables is removed first: the backup has its own state of it.
    """
    models_now = tables(MigrationExecutor(connection), nodes)
    with connection.cursor() as cursor:
        for statement in connection.ops.sql_flush(no_style(), [model._meta.db_table for model in models_now]):
            cursor.execute(statement)
    counts: dict[str, int] = {}
    for model in models_now:
        name = model._meta.db_table
        counts[name] = _load_table(archive, model, connection)
        if counts[name] != manifest["rows"].get(name):
            raise ArchiveError(
                f"This backup is damaged: table {name} has {counts[name]} rows, not {manifest['rows'].get(name)}."
            )
        if has_sequence(model) and (number := manifest["numbers"].get(name, 0)):
            set_last_number(model, number, connection)
    return counts


def _load_table(archive: zipfile.ZipFile, model: type[models.Model], connection: BaseDatabaseWrapper) -> int:
    fields = columns(model)
    count = 0
    with archive.open(f"{TABLES}{model._meta.db_table}.jsonl") as member:
        if json.loads(member.readline()) != [field.column for field in fields]:
            raise ArchiveError(
                f"This backup is damaged: the columns of {model._meta.db_table} do not fit its migrations."
            )
        batch: list[models.Model] = []
        manager: QuerySet[Any] = QuerySet(model=model, using=connection.alias)
        # Not save() or bulk_create(): a parent of multi-table inheritance has a table, and so a turn, of its own.
        insert: Callable[..., Any] = manager._insert  # type: ignore[attr-defined]  # django-stubs leaves it out
        for line in member:
            values = json.loads(line)
            record = model()
            for field, value in zip(fields, values, strict=True):
                setattr(record, field.attname, typed(field, value))
            batch.append(record)
            if len(batch) == BATCH:
                count += _insert(insert, batch, fields, connection)
                batch = []
        if batch:
            count += _insert(insert, batch, fields, connection)
    return count


def _insert(
    insert: Callable[..., Any],
    batch: list[models.Model],
    fields: list[models.Field[Any, Any]],
    connection: BaseDatabaseWrapper,
) -> int:
    size = max(1, connection.ops.bulk_batch_size(fields, batch))
    for start in range(0, len(batch), size):
        insert(batch[start : start + size], fields=fields, using=connection.alias, raw=True)
    return len(batch)


def unpack_media(archive: zipfile.ZipFile, folder: Path) -> int:
    """Write the uploads below `folder`; how many. A member that would land outside is refused."""
    count = 0
    root = folder.resolve()
    for info in archive.infolist():
        if not info.filename.startswith(MEDIA) or info.is_dir():
            continue
        target = (root / info.filename[len(MEDIA) :]).resolve()
        if not target.is_relative_to(root):
            raise ArchiveError("This backup is damaged: an upload would be written outside the uploads folder.")
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with archive.open(info) as source, target.open("wb") as file:
            while chunk := source.read(CHUNK):
                file.write(chunk)
        target.chmod(0o600)
        count += 1
    return count
