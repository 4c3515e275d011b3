"""Killed with SIGKILL while a plan is imported or edited: nothing half done, nothing twice, done in the end."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.apps.delivery.driver import TASKS
from tests.kernel.processes import Driver, database_url, driven, migrated  # noqa: F401  the fixtures that a driver needs

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")]

UNTOUCHED = {"import": "writing", "projects": 0, "tasks": 0, "changes": 0, "files": 1, "revisions": 0, "days": None}


@pytest.fixture
def driver(database_url: str, tmp_path: Path) -> Iterator[Driver]:  # noqa: F811
    yield from driven("tests.apps.delivery.driver", database_url, tmp_path / "runs.log")


def complete(shown: dict[str, Any]) -> dict[str, Any]:
    """What is stored of the plan when it is imported once; how long it takes depends on the day of the test."""
    days = shown["days"]
    assert isinstance(days, int)
    # Forty days of work are eight weeks: their weekends and, begun in the middle of a week, one more lie between.
    assert 53 <= days <= 55
    return {"import": "done", "projects": 1, "tasks": TASKS, "changes": TASKS, "files": 0, "revisions": 0, "days": days}


@pytest.mark.parametrize("where", ["middle", "end"])
def test_the_worker_killed_while_it_imports_a_plan(driver: Driver, where: str) -> None:
    job = driver.enqueue("import")
    first = driver.work(str(driver.log), where)
    driver.until(lambda: driver.runs == 1)
    driver.kill(first)
    left = driver.show(job)
    assert left == {"state": "running", "losses": 0, **(UNTOUCHED if where == "middle" else complete(left))}
    driver.work(str(driver.log), "never")
    ended = driver.ended(job)
    assert ended == {"state": "done", "losses": 1, **complete(ended)}


@pytest.mark.parametrize("where", ["middle", "end"])
def test_the_server_killed_while_it_reckons_an_edit(driver: Driver, where: str) -> None:
    """Before the end nothing is kept; the page asks again by the same name, and the edit is done once."""
    job = driver.enqueue("import")
    driver.work(str(driver.log), "never")
    before = driver.ended(job)
    server = driver.start("edit", str(driver.log), where)
    driver.until(lambda: driver.runs == 2)
    driver.kill(server)
    left = driver.show(job)
    done = {**before, "revisions": 1, "days": left["days"]}
    assert left == (before if where == "middle" else done)
    driver.start("edit", str(driver.log), "never").wait(60)
    again = driver.show(job)
    assert again == {**before, "revisions": 1, "days": again["days"]}
    assert 1 <= again["days"] - before["days"] <= 3
    assert left["days"] in (before["days"], again["days"])
