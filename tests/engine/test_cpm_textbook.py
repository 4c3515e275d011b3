"""The critical path method against worked examples from the literature."""

import json
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.engine.cpm import schedule
from quarterdeck.engine.network import Link, Network, Task

#: Name and source -> (activity, duration, predecessors), expected project duration, expected total floats that are not
#: zero, and the critical path.
LITERATURE: dict[str, tuple[str, int, dict[str, int], str]] = {
    "Render, Stair & Hanna, Quantitative Analysis for Management, ch. 13: General Foundry": (
        "A2 B3 C2:A D4:B E4:C F3:C G5:DE H2:FG", 15, {"B": 1, "D": 1, "F": 6}, "ACEGH"),
    "Hillier & Lieberman, Introduction to Operations Research, ch. 10: Reliable Construction": (
        "A2 B4:A C10:B D6:C E4:C F5:E G7:D H9:EG I7:C J8:FI K4:J L5:J M2:H N6:KL", 44,
        {"D": 4, "G": 4, "H": 4, "M": 4, "I": 2, "K": 1}, "ABCEFJLN"),
    "studylib 8378728, worked network": (
        "A6 B2:A C2:A D3:B E4:DF F2:C G1:E", 16, {"C": 1, "F": 1}, "ABDEG"),
}  # fmt: skip


def network(text: str) -> Network:
    """The network of activities written as letter, duration and predecessors."""
    tasks, links = [], []
    for part in text.split():
        own, _, before = part.partition(":")
        tasks.append(Task(own[0], int(own[1:])))
        links += [Link(each, own[0]) for each in before]
    return Network(tuple(tasks), tuple(links))


@pytest.mark.parametrize("source", LITERATURE)
def test_a_published_network(source: str) -> None:
    text, duration, floats, path = LITERATURE[source]
    found = schedule(network(text))
    assert found.project_finish == duration
    assert {task.id: found[task.id].total_float for task in network(text).tasks} == {
        task.id: floats.get(str(task.id), 0) for task in network(text).tasks
    }
    assert found.longest_path == tuple(path)
    assert [task.id for task in network(text).tasks if found[task.id].critical] == list(path)


def test_general_foundry_in_full() -> None:
    """Every date of table 13.3, ES EF LS LF."""
    found = schedule(network(LITERATURE[next(iter(LITERATURE))][0]))
    expected = {
        "A": (0, 2, 0, 2), "B": (0, 3, 1, 4), "C": (2, 4, 2, 4), "D": (3, 7, 4, 8),
        "E": (4, 8, 4, 8), "F": (4, 7, 10, 13), "G": (8, 13, 8, 13), "H": (13, 15, 13, 15),
    }  # fmt: skip
    for each, row in expected.items():
        dates = found[each]
        assert (dates.early_start, dates.early_finish, dates.late_start, dates.late_finish) == row, each
    assert [found[each].free_float for each in "ABCDEFGH"] == [0, 0, 0, 1, 0, 6, 0, 0]


def textbook_cases(folder: Path) -> list[dict[str, Any]]:
    cases = json.loads((folder / "textbook_cases.json").read_text())["cases"]
    return [case for case in cases if case["method"] == "cpm"]


def test_the_shared_textbook_cases(shared_data: Path) -> None:
    """All worked networks of the shared file: each early and late date, slack, duration and critical path."""
    cases = textbook_cases(shared_data)
    assert len(cases) == 4
    for case in cases:
        activities, expected = case["inputs"]["activities"], case["expected"]
        found = schedule(
            Network(
                tuple(Task(each["id"], each["duration"]) for each in activities),
                tuple(Link(before, each["id"]) for each in activities for before in each["predecessors"]),
            )
        )
        assert found.project_finish == expected["project_duration"], case["id"]
        assert list(found.longest_path) == expected["critical_path"], case["id"]
        for each, row in expected["schedule"].items():
            dates = found[each]
            assert (dates.early_start, dates.early_finish) == (row["es"], row["ef"]), (case["id"], each)
            assert (dates.late_start, dates.late_finish) == (row["ls"], row["lf"]), (case["id"], each)
            assert dates.total_float == row["slack"], (case["id"], each)
