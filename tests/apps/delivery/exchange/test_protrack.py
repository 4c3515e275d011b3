"""Workbooks of ProTrack: everything that the engine's tests read from them, and what is odd in them."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from quarterdeck.apps.delivery.exchange.comparing import BROKEN, BY_HAND, DAYS_ONLY, FOLLOWS, UNWORKED, compare
from quarterdeck.apps.delivery.exchange.document import DocumentProgress, PlanDocument
from quarterdeck.apps.delivery.exchange.errors import Unreadable
from quarterdeck.apps.delivery.exchange.network import calendar
from quarterdeck.apps.delivery.exchange.reading import read, read_many
from quarterdeck.apps.delivery.exchange.texts import KINDS
from tests.engine import dslib

#: Links that a workbook has from a task to itself: the document leaves them out, and says so.
TO_ITSELF = {"C2023-07": 1, "C2025-02": 1}
#: Tasks whose ID stands twice: the second gets a number of its own.
TWICE = {"C2023-12"}


@pytest.fixture(scope="module")
def documents(shared_data: Path) -> Mapping[str, PlanDocument]:
    """Every workbook by its code."""
    files = sorted((shared_data / "dslib").glob("*.xlsx"))
    read_ = {path.stem.partition(" ")[0]: found for path, found in read_many(files)}
    return {code: found for code, found in sorted(read_.items()) if isinstance(found, PlanDocument)}


def money(text: str | None) -> float | None:
    return None if text is None else float(text)


def of_document(held: DocumentProgress) -> dslib.Progress:
    """Progress as the engine's tests have it."""
    return dslib.Progress(
        start=held.start,
        finish=held.finish,
        duration=held.duration,
        resource_cost=money(held.resource_cost),
        fixed_cost=money(held.fixed_cost),
        variable_cost=money(held.variable_cost),
        total_cost=money(held.total_cost),
        actual_start=held.actual_start,
        actual_duration=held.actual_duration,
        remaining_duration=held.remaining_duration,
        planned_actual_cost=money(held.planned_actual_cost),
        planned_remaining_cost=money(held.planned_remaining_cost),
        actual_cost=money(held.actual_cost),
        remaining_cost=money(held.remaining_cost),
        fraction=held.fraction,
        state=held.state,
        ev=money(held.earned),
        pv=money(held.planned),
    )


def test_all_98_hold_what_the_workbooks_hold(
    documents: Mapping[str, PlanDocument], workbooks: tuple[dslib.Project, ...]
) -> None:
    assert len(documents) == len(workbooks) == 98
    for project in workbooks:
        found = documents[project.code]
        assert [each.name for each in found.tasks] == [each.name for each in project.activities], project.code
        assert [each.duration for each in found.tasks] == [each.duration or 0 for each in project.activities], (
            project.code
        )
        assert [(each.stored.start, each.stored.finish) for each in found.tasks] == [
            (each.start, each.finish) for each in project.activities
        ], project.code
        assert [(each.name, each.id) for each in found.resources] == [
            (each.name, each.id) for each in project.resources
        ]
        if project.code not in TWICE:
            assert [each.id for each in found.tasks] == [each.id for each in project.activities], project.code
            assert [each.parent for each in found.tasks[1:]] == [
                each.parent if any(one.wbs for one in project.activities) else found.tasks[0].id
                for each in project.activities[1:]
            ], project.code
            assert len(found.links) == len(project.relations) - TO_ITSELF.get(project.code, 0), project.code
            assert [(each.predecessor, each.successor, each.kind, each.lag) for each in found.links] == [
                (each.predecessor, each.successor, KINDS[each.kind], each.lag)
                for each in project.relations
                if each.predecessor != each.successor
            ], project.code
        made = calendar(found, 1)
        assert (made.week, made.exceptions) == (project.agenda.calendar.week, project.agenda.calendar.exceptions)


def test_every_period_and_every_published_figure_comes_through(
    documents: Mapping[str, PlanDocument], workbooks: tuple[dslib.Project, ...]
) -> None:
    periods = figures = lines = 0
    for project in workbooks:
        found = documents[project.code]
        assert [(each.name, each.status, each.started) for each in found.periods] == [
            (each.name, each.status, each.started) for each in project.periods
        ], project.code
        for one, other in zip(found.periods, project.periods, strict=True):
            assert {each.task: of_document(each) for each in one.progress} == dict(other.progress), project.code
            published = other.published or {}
            assert {name: number_of(value) for name, value in one.published.items()} == dict(published), project.code
            periods, figures, lines = periods + 1, figures + len(published), lines + len(one.progress)
    assert (periods, figures > 20_000, lines > 50_000) == (866, True, True)


def number_of(value: str | int) -> Any:
    """A figure as the engine's tests have it: text of a number is one; a word stays a word."""
    try:
        return value if isinstance(value, int) else float(value)
    except ValueError:
        return value


def test_baseline_costs_and_risk_are_kept(documents: Mapping[str, PlanDocument]) -> None:
    found = documents["C2011-02"]
    whole, works = found.tasks[0], found.tasks[2]
    assert (whole.cost, whole.baselines[0].cost, whole.row) == ("366456.5", "366456.5", 0)
    assert works.extra["Risk"] == {
        "distribution": "standard - symmetric",
        "optimistic": "80",
        "most_probable": "100",
        "pessimistic": "120",
    }
    crane = found.resources[0]
    assert (crane.name, crane.max_units, crane.rates[0].standard) == ("KRAAN", 2.0, "21.875")


def test_recomputed_dates_are_the_stored_ones_or_differ_for_a_cause(documents: Mapping[str, PlanDocument]) -> None:
    """71 of 98 workbooks wholly; most of the others hold dates without times, or dates that break their own links."""
    causes: Counter[str] = Counter()
    equal = stored = clean = 0
    for found in documents.values():
        compared = compare(found)
        assert compared.refused == "", found.name
        equal, stored = equal + sum(compared.equal.values()), stored + sum(compared.values.values())
        causes.update(compared.causes)
        clean += not compared.differences
    assert causes == {FOLLOWS: 471, DAYS_ONLY: 446, BROKEN: 226, UNWORKED: 94, BY_HAND: 4}
    assert (stored, equal, clean) == (15_191, 13_950, 71)


# -- small ones of our own


def workbook(path: Path, *, baseline: list[list[object]] | None = None, hours: str = "Yes") -> Path:
    """A workbook of two tasks behind each other."""
    agenda: list[list[object]] = [["Working Hours", "", "", "Working Days", "", "", "Holidays (Optional)"]]
    for hour in range(24):
        day = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")[hour : hour + 1]
        agenda.append(
            [f"{hour}:00 - {hour + 1}:00", hours if 8 <= hour < 16 else "No", "", *day, *["Yes" for _ in day]]
        )
    titles = ["ID", "Name", "WBS", "Predecessors", "Successors", "Baseline Start", "Baseline End", "Duration",
              "Resource Demand", "Resource Cost", "Fixed Cost", "Cost/Hour", "Variable Cost", "Total Cost"]  # fmt: skip
    lines = baseline or [
        [0, "House", "1", "", "", "", "", "3d", "", "", "", "", "", 300],
        [1, "Walls", "1.1", "", "", "", "", "2d", "Mason[50%];Nobody", "", "", "", "", 200],
        [2, "Roof", "1.2", "1FS+1d;2FS;7SS;soon", "", "", "", "1d", "", "", "", "", "", 100],
    ]
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        for name, rows in (
            ("Baseline Schedule", [["General"], titles, *lines]),
            ("Resources", [["General"], ["ID", "Name", "Type"], [1, "Mason", "Renewable", "1 mason", 0, 40, "", 640]]),
            ("Agenda", agenda),
        ):
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    path.write_bytes(content.getvalue())
    return path


def test_what_is_odd_is_told_and_left_out(tmp_path: Path) -> None:
    found = read(workbook(tmp_path / "House.xlsx"))
    assert [(each.id, each.parent, each.kind, each.duration) for each in found.tasks] == [
        (0, None, "SUMMARY", 1440),
        (1, 0, "TASK", 960),
        (2, 0, "TASK", 480),
    ]
    assert [(each.predecessor, each.successor, each.lag) for each in found.links] == [(1, 2, 480)]
    assert [(each.task, each.units, each.work) for each in found.assignments] == [(1, 0.5, 480)]
    assert [(each.text, each.task) for each in found.problems] == [
        ("The predecessor “2FS” is the task itself; the link was left out.", 2),
        ("The predecessor “7SS” is not in the workbook; the link was left out.", 2),
        ("The predecessor “soon” is not understood.", 2),
        ("The resource “Nobody” is not on the sheet of resources; it was left out.", 1),
    ]


def test_a_project_is_called_as_its_file(tmp_path: Path) -> None:
    """The first line of many workbooks is no more than "Project", so that one would take the place of the other."""
    plain, numbered = (read(workbook(tmp_path / f"{stem}.xlsx")) for stem in ("My house", "C2016-36 My house"))
    assert (plain.name, plain.title, plain.extra) == ("My house", "House", {"code": ""})
    assert (numbered.name, numbered.title, numbered.extra) == ("My house", "House", {"code": "C2016-36"})


def test_a_workbook_that_is_laid_out_otherwise_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="not laid out as ProTrack does"):
        read(workbook(tmp_path / "night.xlsx", hours="No"))
    with pytest.raises(Unreadable, match=r"The workbook holds no tasks\. Fill in the sheet “Baseline Schedule”\."):
        read(workbook(tmp_path / "none.xlsx", baseline=[["", "Remarks", *[""] * 12]]))
