"""A worker killed with SIGKILL in the middle of a job: real processes on a real database."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kernel.processes import Driver, driven

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")]


@pytest.fixture
def driver(database_url: str, tmp_path: Path) -> Iterator[Driver]:
    yield from driven("tests.kernel.jobs.driver", database_url, tmp_path / "runs.log")


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
