"""Simulation held against the critical path method iteration by iteration, and against what was said of the plan.

A mean or share is allowed four standard errors; with the seed fixed no test depends on luck.
"""

import math
from collections.abc import Hashable
from typing import Any

import numpy as np
import pytest

from quarterdeck.engine.calendar import Calendar, five_day
from quarterdeck.engine.cpm import schedule
from quarterdeck.engine.network import Constraint, Link, LinkKind, Network, Task, TaskKind
from quarterdeck.engine.simulation import (
    Alternative,
    Branch,
    Conditions,
    Correlation,
    CostOf,
    Lognormal,
    Occurrence,
    Pert,
    Response,
    Risk,
    SimulationResult,
    Triangular,
    Uncertainty,
    Uniform,
    simulate,
)
from tests.engine.simulated import MANY, MONDAY, alike, chain, near, plan, side_by_side, spearman

# -- the critical path method, a plain loop, threads


@pytest.mark.parametrize("calendars", [0, 1, 3])
def test_without_spread_it_is_the_critical_path_method(calendars: int) -> None:
    network = plan(calendars)
    dates = schedule(network)
    sure = [Uncertainty(task.id, Uniform(task.duration, task.duration)) for task in network.tasks]
    found = simulate(network, uncertainties=sure, iterations=100, seed=1)
    assert found.finish.least == found.finish.most == found.planned_finish == dates.project_finish
    assert found.work.deviation == 0
    for task in network.tasks:
        assert set(found.tasks[task.id].finish.values()) == {dates[task.id].finish}
        assert found.tasks[task.id].criticality == (1 if task.id in set(dates.longest_path) else 0)


@pytest.mark.parametrize("calendars", [1, 3])
def test_every_iteration_is_a_schedule_of_its_durations(calendars: int) -> None:
    """The lanes against `cpm.schedule`, run anew for each iteration."""
    network = plan(calendars, 40)
    ids = [task.id for task in network.tasks]
    unknown = [Uncertainty(each, Triangular(0.7, 1, 1.9), relative=True) for each in ids]
    count = 70  # more than one block
    found = simulate(network, uncertainties=unknown, iterations=count, seed=2, keep=ids)
    times = dict.fromkeys(ids, 0)
    for number in range(count):
        tasks = tuple(
            Task(task.id, int(found.kept_durations[task.id][number]), calendar=task.calendar) for task in network.tasks
        )
        dates = schedule(Network(tasks, network.links, network.calendars, network.calendar, network.start))
        assert found.finish.values[number] == dates.project_finish
        assert [found.kept_finishes[each][number] for each in ids] == [dates[each].finish for each in ids]
        for each in dates.longest_path:
            times[each] += 1
    assert {each: found.tasks[each].criticality * count for each in ids} == pytest.approx(times)


@pytest.mark.parametrize("calendars", [1, 3])
def test_threads_change_nothing(calendars: int) -> None:
    network = plan(calendars)
    unknown = [Uncertainty(task.id, Pert(0.8, 1, 1.6), rate=0.5, relative=True) for task in network.tasks]
    said: dict[str, Any] = {
        "uncertainties": unknown,
        "risks": [Risk(id=1, probability=0.4, tasks=(5, 9), delay=Uniform(100, 900), loss=7.0)],
        "conditions": [Conditions(id="frost", tasks=(40, 41, 42), lost=(0.2,), pace=(0.9,))],
        "branches": [Branch("b", (Alternative(0.5, (7,)), Alternative(0.3, (8,))))],
        "correlations": [Correlation(tuple(range(10, 100, 7)), 0.4)],
        "iterations": 700,
        "seed": 5,
    }

    def outcome(found: SimulationResult) -> list[Any]:
        tasks = [found.tasks.criticality, found.tasks.cruciality, found.tasks.duration, found.tasks.finish]
        whole = [found.finish.values, found.cost.values if found.cost else None, *found.tasks.cost.values()]
        return [*(np.asarray(each).tobytes() for each in (*whole, *tasks)), found.risks]

    one, *others = (outcome(simulate(network, **said, threads=threads)) for threads in (1, 2, 4, 8))
    assert all(other == one for other in others)


def test_a_longer_run_begins_with_the_shorter() -> None:
    short, long = (
        simulate(chain(3), uncertainties=alike(3, Uniform(0, 9000)), iterations=count, seed=8) for count in (100, 500)
    )
    assert short.finish.values.tolist() == long.finish.values[:100].tolist()


def test_bins_survive_more_iterations_than_they_hold() -> None:
    """A bin has 16 bits in a thread; the one value here falls 70,000 times into one."""
    found = simulate(chain(1), iterations=70_000, threads=1)
    assert found.tasks[0].finish == {0.1: 480, 0.5: 480, 0.8: 480, 0.9: 480}
    assert found.tasks[0].finish_mean == 480


def test_what_is_rare_and_far_away_is_counted_too() -> None:
    """A risk of 1 in 1,000 that the first iterations do not show: means and deviations are those of the values."""
    risks = [Risk(id="flood", probability=0.001, tasks=(0,), delay=40_000.0, loss=0.0)]
    unknown = [Uncertainty(0, Uniform(400, 600), rate=2.0)]
    found = simulate(chain(1), uncertainties=unknown, risks=risks, iterations=MANY, seed=1, keep=(0,))
    values, task = found.kept_durations[0], found.tasks[0]
    assert found.cost is not None
    assert values[:512].max() <= 600 < values.max()
    assert task.finish_mean == round(values.mean())
    assert task.duration == pytest.approx(values.mean(), rel=1e-9)
    assert task.duration_deviation == pytest.approx(values.std(), rel=0.001)
    assert task.cost_mean == pytest.approx(found.cost.mean, rel=1e-4)
    assert task.cost_deviation == pytest.approx(found.cost.deviation, rel=0.001)


# -- what drives it


def test_cruciality_is_the_rank_correlation() -> None:
    """Spearman's, on the values kept, to a hundredth; also where risks strike."""
    network = Network(tuple(Task(name, 480) for name in "abc"), (Link("a", "c"), Link("b", "c")))
    unknown = [
        Uncertainty("a", Pert(400, 500, 2000)),
        Uncertainty("b", Uniform(300, 1200)),
        Uncertainty("c", Uniform(0, 300)),
    ]
    risks = [Risk(id="late", probability=0.3, tasks=("b",), delay=Uniform(200, 600))]
    found = simulate(network, uncertainties=unknown, risks=risks, iterations=20_000, seed=12, keep="abc")
    for name in "abc":
        exact = spearman([found.kept_durations[name], found.work.values])[0, 1]
        assert found.tasks[name].cruciality == pytest.approx(exact, abs=0.01)
        sensitivity = found.tasks[name].criticality * found.kept_durations[name].std() / found.work.deviation
        assert found.tasks[name].sensitivity == pytest.approx(sensitivity, rel=0.03)
    strongest = max("abc", key=lambda name: abs(found.tasks[name].cruciality or 0))
    assert found.tornado()[0].id == strongest


def test_correlation_is_as_asked() -> None:
    """A group and a square, rank correlations to four standard errors, 1 / sqrt(n) each."""
    square = ((1.0, 0.8, -0.3), (0.8, 1.0, 0.1), (-0.3, 0.1, 1.0))
    found = simulate(
        side_by_side(6),
        uncertainties=alike(6, Lognormal(900, 500)),
        correlations=[Correlation((0, 1, 2), 0.6), Correlation((3, 4, 5), square)],
        iterations=20_000,
        seed=7,
        keep=range(6),
    )
    ranks = spearman([found.kept_durations[place] for place in range(6)])
    wanted = np.eye(6)
    wanted[:3, :3] = 0.6 + 0.4 * np.eye(3)
    wanted[3:, 3:] = square
    assert np.abs(ranks - wanted).max() <= 4 / 20_000**0.5
    assert found.repairs == ()


def test_the_nearest_correlation_matrix_is_the_published_one() -> None:
    """Higham (2002), section 4: 1 beside the diagonal and 0 in the corners."""
    from quarterdeck.engine.simulation.correlation import nearest

    found, furthest = nearest(np.array([[1.0, 1, 0], [1, 1, 1], [0, 1, 1]]))
    assert found == pytest.approx(np.array([[1, 0.7607, 0.1573], [0.7607, 1, 0.7607], [0.1573, 0.7607, 1]]), abs=1e-4)
    assert furthest == pytest.approx(0.2393, abs=1e-4)
    assert np.linalg.eigvalsh(found)[0] > 0


def test_contradicting_correlations_are_repaired_and_told() -> None:
    """Three that all run against each other cannot: the nearest have -1/2 (Higham 2002), a little less in ranks."""
    found = simulate(
        side_by_side(3),
        uncertainties=alike(3, Uniform(0, 9)),
        correlations=[Correlation((0, 1, 2), -0.9)],
        iterations=64,
    )
    assert found.repairs[0].furthest == pytest.approx(0.9 - 6 / math.pi * math.asin(0.25), abs=1e-4)
    assert "contradict" in found.notices[0]


def test_risks_and_costs_correlate_too() -> None:
    """What always goes together: the dear task is the risky one."""
    found = simulate(
        chain(2),
        uncertainties=[Uncertainty(0, Uniform(0, 900), cost=Uniform(0, 100))],
        risks=[Risk(id="r", probability=0.5, tasks=(1,), delay=480.0)],
        correlations=[Correlation((0, CostOf(0), Occurrence("r")), 1.0)],
        iterations=1000,
        seed=2,
        keep=(0, 1),
    )
    assert found.cost is not None
    assert np.abs(found.cost.values / 100 - found.kept_durations[0] / 900).max() < 0.001
    assert ((found.kept_durations[0] > 450) == (found.kept_durations[1] > 480)).mean() > 0.998


# -- risks, branches, conditions, money


def test_a_risk_strikes_as_often_and_as_hard_as_said() -> None:
    risks = [Risk(id="r", probability=0.3, tasks=(0,), delay=960.0, loss=500.0)]
    found = simulate(chain(1), risks=risks, iterations=MANY, seed=8)
    error = 0.4583 / MANY**0.5
    assert found.cost is not None
    assert near(found.risks[0].occurred, 0.3, error)
    assert found.work.mean == pytest.approx(480 + 960 * found.risks[0].occurred)
    assert found.cost.mean == pytest.approx(500 * found.risks[0].occurred)
    assert found.risks[0].work_saved == pytest.approx(960 * found.risks[0].occurred)
    assert found.risks[0].cost_saved == pytest.approx(500 * found.risks[0].occurred)
    assert found.risks[0].cost_saved_by_share == {0.1: 0, 0.5: 0, 0.8: 500, 0.9: 500}
    assert found.risks[0].work_saved_by_share == {0.1: 0, 0.5: 0, 0.8: 960, 0.9: 960}
    assert found.risks[0].finish_correlation == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(
    ("parallel", "wanted"),
    [((False, False), 480 * 2 * 3 + 100 + 50), ((True, True), 480 * 3 + 100), ((True, False), 480 * 2 * 3 + 100 + 50)],
)
def test_impacts_add_up_or_overlap(parallel: tuple[bool, bool], wanted: int) -> None:
    risks = [
        Risk(id=1, probability=1.0, tasks=(0,), delay=100.0, factor=2.0, parallel=parallel[0]),
        Risk(id=2, probability=1.0, tasks=(0,), delay=50.0, factor=3.0, parallel=parallel[1]),
    ]
    assert simulate(chain(1), risks=risks, iterations=64).work.mean == wanted


def test_an_opportunity_never_makes_a_task_shorter_than_nothing() -> None:
    risks = [Risk(id=1, probability=1.0, tasks=(0,), delay=-1000.0)]
    assert simulate(chain(2), risks=risks, iterations=64).work.mean == 480


def test_one_draw_for_all_tasks_or_each_its_own() -> None:
    """Of two tasks in a row the variance is four or two times that of one."""
    single = Uniform(0, 1200).deviation
    for apart, times in ((False, 2.0), (True, 2**0.5)):
        risks = [Risk(id=1, probability=1.0, tasks=(0, 1), delay=Uniform(0, 1200), apart=apart)]
        found = simulate(chain(2), risks=risks, iterations=20_000, seed=4)
        assert found.work.deviation == pytest.approx(times * single, rel=0.03)


def test_a_response_is_paid_for_and_helps() -> None:
    answer = Response(cost=40.0, probability=0.0)
    risks = [Risk(id="r", probability=1.0, tasks=(0,), delay=100.0, loss=500.0, response=answer)]
    before, after = (simulate(chain(1), risks=risks, iterations=64, responded=which) for which in (False, ("r",)))
    assert before.cost is not None
    assert after.cost is not None
    assert (before.work.mean, before.cost.mean) == (580, 500)
    assert (after.work.mean, after.cost.mean) == (480, 40)


def test_a_branch_takes_one_way() -> None:
    """Of two ways exactly one is gone; the lag of a task that is left out is left out with it."""
    links = (Link("in", "short"), Link("in", "long"), Link("short", "out"), Link("long", "out", lag=100))
    network = Network((Task("in", 10), Task("short", 100), Task("long", 900), Task("out", 10)), links)
    fork = Branch("fork", (Alternative(0.7, ("short",)), Alternative(0.2, ("long",))))
    found = simulate(network, branches=[fork], iterations=MANY, seed=9)
    values, counts = np.unique(found.work.values, return_counts=True)
    assert values.tolist() == [20, 120, 1020]
    for count, share in zip(counts, (0.1, 0.7, 0.2), strict=True):
        assert near(count / MANY, share, (share * (1 - share) / MANY) ** 0.5)
    assert found.tasks["long"].criticality == counts[2] / MANY


@pytest.mark.parametrize("calendars", [1, 3])
def test_weather_takes_days_and_pace_stretches(calendars: int) -> None:
    """Ten days of work with a fifth of them lost take 12.5 on average (negative binomial); half the pace takes 20."""
    held: dict[Hashable, Calendar] = {number: five_day(number) for number in range(calendars)}
    other = (Task("x", 60, calendar=1),) if calendars > 1 else ()
    network = Network((Task(0, 4800), *other), (), held, 0, start=MONDAY)
    bad = simulate(network, conditions=[Conditions(id="w", tasks=(0,), lost=(0.2,))], iterations=20_000, seed=3)
    spread = 480 * math.sqrt(10 * 0.2) / 0.8
    assert near(bad.work.mean, 4800 / 0.8, spread / 20_000**0.5)
    assert bad.planned_work == 4800
    slow = simulate(network, conditions=[Conditions(id="w", tasks=(0,), pace=(0.5,))], iterations=64)
    assert slow.work.mean == 9600
    january = tuple(0.5 if month == 0 else 1.0 for month in range(12))
    longer = Network((Task(0, 5280), *other), (), held, 0, start=MONDAY)
    seasonal = simulate(longer, conditions=[Conditions(id="w", tasks=(0,), pace=january)], iterations=64)
    assert seasonal.work.mean == 20 * 480 + 480  # from January 5 there are twenty days, which do half


def test_costs_follow_durations() -> None:
    unknown = [Uncertainty(0, Uniform(100, 900), cost=50.0, rate=2.0), Uncertainty(1, cost=Uniform(10, 20), rate=1.0)]
    found = simulate(chain(2), uncertainties=unknown, iterations=20_000, seed=1, keep=(0,))
    assert found.cost is not None
    fixed = found.cost.values - 50 - 2 * found.kept_durations[0] - 480
    assert fixed.min() >= 10
    assert fixed.max() <= 20
    assert found.planned_cost == 50 + 2 * 480 + 15 + 480
    task = found.tasks[0]
    assert task.cost_mean == pytest.approx(1050, rel=0.01)
    assert task.cost[0.8] == pytest.approx(50 + 2 * (100 + 0.8 * 800), rel=0.01)
    assert found.contingency(0.8).cost == pytest.approx(found.cost.percentile(0.8) - found.planned_cost)


def test_a_hammock_costs_as_long_as_it_spans() -> None:
    site = Task("site", 0, kind=TaskKind.HAMMOCK)
    links = (Link(0, 1), Link(0, "site", LinkKind.START_START), Link(1, "site", LinkKind.FINISH_FINISH))
    network = Network((Task(0, 480), Task(1, 480), site), links)
    found = simulate(
        network, uncertainties=[*alike(2, Uniform(100, 900)), Uncertainty("site", rate=3.0)], iterations=500, seed=1
    )
    assert found.cost is not None
    assert (found.cost.values == 3 * found.work.values).all()


def test_joint_confidence_is_counted() -> None:
    unknown = [Uncertainty(0, Uniform(100, 900), rate=1.0)]
    found = simulate(chain(1), uncertainties=unknown, iterations=5000, seed=1)
    assert found.cost is not None
    middle = found.finish.percentile(0.5)
    assert found.joint(middle, found.cost.most) == pytest.approx(0.5, abs=0.005)
    assert found.joint(found.finish.most, found.cost.percentile(0.3)) == pytest.approx(0.3, abs=0.005)
    assert all(found.joint(finish, cost) >= 0.7 for finish, cost in found.frontier(0.7))
    assert len(found.scatter(100)[0]) == 100


# -- plans under way


@pytest.mark.parametrize("calendars", [1, 3])
def test_what_is_done_is_known_and_what_is_due_is_counted(calendars: int) -> None:
    held: dict[Hashable, Calendar] = {number: five_day(number) for number in range(calendars)}
    other = (Task("x", 60, calendar=1),) if calendars > 1 else ()
    day = 1440
    tasks = (
        Task("done", 960, actual_start=MONDAY, actual_finish=MONDAY + day + 540),
        Task("begun", 960, actual_start=MONDAY + 2 * day, remaining=480),
        Task("open", 480, deadline=MONDAY + 4 * day + 540),
        Task("late", 480, constraint=Constraint.START_NO_EARLIER_THAN, constraint_at=MONDAY + 7 * day),
    )
    links = (Link("done", "begun"), Link("begun", "open"), Link("open", "late"))
    network = Network((*tasks, *other), links, held, 0, start=MONDAY)
    names = ("done", "begun", "open", "late")
    unknown = [Uncertainty(name, Uniform(0.0, 2.0), relative=True) for name in names]
    found = simulate(network, uncertainties=unknown, iterations=4000, seed=1, keep=names)
    dates = schedule(network)
    assert found.planned_finish == dates.project_finish
    assert set(found.kept_durations["done"]) == {960}
    assert found.kept_durations["begun"].max() <= 960
    assert set(found.kept_finishes["done"]) == {MONDAY + day + 540}
    kept = (found.kept_finishes["open"] <= MONDAY + 4 * day + 540).mean()
    assert found.due[0].task == "open"
    assert found.due[0].kept == pytest.approx(kept)
    assert "finished" in found.notices[0]
