"""The file lock in front of SQLite's write transactions."""

import fcntl
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import OperationalError, transaction
from django.db.backends.sqlite3 import base
from django.db.utils import ConnectionHandler

from quarterdeck.config.database import sqlite
from quarterdeck.kernel.db.sqlite.base import DatabaseWrapper


def connect(path: Path, *, timeout: float = 5) -> DatabaseWrapper:
    """A connection of its own to the file."""
    settings = sqlite(path)
    settings["OPTIONS"]["timeout"] = timeout
    connection = ConnectionHandler({"default": settings})["default"]
    assert isinstance(connection, DatabaseWrapper)
    connection.inc_thread_sharing()
    return connection


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.db"


@pytest.fixture
def one(path: Path, django_db_blocker: object) -> Iterator[DatabaseWrapper]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django ships no type for it
        connection = connect(path)
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE t (id integer primary key, v integer)")
            cursor.execute("INSERT INTO t VALUES (1, 0)")
        yield connection
        connection.close()


def begin(connection: DatabaseWrapper) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def value(connection: DatabaseWrapper) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT v FROM t")
        return int(cursor.fetchone()[0])


def locked(path: Path) -> bool:
    """Whether anyone holds the lock."""
    with Path(f"{path}.lock").open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_settings_take_effect(one: DatabaseWrapper) -> None:
    with one.cursor() as cursor:
        found = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert found == ["wal", 1, 1]


def test_the_lock_is_held_for_the_transaction_only(one: DatabaseWrapper, path: Path) -> None:
    begin(one)
    assert one.gated
    assert locked(path)
    one.commit()
    assert not locked(path)
    one.set_autocommit(True)
    begin(one)
    one.rollback()
    assert not locked(path)


def test_closing_gives_the_lock_up(one: DatabaseWrapper, path: Path) -> None:
    begin(one)
    one.close()
    assert not locked(path)
    assert one.gate is None


def test_a_reader_does_not_wait(one: DatabaseWrapper, path: Path) -> None:
    other = connect(path)
    begin(one)
    with one.cursor() as cursor:
        cursor.execute("UPDATE t SET v = 5")
    assert value(other) == 0
    one.commit()
    assert value(other) == 5
    other.close()


def test_a_second_writer_gives_up_after_its_timeout(one: DatabaseWrapper, path: Path) -> None:
    other = connect(path, timeout=0.2)
    begin(one)
    began = time.monotonic()
    with pytest.raises(OperationalError, match="database is locked"):
        begin(other)
    assert 0.2 <= time.monotonic() - began < 2
    one.commit()
    other.close()


def test_a_second_writer_goes_on_when_the_first_is_done(one: DatabaseWrapper, path: Path) -> None:
    other = connect(path)
    begin(one)
    with one.cursor() as cursor:
        cursor.execute("UPDATE t SET v = v + 1")
    seen: list[int] = []

    def write() -> None:
        begin(other)
        seen.append(value(other))
        with other.cursor() as cursor:
            cursor.execute("UPDATE t SET v = v + 1")
        other.commit()
        other.close()

    thread = threading.Thread(target=write)
    thread.start()
    time.sleep(0.1)
    assert seen == []
    one.commit()
    thread.join(5)
    assert seen == [1]
    assert value(one) == 2


def test_memory_needs_no_lock(django_db_blocker: object) -> None:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django ships no type for it
        connection = connect(Path(":memory:"))
        connection.settings_dict["NAME"] = ":memory:"
        begin(connection)
        assert not connection.gated
        connection.rollback()


@pytest.mark.django_db
def test_atomic_still_nests() -> None:
    with transaction.atomic(), transaction.atomic():
        pass


def test_a_file_is_opened_though_another_process_is_turning_it_to_wal(
    path: Path, django_db_blocker: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two that open a new file at once SQLite refuses one without waiting, so the refusal is made here."""
    refusals, opened = iter((True, True, False)), base.DatabaseWrapper.get_new_connection

    def refused_twice(self: base.DatabaseWrapper, parameters: dict[str, object]) -> object:
        if next(refusals):
            raise sqlite3.OperationalError("database is locked")
        return opened(self, parameters)

    monkeypatch.setattr(base.DatabaseWrapper, "get_new_connection", refused_twice)
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django ships no type for it
        second = connect(path)
        with second.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode")
            assert cursor.fetchone() == ("wal",)
        second.close()


def test_a_file_that_stays_closed_is_given_up(path: Path, django_db_blocker: object) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as first:
        first.execute("CREATE TABLE t (v integer)")
        first.execute("BEGIN EXCLUSIVE")
        with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django ships no type for it
            second = connect(path, timeout=0.2)
            with pytest.raises(OperationalError, match="database is locked"):
                second.ensure_connection()
