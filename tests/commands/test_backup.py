"""A backup restored elsewhere equals the original in every table; anything but an empty place is refused.

The real command runs in processes of its own, on SQLite files or, when the suite runs on PostgreSQL, on databases made
for it.
"""

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.db.utils import ConnectionHandler

from quarterdeck.config.database import database

SEGMENTS = {"search_entry_text_data", "search_entry_text_idx"}
"""Inside a full-text index, whose words are the same however it happens to be cut into segments."""
ROOT = Path(__file__).resolve().parents[2]
Place = dict[str, str]


def run(*command: str, place: Place, text: str = "") -> subprocess.CompletedProcess[str]:
    """A Python module in a process of its own, at this place and with no other settings."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("QUARTERDECK_")}
    program = [sys.executable, "-m", *command]
    return subprocess.run(
        program, cwd=ROOT, env=kept | place, input=text, capture_output=True, text=True, check=False, timeout=300
    )


@pytest.fixture(scope="module")
def new_place(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Callable[[str], Place]]:
    """Makes empty places: a data folder, and a database of the kind that the suite runs on."""
    made: list[str] = []
    folder = tmp_path_factory.mktemp("places")

    def sql(statement: str) -> None:
        with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
            cursor.execute(statement)

    def make(name: str, *, vendor: str = connection.vendor) -> Place:
        place = {"QUARTERDECK_DATA_DIR": str(folder / name)}
        if vendor == "postgresql":
            settings = connection.settings_dict
            made.append(f"place_{name}")
            sql(f"CREATE DATABASE place_{name}")
            host = quote(settings["HOST"], safe="")
            place["QUARTERDECK_DATABASE_URL"] = f"postgresql://{settings['USER']}@/place_{name}?host={host}"
        return place

    yield make
    for name in made:
        sql(f"DROP DATABASE {name} WITH (FORCE)")


def every_row(place: Place, *, raw: bool = True) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables. `raw` as the database stores them, sequences of SQLite included; else as text."""
    default = Path(place["QUARTERDECK_DATA_DIR"]) / "quarterdeck.sqlite3"
    handler = ConnectionHandler({"default": database(place.get("QUARTERDECK_DATABASE_URL", ""), default=default)})
    found: dict[str, list[tuple[Any, ...]]] = {}
    with closing(handler["default"]) as there, there.cursor() as cursor:
        names = set(there.introspection.table_names(cursor)) - SEGMENTS
        for name in names:
            columns = sorted(column.name for column in there.introspection.get_table_description(cursor, name))
            cursor.execute("SELECT {} FROM {}".format(", ".join(f'"{column}"' for column in columns), f'"{name}"'))
            rows = cursor.fetchall()
            found[name] = sorted((tuple(row) for row in rows), key=repr) if raw else [(len(rows),)]
        if there.vendor == "sqlite" and raw:
            cursor.execute("SELECT name, seq FROM sqlite_sequence ORDER BY name")
            found["sqlite_sequence"] = [row for row in cursor.fetchall() if row[0] != "django_migrations" and row[1]]
    del found["django_migrations"]
    return found


@pytest.fixture(scope="module")
def full(new_place: Callable[[str], Place]) -> Place:
    """A place with rows in all tables that take them, and two uploads."""
    place = new_place("full")
    assert run("quarterdeck", "migrate", place=place).returncode == 0
    done = run("tests.commands.fill", place=place)
    assert done.returncode == 0, done.stderr
    count, *empty = done.stdout.split()
    assert len(empty) < int(count) / 4, empty
    media = Path(place["QUARTERDECK_DATA_DIR"]) / "media"
    (media / "a").mkdir(parents=True)
    (media / "a" / "ä.txt").write_text("evidence")
    (media / "b.bin").write_bytes(bytes(range(256)) * 5000)
    return place


@pytest.fixture(scope="module")
def office(full: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The backup of the full place."""
    file = tmp_path_factory.mktemp("backup") / "office.zip"
    done = run("quarterdeck", "backup", str(file), place=full)
    assert (done.returncode, done.stderr) == (0, "")
    return file


@pytest.mark.slow
def test_backup_then_restore_compares_equal(
    full: Place, office: Path, new_place: Callable[[str], Place], django_db_blocker: Any
) -> None:
    file = office
    assert file.stat().st_mode & 0o777 == 0o600
    again = run("quarterdeck", "backup", str(file), place=full)
    assert (again.returncode, "exists" in again.stderr) == (2, True)

    copy = new_place("copy")
    done = run("quarterdeck", "restore", str(file), place=copy)
    assert (done.returncode, done.stderr) == (0, "")
    with django_db_blocker.unblock():
        before, after = every_row(full), every_row(copy)
    assert before.keys() == after.keys()
    different = [name for name in before if before[name] != after[name]]
    assert different == []
    assert len(before["access_user"]) >= 3
    media = Path(copy["QUARTERDECK_DATA_DIR"]) / "media"
    assert (media / "a" / "ä.txt").read_text() == "evidence"
    assert (media / "b.bin").read_bytes() == bytes(range(256)) * 5000

    # The number of the user who left is not given out again: histories point at it.
    made = run("quarterdeck", "user", "add", "new@example.org", place=copy, text="correct horse battery\n")
    assert made.returncode == 0, made.stderr
    with django_db_blocker.unblock():
        fresh = set(every_row(copy)["access_user"]) - set(before["access_user"])
        assert len(fresh) == 1
        assert max(v for v in next(iter(fresh)) if type(v) is int) == len(before["access_user"]) + 2

    refused = run("quarterdeck", "restore", str(file), place=copy)
    assert refused.returncode == 2
    assert (
        refused.stderr
        == "quarterdeck: The database is not empty: people have accounts in it. Restore into a new one.\n"
    )


@pytest.mark.slow
def test_an_installation_moves_to_the_other_database(
    office: Path, new_place: Callable[..., Place], tmp_path: Path
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL; the run on PostgreSQL shows it")
    first, second = office, tmp_path / "b.zip"
    lite = new_place("lite", vendor="sqlite")
    done = run("quarterdeck", "restore", str(first), place=lite)
    assert (done.returncode, done.stderr) == (0, "")
    assert run("quarterdeck", "backup", str(second), place=lite).returncode == 0
    with zipfile.ZipFile(first) as one, zipfile.ZipFile(second) as two:
        tables = [name for name in one.namelist() if name.startswith("tables/")]
        assert tables == [name for name in two.namelist() if name.startswith("tables/")]
        assert [name for name in tables if one.read(name) != two.read(name)] == []


@pytest.mark.slow
def test_a_damaged_backup_leaves_the_database_empty(
    office: Path, new_place: Callable[[str], Place], tmp_path: Path, django_db_blocker: Any
) -> None:
    damaged, other = tmp_path / "damaged.zip", tmp_path / "other.zip"
    with zipfile.ZipFile(office) as source, zipfile.ZipFile(damaged, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(
                name, b"\n".join(data.splitlines()[:-1]) + b"\n" if name == "tables/access_user.jsonl" else data
            )
    copy = new_place("second")
    done = run("quarterdeck", "restore", str(damaged), place=copy)
    assert done.returncode == 2
    assert "This backup is damaged: table access_user has" in done.stderr
    with django_db_blocker.unblock():
        assert every_row(copy)["access_user"] == []
    assert not (Path(copy["QUARTERDECK_DATA_DIR"]) / "media").exists()
    # The same place takes the good file afterwards.
    done = run("quarterdeck", "restore", str(office), place=copy)
    assert (done.returncode, done.stderr) == (0, "")

    other.write_bytes(b"no zip")
    done = run("quarterdeck", "restore", str(other), place=new_place("third"))
    assert done.returncode == 2
    assert "is not a backup, or is damaged" in done.stderr


def test_an_upload_cannot_land_outside(tmp_path: Path) -> None:
    from quarterdeck.commands.archive import ArchiveError, unpack_media

    file = tmp_path / "evil.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("media/../../outside.txt", "x")
    (tmp_path / "a" / "b").mkdir(parents=True)
    with zipfile.ZipFile(file) as archive, pytest.raises(ArchiveError, match="outside the uploads folder"):
        unpack_media(archive, tmp_path / "a" / "b")
    assert not (tmp_path / "outside.txt").exists()
