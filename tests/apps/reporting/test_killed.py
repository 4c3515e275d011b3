"""A worker killed with SIGKILL during the nightly assessment: nothing twice, and everything assessed in the end."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apps.reporting.driver import BATCH, PROJECTS
from tests.kernel.processes import Driver, database_url, driven, migrated  # noqa: F401  the fixtures that a driver needs

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")]

COMPLETE = {"projects": PROJECTS, "nodes": 1, "twice": 0}


@pytest.fixture
def driver(database_url: str, tmp_path: Path) -> Iterator[Driver]:  # noqa: F811
    yield from driven("tests.apps.reporting.driver", database_url, tmp_path / "runs.log")


@pytest.mark.parametrize(
    ("where", "left"),
    [
        pytest.param("middle", {"projects": 2 * BATCH, "nodes": 0, "twice": 0}, id="between two batches"),
        pytest.param("end", COMPLETE, id="when all is written, before the job has ended"),
    ],
)
def test_the_worker_killed_while_it_assesses(driver: Driver, where: str, left: dict[str, object]) -> None:
    job = driver.enqueue("assess")
    first = driver.work(str(driver.log), where)
    driver.until(lambda: driver.runs == 1)
    driver.kill(first)
    assert driver.show(job) == {"state": "running", "losses": 0, "error": "", **left}
    driver.work(str(driver.log), "never")
    assert driver.ended(job) == {"state": "done", "losses": 1, "error": "", **COMPLETE}
    assert driver.runs == 2
