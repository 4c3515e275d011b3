"""A worker killed with SIGKILL during an import: nothing half done, nothing twice, and done in the end."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kernel.processes import Driver, driven
from tests.kernel.registers.exchange.driver import ROWS

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")]

UNTOUCHED = {"import": "writing", "units": 0, "nodes": 0, "changes": 0, "files": 1}
COMPLETE = {"import": "done", "units": ROWS, "nodes": ROWS, "changes": ROWS, "files": 0}


@pytest.fixture
def driver(database_url: str, tmp_path: Path) -> Iterator[Driver]:
    yield from driven("tests.kernel.registers.exchange.driver", database_url, tmp_path / "runs.log")


@pytest.mark.parametrize(
    ("where", "left"),
    [
        pytest.param("middle", UNTOUCHED, id="in the middle of the rows"),
        pytest.param("end", COMPLETE, id="after the rows, before the job has ended"),
    ],
)
def test_the_worker_killed_while_it_imports(driver: Driver, where: str, left: dict[str, object]) -> None:
    job = driver.enqueue("import")
    first = driver.work(str(driver.log), where)
    driver.until(lambda: driver.runs == 1)
    driver.kill(first)
    assert driver.show(job) == {"state": "running", "losses": 0, "error": "", **left}
    # Two workers see the dead one; only one of them may take the job up.
    driver.work(str(driver.log), "never")
    driver.work(str(driver.log), "never")
    shown = driver.ended(job)
    assert shown == {"state": "done", "losses": 1, "error": "", **COMPLETE}
    time.sleep(1)
    assert driver.runs == 2
    assert driver.show(job) == shown
