"""Earned value against what ProTrack published for real projects (Batselier & Vanhoucke 2015, see `dslib`).

Every figure is rolled up from the activities of a tracking period; the published totals are only compared with. Rules
of ProTrack that the workbooks show, each held by all of them:

* fixed costs, and a resource's cost per use, are due when the activity's start is past and earned when it has begun;
  the rest is due evenly over the working time of the baseline and earned by the percentage completed;
* earned schedule falls on whole working hours, see `Baseline.earned_schedule`; forecasts are rounded to the hour;
* a ratio without meaning is printed, where this engine has None: see UNDEFINED.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isclose

import pytest

from quarterdeck.engine.calendar import timeline
from quarterdeck.engine.evm import Baseline, Measures, Progress, Status, Work, assess, roll_up
from tests.engine import dslib

#: What ProTrack prints where nothing was spent (0 / 0) and where nothing was due at the earned schedule.
UNDEFINED = {"cpi": 0.0, "p_factor": 1.0}

#: Lines of a tracking period that contradict themselves: workbook, period, activity; and what is taken.
CONTRADICTIONS = {
    ("C2019-05", "TP2", 5): (
        "called started and 0.45 % complete, but without an actual start, actual duration or earned value: "
        "taken as not begun, as its own earned value has it"
    )
}


@dataclass(frozen=True)
class Assessed:
    """A tracking period with what we make of it."""

    project: dslib.Project
    period: dslib.Period
    baseline: Baseline
    status: Status

    @property
    def figures(self) -> dict[str, float | int | None]:
        """Our figures by the names of the published columns."""
        total, time = self.status.total, self.status.time
        return dict(
            zip(
                dslib.PUBLISHED,
                (
                    *(total.pv, total.ev, total.ac, self.status.earned_schedule),
                    *(total.sv, total.spi, total.cv, total.cpi, time.sv_t, time.spi_t, self.status.p_factor),
                    *self.status.finishes.values(),
                    *self.status.costs.values(),
                ),
                strict=True,
            )
        )


def due_at_start(project: dslib.Project, activity: dslib.Activity, line: dslib.Progress) -> float:
    """Fixed cost and cost per use: of a renewable resource for each unit in demand, of a consumable one once.

    (PM Knowledge Center, "The cost of a project activity: Calculating the activity and/or resource costs".)
    """
    resources = {resource.name: resource for resource in project.resources}
    uses = 0.0
    for demand in activity.demands:
        resource = resources.get(demand.resource)
        if resource is not None and resource.cost_per_use:
            uses += resource.cost_per_use * (demand.units if resource.kind == "Renewable" else 1)
    return (line.fixed_cost or 0.0) + uses


def work(project: dslib.Project, activity: dslib.Activity, line: dslib.Progress) -> Work:
    assert line.start is not None
    assert line.finish is not None
    return Work(
        id=activity.id,
        budget=line.total_cost or 0.0,
        start=line.start,
        finish=line.finish,
        due_at_start=due_at_start(project, activity, line),
    )


def progress(line: dslib.Progress) -> Progress:
    """What a line tells; without an actual start nothing has been done, whatever percentage it has."""
    begun = line.actual_start is not None
    return Progress(
        actual_start=line.actual_start,
        complete=(line.fraction or 0.0) if begun else 0.0,
        cost=line.actual_cost or 0.0,
    )


def assessed_periods(project: dslib.Project) -> Iterator[Assessed]:
    """The published periods of one project; a baseline serves all the periods that have it."""
    laid: dict[tuple[Work, ...], Baseline] = {}
    for period in project.periods:
        if period.published is not None:
            works = tuple(work(project, each, period.progress[each.id]) for each in project.work)
            if works not in laid:
                laid[works] = Baseline(works, calendar=project.agenda.calendar)
            known = {each.id: progress(period.progress[each.id]) for each in project.work}
            yield Assessed(project, period, laid[works], assess(laid[works], known, period.status))


@pytest.fixture(scope="module")
def assessed(workbooks: tuple[dslib.Project, ...]) -> tuple[Assessed, ...]:
    return tuple(each for project in workbooks for each in assessed_periods(project))


def differs(ours: float | None, theirs: float, *, exact: bool = False) -> bool:
    """Whether two figures differ in what is printed, some fifteen digits of sums in another order."""
    if ours is None or exact:
        return ours != theirs
    return not isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-6)


def test_every_line_of_the_tracking_overviews_is_read(workbooks: tuple[dslib.Project, ...]) -> None:
    """No published figure is left out: each line of an overview has its tracking period."""
    assert sum(project.overview for project in workbooks) > 0
    assert [
        project.code
        for project in workbooks
        if sum(period.published is not None for period in project.periods) != project.overview
    ] == []


def test_periods_without_a_line_publish_nothing(workbooks: tuple[dslib.Project, ...]) -> None:
    """Workbooks handed in without ProTrack (2023 on) have actuals, but neither earned nor planned values to compare."""
    silent = [
        (project, period) for project in workbooks for period in project.periods if period.published is None
    ]  # fmt: skip
    assert [
        (project.code, period.name)
        for project, period in silent
        if any(line.ev is not None or line.pv is not None for line in period.progress.values())
    ] == []


def test_periods_without_a_line_can_be_assessed_too(workbooks: tuple[dslib.Project, ...]) -> None:
    """With finishes from starts and durations: within the budget, and all of it earned where all is complete."""
    for project in workbooks:
        line = timeline(project.agenda.calendar)
        works = {
            each.id: Work(
                id=each.id,
                budget=(each.fixed_cost or 0.0) + (each.variable_cost or 0.0) + (each.resource_cost or 0.0),
                start=each.start,
                finish=line.add(each.start, each.duration),
            )
            for each in project.work
            if each.start is not None and each.duration is not None
        }
        for period in project.periods:
            if period.published is None:
                lines = {key: each for key, each in period.progress.items() if key in works}
                known = {key: progress(each) for key, each in lines.items()}
                total = assess(Baseline(works.values(), calendar=project.agenda.calendar), known, period.status).total
                assert 0 <= total.pv <= total.bac + 1e-6
                assert 0 <= total.ev <= total.bac + 1e-6
                assert total.ac == pytest.approx(sum(each.actual_cost or 0.0 for each in lines.values()))
                if lines.keys() == works.keys() and all(each.complete == 1 for each in known.values()):
                    assert total.ev == pytest.approx(total.bac)


@pytest.mark.parametrize("column", dslib.PUBLISHED)
def test_published_column_is_reproduced_from_the_activities(column: str, assessed: tuple[Assessed, ...]) -> None:
    exact = column in ("es", "sv_t") or column.startswith("time_")  # instants and minutes
    differing = []
    for each in assessed:
        assert each.period.published is not None
        ours, theirs = each.figures[column], each.period.published[column]
        if ours is None:
            ours = UNDEFINED.get(column)
        if differs(ours, theirs, exact=exact):
            differing.append((each.project.code, each.period.name, ours, theirs))
    assert differing == []


@pytest.mark.parametrize("column", ["pv", "ev"])
def test_each_activity_has_its_published_value(column: str, assessed: tuple[Assessed, ...]) -> None:
    """Not only the sums: planned and earned value of every activity in every period."""
    assert [
        (each.project.code, each.period.name, activity.id)
        for each in assessed
        for activity in each.project.work
        if differs(
            getattr(each.status.works[activity.id], column),
            getattr(each.period.progress[activity.id], column),
        )
    ] == []


def test_each_group_has_its_published_sums(assessed: tuple[Assessed, ...]) -> None:
    """The roll-up along the breakdown: budget, planned and earned value, cost and percentage of every group."""
    differing = []
    for each in assessed:
        parents = {activity.id: activity.parent for activity in each.project.activities}
        rolled = roll_up(parents, each.status.works)
        for group in each.project.activities:
            if group.group:
                line, ours = each.period.progress[group.id], rolled[group.id]
                theirs = (line.total_cost, line.pv, line.ev, line.actual_cost, line.fraction)
                figures = (ours.bac, ours.pv, ours.ev, ours.ac, ours.complete or 0.0)
                if any(their is None or differs(our, their) for our, their in zip(figures, theirs, strict=True)):
                    differing.append((each.project.code, each.period.name, group.id, figures, theirs))
    assert differing == []


def test_the_contradictions_are_there(workbooks: tuple[dslib.Project, ...]) -> None:
    """Work that is part done without an actual start is found only where the table says so."""
    given = {project.code for project in workbooks}
    found = {
        (project.code, period.name, key)
        for project in workbooks
        for period in project.periods
        if period.published is not None
        for key, line in period.progress.items()
        if not project.by_id[key].group and line.fraction and line.actual_start is None
    }
    assert {each for each in found if each in CONTRADICTIONS} == {each for each in CONTRADICTIONS if each[0] in given}
    assert found <= set(CONTRADICTIONS)


def test_the_telecom_system(assessed: tuple[Assessed, ...]) -> None:
    """C2011-05 at its third period, in figures that one can read: the example of the engine's notes."""
    chosen = [each for each in assessed if each.project.code == "C2011-05" and each.period.name == "27/06, 2011"]
    if not chosen:
        pytest.skip("C2011-05 is not among the workbooks")
    now = chosen[0].status
    assert Measures(
        bac=round(now.total.bac, 2), pv=round(now.total.pv, 2), ev=round(now.total.ev, 2), ac=round(now.total.ac, 2)
    ) == Measures(bac=180_485.27, pv=143_433.17, ev=129_405.89, ac=129_405.89)  # fmt: skip
    assert now.total.spi == pytest.approx(0.902203, abs=5e-7)
    assert (now.time.spi_t, now.time.sv_t) == (0.875, -(3 * 8 + 5) * 60)
    assert [round(cost, 2) for cost in now.costs.values()] == [
        180_485.27,
        180_485.27,
        186_022.15,
        187_782.32,
        186_022.15,
        187_782.32,
        181_504.28,
        181_795.00,
    ]
