from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import connection, transaction

from quarterdeck.kernel.numbering import next_code, next_codes, reserve


@pytest.mark.django_db
def test_codes_count_up_by_prefix() -> None:
    assert [next_code("PRJ"), next_code("PRJ"), next_code("RSK")] == ["PRJ-0001", "PRJ-0002", "RSK-0001"]


@pytest.mark.django_db
def test_many_codes_are_taken_together() -> None:
    next_code("PRJ")
    assert next_codes("PRJ", 3) == ["PRJ-0002", "PRJ-0003", "PRJ-0004"]
    assert next_codes("PRJ", 0) == []
    assert next_code("PRJ", width=6) == "PRJ-000005"


@pytest.mark.django_db
def test_a_number_beyond_the_width_grows_longer() -> None:
    reserve("PRJ", "PRJ-9999")
    assert next_code("PRJ") == "PRJ-10000"


@pytest.mark.django_db
def test_reserving_pushes_the_counter_up_and_never_down() -> None:
    assert reserve("PRJ", "PRJ-0042", "prj-0007", "OTHER-0100", "PRJ-x") == 42
    assert reserve("PRJ", "PRJ-0010") == 42
    assert reserve("PRJ", "old code") is None
    assert next_code("PRJ") == "PRJ-0043"


@pytest.mark.django_db
def test_a_rollback_gives_the_code_back() -> None:
    with transaction.atomic():
        assert next_code("PRJ") == "PRJ-0001"
        transaction.set_rollback(True)
    assert next_code("PRJ") == "PRJ-0001"


@pytest.mark.parametrize("prefix", ["", "prj", "P R", "PRJ-", "'; --", "A" * 21])
def test_other_prefixes_are_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="cannot begin a code"):
        next_code(prefix)


WRITER = """
import django
django.setup()
from quarterdeck.kernel.numbering import next_codes
for turn in range(25):
    print(*next_codes("PRJ", 2))
"""


def _sorted_codes(taken: list[str]) -> list[str]:
    return sorted(taken, key=lambda code: int(code.removeprefix("PRJ-")))


def test_two_processes_on_one_file_never_get_the_same_code(tmp_path: Path) -> None:
    file = tmp_path / "q.sqlite3"
    with contextlib.closing(sqlite3.connect(file)) as made:
        made.execute("CREATE TABLE numbering_counter (prefix varchar(20) PRIMARY KEY, last bigint NOT NULL)")
        made.commit()
    environment = {**os.environ, "QUARTERDECK_DATABASE_URL": f"sqlite:///{file}"}
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER], env=environment, stdout=subprocess.PIPE, text=True)
        for _writer in range(2)
    ]
    taken = [code for writer in writers for code in writer.communicate(timeout=60)[0].split()]
    assert _sorted_codes(taken) == [f"PRJ-{number:04d}" for number in range(1, 101)]


@pytest.mark.django_db(transaction=True)
def test_two_connections_never_get_the_same_code() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("A database in memory has one connection; two processes on a file are tried above.")
    taken: list[str] = []

    def take() -> None:
        try:
            for _turn in range(25):
                taken.extend(next_codes("PRJ", 2))
        finally:
            connection.close()

    writers = [threading.Thread(target=take) for _writer in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert _sorted_codes(taken) == [f"PRJ-{number:04d}" for number in range(1, 101)]
