"""A worker killed with SIGKILL in the middle of a job: real processes on a real database."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[3]
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")]


def _environment(url: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("QUARTERDECK_")}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "quarterdeck.config.settings",
        "PYTHONPATH": str(ROOT),
        "QUARTERDECK_DATABASE_URL": url,
        "QUARTERDECK_LOG_LEVEL": "ERROR",
    }


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """A SQLite file with every table; None on PostgreSQL, where the test database has them."""
    if connection.vendor != "sqlite":
        return None
    path = tmp_path_factory.mktemp("migrated") / "db.sqlite3"
    command = [sys.executable, "-m", "django", "migrate", "-v0"]
    subprocess.run(command, env=_environment(f"sqlite:///{path}"), cwd=ROOT, check=True, timeout=120)
    return path


@pytest.fixture
def url(migrated: Path | None, tmp_path: Path, transactional_db: None) -> str:
    """The address of a database of this test's own, with the tables made."""
    if migrated is not None:
        copied = shutil.copy(migrated, tmp_path / "db.sqlite3")
        return f"sqlite:///{copied}"
    made = connection.settings_dict
    options = {key: value for key, value in {"host": made["HOST"], "port": made["PORT"]}.items() if value}
    return f"postgresql://{quote(made['USER'])}:{quote(made['PASSWORD'])}@/{made['NAME']}?{urlencode(options)}"


class Driver:
    """The processes of one test."""

    def __init__(self, url: str, log: Path) -> None:
        self.environment, self.log = _environment(url), log
        self.workers: list[subprocess.Popen[bytes]] = []

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "tests.kernel.jobs.driver", *words]

    def enqueue(self, name: str) -> str:
        command = self._command("enqueue", name, str(self.log))
        return subprocess.check_output(command, env=self.environment, cwd=ROOT, text=True, timeout=60).strip()

    def show(self, job: str) -> dict[str, Any]:
        command = self._command("show", job)
        shown: dict[str, Any] = json.loads(
            subprocess.check_output(command, env=self.environment, cwd=ROOT, text=True, timeout=60)
        )
        return shown

    def work(self) -> subprocess.Popen[bytes]:
        worker = subprocess.Popen(self._command("work"), env=self.environment, cwd=ROOT)
        self.workers.append(worker)
        return worker

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        worker.send_signal(signal.SIGKILL)
        assert worker.wait(10) == -signal.SIGKILL

    @property
    def runs(self) -> int:
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0

    def until(self, true: Callable[[], bool], *, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.1)

    def ended(self, job: str) -> dict[str, Any]:
        shown: dict[str, Any] = {}

        def over() -> bool:
            shown.update(self.show(job))
            return shown["state"] not in ("waiting", "running")

        self.until(over)
        return shown


@pytest.fixture
def driver(url: str, tmp_path: Path) -> Iterator[Driver]:
    made = Driver(url, tmp_path / "runs.log")
    yield made
    for worker in made.workers:
        with suppress(ProcessLookupError):
            worker.kill()
        worker.wait(10)


def test_a_job_killed_in_the_middle_runs_exactly_once_more(driver: Driver) -> None:
    job = driver.enqueue("driver.slow")
    first = driver.work()
    driver.until(lambda: driver.runs == 1)
    # Long enough for the progress to be written, short of the silence that would tell of a death.
    driver.until(lambda: driver.show(job)["done"] == 1)
    driver.kill(first)
    assert driver.show(job)["state"] == "running"
    # Two workers see the dead one; only one of them may take the job up.
    driver.work()
    driver.work()
    shown = driver.ended(job)
    assert (shown["state"], shown["losses"], shown["result"]) == ("done", 1, {"run": 2})
    time.sleep(1)
    assert driver.runs == 2


def test_a_job_that_kills_every_worker_fails_after_the_second(driver: Driver) -> None:
    job = driver.enqueue("driver.slow")
    first = driver.work()
    driver.until(lambda: driver.runs == 1)
    driver.kill(first)
    # The log is emptied so that the second run hangs like the first.
    driver.log.unlink()
    second = driver.work()
    driver.until(lambda: driver.runs == 1)
    driver.kill(second)
    driver.work()
    shown = driver.ended(job)
    assert (shown["state"], shown["losses"]) == ("failed", 1)
    assert "twice" in shown["error"]
    assert driver.runs == 1


def test_an_atomic_job_killed_after_writing_writes_once(driver: Driver) -> None:
    job = driver.enqueue("driver.whole")
    first = driver.work()
    driver.until(lambda: driver.runs == 1)
    driver.kill(first)
    assert driver.show(job)["written"] == 0
    driver.work()
    shown = driver.ended(job)
    assert (shown["state"], shown["result"], shown["written"]) == ("done", {"run": 2}, 1)


def test_a_job_that_holds_the_write_lock_is_not_taken_for_dead(driver: Driver) -> None:
    """On SQLite its heartbeat cannot be written for longer than the allowed silence, while others look for the dead."""
    job = driver.enqueue("driver.long")
    for _number in range(3):
        driver.work()
    shown = driver.ended(job)
    assert (shown["state"], shown["losses"], shown["attempts"], shown["written"]) == ("done", 0, 1, 4)
    assert driver.runs == 1
