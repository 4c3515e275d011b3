"""Real processes on a real database: started, watched, killed with SIGKILL."""

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

ROOT = Path(__file__).resolve().parents[2]


def environment_for(url: str) -> dict[str, str]:
    """Return the environment of a process on the database; nothing of the caller's own settings."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("QUARTERDECK_")}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "quarterdeck.config.settings",
        "PYTHONPATH": str(ROOT),
        "QUARTERDECK_DATABASE_URL": url,
        "QUARTERDECK_LOG_LEVEL": "ERROR",
    }


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """A SQLite file with every table; None on PostgreSQL, where the test database has them."""
    if connection.vendor != "sqlite":
        return None
    path = tmp_path_factory.mktemp("migrated") / "db.sqlite3"
    command = [sys.executable, "-m", "django", "migrate", "-v0"]
    subprocess.run(command, env=environment_for(f"sqlite:///{path}"), cwd=ROOT, check=True, timeout=120)
    return path


@pytest.fixture
def database_url(migrated: Path | None, tmp_path: Path, transactional_db: None) -> str:
    """The address of a database of this test's own, with the tables made."""
    if migrated is not None:
        copied = shutil.copy(migrated, tmp_path / "db.sqlite3")
        return f"sqlite:///{copied}"
    made = connection.settings_dict
    options = {key: value for key, value in {"host": made["HOST"], "port": made["PORT"]}.items() if value}
    return f"postgresql://{quote(made['USER'])}:{quote(made['PASSWORD'])}@/{made['NAME']}?{urlencode(options)}"


class Driver:
    """The processes of one test, each running a module that knows `enqueue`, `show` and `work`.

    `log` is a file to which each run of a job adds a line.
    """

    def __init__(self, module: str, url: str, log: Path) -> None:
        self.module, self.environment, self.log = module, environment_for(url), log
        self.workers: list[subprocess.Popen[bytes]] = []

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", self.module, *words]

    def _said(self, *words: str) -> str:
        command = self._command(*words)
        return subprocess.check_output(command, env=self.environment, cwd=ROOT, text=True, timeout=60).strip()

    def enqueue(self, name: str) -> str:
        """Queue the job with this name and return its key."""
        return self._said("enqueue", name, str(self.log))

    def show(self, job: str) -> dict[str, Any]:
        """Return what is stored of a job and of its work."""
        shown: dict[str, Any] = json.loads(self._said("show", job))
        return shown

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start the module with some words."""
        started = subprocess.Popen(self._command(*words), env=self.environment, cwd=ROOT)
        self.workers.append(started)
        return started

    def work(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a worker."""
        return self.start("work", *words)

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """Kill a worker where it stands."""
        worker.send_signal(signal.SIGKILL)
        assert worker.wait(10) == -signal.SIGKILL

    @property
    def runs(self) -> int:
        """How many runs have begun."""
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0

    def until(self, true: Callable[[], bool], *, seconds: float = 30) -> None:
        """Wait for something to be true."""
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.1)

    def ended(self, job: str) -> dict[str, Any]:
        """Wait for the end of a job and return what is stored then."""
        shown: dict[str, Any] = {}

        def over() -> bool:
            shown.update(self.show(job))
            return shown["state"] not in ("waiting", "running")

        self.until(over)
        return shown


def driven(module: str, url: str, log: Path) -> Iterator[Driver]:
    """Give a driver and end what it started."""
    made = Driver(module, url, log)
    yield made
    for worker in made.workers:
        with suppress(ProcessLookupError):
            worker.kill()
        worker.wait(10)
