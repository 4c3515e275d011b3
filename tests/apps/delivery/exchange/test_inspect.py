"""`quarterdeck inspect`: what it tells of plans, in words and as JSON, without a database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from quarterdeck.apps.delivery.exchange.comparing import RESOURCES
from quarterdeck.apps.delivery.exchange.inspection import inspect
from quarterdeck.apps.delivery.exchange.reading import read
from quarterdeck.cli import main
from tests.apps.delivery.exchange.plans import mspdi, task


@pytest.fixture
def bridge(tmp_path: Path) -> Path:
    """A plan of two tasks."""
    path = tmp_path / "bridge.xml"
    path.write_text(mspdi())
    return path


def test_a_plan_in_words(bridge: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(bridge)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:8] == [
        str(bridge),
        "  plan           Bridge",
        "  program        Microsoft (MSPDI)",
        "  dates          2026-03-02 08:00 to 2026-03-05 16:00, status none",
        "  holds          2 tasks, 1 link, 1 calendar",
        "  links          1 FS",
        "  critical path  2026-03-02 08:00  Dig",
        "                 2026-03-05 08:00  Pour",
    ]
    assert told[8].startswith("  quality        ")
    assert told[-3:] == [
        "  recomputed     start            2 as stored",
        "                 finish           2 as stored",
        "                 critical         2 as stored",
    ]


def test_a_plan_as_json_and_one_that_cannot_be_read(bridge: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bridge.parent / "empty.mpp").write_bytes(b"")
    late = bridge.parent / "late.csv"
    late.write_text("Name,Start,Finish,Predecessors\nDig,2026-03-02,2026-03-03,\nPour,2026-03-03,2026-03-03,1\n")
    assert main(["inspect", "--json", str(bridge.parent)]) == 1
    told = {Path(each["file"]).name: each for each in map(json.loads, capsys.readouterr().out.splitlines())}
    assert told["empty.mpp"] == {
        "file": str(bridge.parent / "empty.mpp"),
        "read": False,
        "problem": "The file is empty.",
        "remedy": "Save the plan again and choose that file.",
    }
    found = told["bridge.xml"]
    assert (found["read"], found["start"], found["counts"]["tasks"]) == (True, "2026-03-02T08:00", 2)
    assert [each["name"] for each in found["critical_path"]] == ["Dig", "Pour"]
    assert [each["id"] for each in found["quality"]["checks"]][:3] == ["logic", "leads", "lags"]
    assert len(found["quality"]["checks"]) == 14
    assert found["compared"]["equal"] == {"start": 2, "finish": 2, "total_float": 0, "free_float": 0, "critical": 2}
    differs = told["late.csv"]["compared"]
    assert differs["different"] == {"start": 1, "finish": 1, "total_float": 0, "free_float": 0, "critical": 0}
    assert differs["causes"] == {
        "the stored dates break a link of the file: nothing that follows its links ends there": 2
    }


def test_what_could_not_be_read_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(tmp_path / "none.mpp")]) == 1
    told = capsys.readouterr()
    assert told.out.splitlines()[1:] == [
        "  not read       The file cannot be opened: No such file or directory.",
        "                 Check its name and your rights.",
    ]
    assert told.err.strip() == "1 could not be read."


def test_a_plan_that_cannot_be_scheduled_says_why(tmp_path: Path) -> None:
    day = ("2026-03-02T08:00:00", "2026-03-02T16:00:00")
    link = "<PredecessorLink><PredecessorUID>{}</PredecessorUID><Type>1</Type></PredecessorLink>"
    circle = task(1, "Dig", *day, 8, link.format(2)) + task(2, "Pour", *day, 8, link.format(1))
    path = tmp_path / "circle.xml"
    path.write_text(mspdi(circle))
    found = inspect(read(path))
    assert "circle" in found.comparison.refused
    assert set(found.comparison.culprits) == {1, 2}
    assert (found.quality, found.critical_path) == (None, ())
    assert found.as_dict()["compared"]["refused"] == found.comparison.refused


def test_a_real_plan(shared_data: Path) -> None:
    """Microsoft's sample: 23 dated lines, 37 values that the calendars of its resources explain."""
    found = inspect(read(shared_data / "schedules" / "sample.mpp"))
    assert found.counts["tasks"] == 18
    assert found.comparison.tasks == 23
    assert found.comparison.causes[RESOURCES] == 33
    assert [each.name for each in found.critical_path] == ["Second Task"]
    assert found.quality is not None
    assert found.quality.score == pytest.approx(1 / 3)
